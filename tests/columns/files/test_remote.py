"""Laws of files afar: the bytes of the file, in few requests that servers take, and errors that say what is wrong."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from overproof.columns.files import remote
from overproof.columns.files.accesses import AccessBook
from overproof.columns.files.damage import BytesError
from overproof.columns.files.remote import RemoteFile
from overproof.columns.files.requests import Range

if TYPE_CHECKING:
    from conftest import Far

CONTENT = b"root" + bytes(n % 251 for n in range(300_000))
RANGES = st.lists(
    st.tuples(st.integers(0, 299_000), st.integers(0, 90_000)).map(lambda pair: (pair[0], pair[0] + pair[1])),
    max_size=20,
)
SMALL = st.tuples(st.integers(0, 310_000), st.integers(0, 60_000)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(announced=RANGES, asked=RANGES)
def test_ranges_are_the_bytes_of_the_file(far: Far, announced: list[Range], asked: list[Range]) -> None:
    """Whatever was announced, what is asked for is what lies there, as far as the file goes."""
    file = RemoteFile(far.put(CONTENT))
    file.announce(announced)
    found = file.read_parts(asked)
    assert {place: bytes(data) for place, data in found.items()} == {(a, b): CONTENT[a:b] for a, b in asked}
    file.close()
    assert RemoteFile.room.used_bytes == 0


def test_many_ranges_are_one_request(far: Far) -> None:
    """What lies near to one another is fetched as one range, and all ranges by one request."""
    file = RemoteFile(far.put(CONTENT))
    file.read_all([(200_000, 200_100), (0, 10), (20, 30), (200_100, 200_300)])
    assert far.requests == [[(0, 30), (200_000, 200_300)]]


def test_requests_are_such_as_servers_take(far: Far) -> None:
    """No request has more than 1,024 ranges or 32 MB, and no range that was put together is longer than 2 MB."""
    n_apart, step = 2_500, 40_000
    content = bytes(n_apart * step)
    file = RemoteFile(far.put(content))
    file.read_all([(n * step, n * step + 100) for n in range(n_apart)])
    assert [len(request) for request in far.requests] == [1_024, 1_024, 452]
    far.requests.clear()
    file.read_all([(n * step, (n + 1) * step) for n in range(n_apart)])
    spans = [stop - start for request in far.requests for start, stop in request]
    assert max(spans) <= 2_000_000
    assert sum(spans) == len(content)
    assert all(sum(stop - start for start, stop in request) <= 32_000_000 for request in far.requests)
    assert len(far.requests) == 4


def test_what_describes_a_file_comes_along(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    """A description lies together: while a file is understood, small reads take along what is behind, or the end."""
    monkeypatch.setattr(remote, "N_WIDENED", 16)
    content = CONTENT * 10
    file = RemoteFile(far.put(content))
    assert bytes(file.read(0, 400)) == content[:400]
    assert bytes(file.read(30_000, 31_000)) == content[30_000:31_000]
    assert bytes(file.read(2_999_000, 2_999_700)) == content[2_999_000:2_999_700]
    found = file.read_all([(2_600_000, 2_600_400), (5_000, 6_000)])
    assert [bytes(data) for data in found.values()] == [content[2_600_000:2_600_400], content[5_000:6_000]]
    file.announce([(7_000, 8_000), (2_700_000, 2_800_000)])
    n_bytes = len(content)
    assert far.requests == [[(0, 65_536)], [(n_bytes - 524_288, n_bytes)]]
    assert bytes(file.read(n_bytes - 10, n_bytes + 10)) == content[-10:]
    assert bytes(file.read(n_bytes + 10, n_bytes + 20)) == b""


def test_what_is_large_comes_alone(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is taken along with a large read, nor when the file should be understood by now."""
    monkeypatch.setattr(remote, "N_WIDENED", 2)
    file = RemoteFile(far.put(CONTENT * 10))
    file.read(1_000_000, 1_200_000)
    for start in (100_000, 200_000, 300_000, 400_000):
        file.read(start, start + 10)
    spans = [stop - start for request in far.requests for start, stop in request]
    assert spans == [200_000, 65_536, 65_536, 10, 10]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(asked=st.lists(st.lists(SMALL, min_size=1, max_size=4), max_size=6), n_bytes=st.integers(1, 300_000))
def test_what_comes_along_is_the_file(far: Far, asked: list[list[Range]], n_bytes: int) -> None:
    """Small reads give the bytes of the file, at its start, at its end and behind it, whatever comes along."""
    content = CONTENT[:n_bytes]
    file = RemoteFile(far.put(content))
    file._n_to_widen = 16
    for ranges in asked:
        found = file.read_parts(ranges)
        assert {place: bytes(data) for place, data in found.items()} == {(a, b): content[a:b] for a, b in ranges}


def test_the_size_is_asked_for_beside_the_first_bytes(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the size of the file before its first bytes are asked for."""
    monkeypatch.setattr(remote, "N_WIDENED", 16)
    sizes: list[int] = []

    def size(content: bytes) -> int:
        sizes.append(len(content))
        assert far.asked(bool)
        return len(content)

    far.size = size
    file = RemoteFile(far.put(CONTENT))
    assert bytes(file.read(0, 400)) == CONTENT[:400]
    assert file.size_bytes == len(CONTENT)
    file.read_all([(100_000, 200_000)])
    assert len(sizes) == 1


def test_what_was_announced_comes_meanwhile(far: Far) -> None:
    """Announced ranges are asked for at once, in the background; reading them asks for nothing again."""
    file = RemoteFile(far.put(CONTENT))
    file.announce([(100_000, 100_500), (200_000, 200_500)])
    assert far.asked(lambda requests: requests == [[(100_000, 100_500), (200_000, 200_500)]])
    found = file.read_all([(100_000, 100_500), (200_000, 200_500)])
    assert bytes(found[200_000, 200_500]) == CONTENT[200_000:200_500]
    assert len(far.requests) == 1


def test_what_nobody_announced_comes_beside_it(far: Far) -> None:
    """While announced bytes are on their way, others are asked for already."""
    file = RemoteFile(far.put(CONTENT))

    def hold_up(ranges: list[Range]) -> None:
        if ranges == [(100_000, 100_500)]:
            assert far.asked(lambda requests: [(200_000, 200_500)] in requests)

    far.before = hold_up
    file.announce([(100_000, 100_500)])
    found = file.read_all([(100_000, 100_500), (200_000, 200_500)])
    assert [bytes(data) for data in found.values()] == [CONTENT[100_000:100_500], CONTENT[200_000:200_500]]


def test_what_failed_in_the_background_is_asked_for_again(far: Far) -> None:
    """An error there is nobody's; the read itself asks again, and as often as any other."""
    file = RemoteFile(far.put(CONTENT))
    left = iter([TimeoutError("no answer")] * 3)

    def fail(ranges: list[Range]) -> None:
        error = next(left, None)
        if error is not None:
            raise error

    far.before = fail
    file.announce([(100_000, 100_500)])
    assert bytes(file.read_all([(100_000, 100_500)])[100_000, 100_500]) == CONTENT[100_000:100_500]
    assert len(far.requests) == 4


def test_a_file_that_is_cut_short(far: Far) -> None:
    """What lies behind the end is not asked for, whatever size a damaged file tells, and said as of any other file."""
    file = RemoteFile(far.put(CONTENT))
    with pytest.raises(BytesError, match=r"bytes 299,000 to 1,000,000,000,000 should hold data, and the file ends at"):
        file.read_all([(299_000, 10**12)])
    with pytest.raises(BytesError, match="and the file ends before"):
        file.read_all([(400_000, 400_100)])
    found = file.read_parts([(250_000, 300_004), (300_004, 300_100), (300_010, 300_020), (290_000, 310_000)])
    assert [len(data) for data in found.values()] == [50_004, 0, 0, 10_004]
    assert all(stop <= len(CONTENT) for request in far.requests for _, stop in request)


def test_short_answers_are_asked_for_again(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that ends too early has cut the answer, not the file."""
    answer, left = far.answer, iter(range(2))

    def cut(name: str, ranges: list[Range]) -> list[bytes]:
        whole = answer(name, ranges)
        return [data[:-1] for data in whole] if next(left, None) is not None else whole

    monkeypatch.setattr(far, "answer", cut)
    file = RemoteFile(far.put(CONTENT))
    assert bytes(file.read_all([(100_000, 120_000)])[100_000, 120_000]) == CONTENT[100_000:120_000]
    assert len(far.requests) == 3
    left = iter(range(4))
    with pytest.raises(BytesError, match=r"of bytes 100,000 to 120,000 the server gave 19,999 \(tried 4 times"):
        file.read_all([(100_000, 120_000)])


def test_servers_that_give_whole_files(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that knows no ranges is named as such, with a way around it."""
    monkeypatch.setattr(far, "answer", lambda name, ranges: [CONTENT for _ in ranges])
    file = RemoteFile(far.put(CONTENT))
    with pytest.raises(
        BytesError, match=r"gives the whole file .*: copy the file .* or write simplecache::far://a.root"
    ):
        file.read_all([(100_000, 100_500)])


def test_errors_in_place_of_bytes(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    """Systems that give an error among the answers are understood."""
    lost = PermissionError(errno.EACCES, "no")
    monkeypatch.setattr(far, "answer", lambda name, ranges: [CONTENT[ranges[0][0] : ranges[0][1]], lost])
    file = RemoteFile(far.put(CONTENT))
    with pytest.raises(PermissionError):
        file.read_all([(0, 10), (200_000, 200_010)])


def test_files_of_unknown_size(far: Far) -> None:
    """Where nobody tells the size, the end of the file is where no more bytes come."""
    far.size = lambda content: None
    file = RemoteFile(far.put(CONTENT))
    found = file.read_parts([(100_000, 100_500), (299_900, 300_100)])
    assert [bytes(data) for data in found.values()] == [CONTENT[100_000:100_500], CONTENT[299_900:]]


def test_closed_files_give_nothing(far: Far) -> None:
    """A closed file says so, announces nothing, and has given its room back."""
    file = RemoteFile(far.put(CONTENT))
    file.announce([(100_000, 100_500)])
    file.close()
    assert RemoteFile.room.used_bytes == 0
    file.announce([(200_000, 200_500)])
    with pytest.raises(BytesError, match="is closed"):
        file.read_all([(100_000, 100_500)])


def test_a_forked_process_asks_for_itself(far: Far) -> None:
    """What the process before has announced, or asked and not heard of, is asked for anew: threads are not forked."""
    file = RemoteFile(far.put(CONTENT))
    assert file.size_bytes == len(CONTENT)
    file.announce([(100_000, 100_500)])
    assert far.asked(lambda requests: len(requests) == 1)
    file._process = -1  # as if this were another process
    far.requests.clear()
    assert bytes(file.read_all([(100_000, 100_500)])[100_000, 100_500]) == CONTENT[100_000:100_500]
    assert len(far.requests) == 1
    assert file._process == os.getpid()


def test_the_identity_is_what_all_replicas_have(far: Far) -> None:
    """Two copies of a file have one identity, wherever they lie; another content, or another length, has another."""
    here, copy = RemoteFile(far.put(CONTENT)), RemoteFile(far.put(CONTENT, "copy.root"))
    other = RemoteFile(far.put(CONTENT[:100] + b"?" + CONTENT[101:], "other.root"))
    longer = RemoteFile(far.put(CONTENT + b"?", "longer.root"))
    assert here.identity == copy.identity != ""
    assert len({here.identity, other.identity, longer.identity}) == 3
    assert here.serves("")
    assert here.serves(copy.identity)
    assert not here.serves(other.identity)


def test_what_has_no_identity(far: Far) -> None:
    """What is no ROOT file, or tells no size, has none."""
    assert RemoteFile(far.put(b"PK" + CONTENT)).identity == ""
    far.size = lambda content: None
    assert RemoteFile(far.put(CONTENT, "b.root")).identity == ""


def test_reads_are_taken_down(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes, requests and failures are those of the place, in the background too; once taken, gone."""
    book = AccessBook()
    monkeypatch.setattr(RemoteFile, "accesses", book)
    left = iter([TimeoutError("no answer")] * 2)

    def fail(ranges: list[Range]) -> None:
        error = next(left, None)
        if error is not None:
            raise error

    far.before = fail
    file = RemoteFile(far.put(CONTENT))
    file.read_all([(0, 100), (200_000, 200_100)])
    file.announce([(100_000, 100_500)])
    file.read_all([(100_000, 100_500)])
    (access,) = book.take()
    assert (access.path, access.server, access.n_reads, access.read_bytes) == ("far://a.root", "a.root", 2, 700)
    assert (access.n_failures, access.reason) == (2, "TimeoutError: no answer")
    assert access.read_s > 0
    assert book.take() == ()
