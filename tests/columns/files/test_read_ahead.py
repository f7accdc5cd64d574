"""Laws of reading ahead from a remote file: while a block is computed the next ones come, and nothing else changes."""

from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from overproof.columns.events import ColumnMemory, Events
from overproof.columns.files import remote
from overproof.columns.files.remote import RemoteFile
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec

if TYPE_CHECKING:
    from conftest import Far

BLOCKS = [(0, 200), (200, 400), (400, 600), (600, 800), (800, 1000)]
COLUMNS = ("x", "jagged", "number")


def computed(reader: Any, *, is_ahead: bool, after_touching: Any = lambda number: None) -> list[Any]:
    """Read the blocks one by one, as a worker does; return their columns."""
    memory, columns = ColumnMemory(), []
    for number, (first, stop) in enumerate(BLOCKS):
        following = BLOCKS[number + 1 : number + 2] if is_ahead else ()
        events = Events(reader, first, stop, memory=memory, following=following)
        columns.append([events[name].to_list() for name in COLUMNS])
        after_touching(number)
    return columns


@pytest.fixture(params=["ttree_path", "rntuple_path"])
def content(request: pytest.FixtureRequest) -> bytes:
    """A file of five baskets a branch, or five clusters."""
    path: Path = request.getfixturevalue(request.param)
    return path.read_bytes()


@pytest.fixture
def reader(far: Far, content: bytes, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The tree of a remote file; what describes it was read, and nothing of its columns."""
    monkeypatch.setattr(remote, "GAP_BYTES", 0)
    reader = open_reader(FileSpec(path=far.put(content), tree="t"))
    far.requests.clear()
    return reader


def test_answers_are_the_same(far: Far, reader: Any, content: bytes, tmp_path: Path) -> None:
    """Columns are those of the local file, with read-ahead or without."""
    (tmp_path / "a.root").write_bytes(content)
    here = open_reader(FileSpec(path=str(tmp_path / "a.root"), tree="t"))
    expected = computed(here, is_ahead=False)
    assert computed(reader, is_ahead=False) == expected
    assert computed(reader, is_ahead=True) == expected


def test_the_next_block_comes_while_this_one_is_computed(far: Far, reader: Any) -> None:
    """The bytes of each block are asked for before the block before it is done; behind the first nobody waits."""
    n_waited: list[int] = []

    def after_touching(number: int) -> None:
        n_waited.append(far.n_waited)
        # The block is not done before the next one was asked for.
        if number + 1 < len(BLOCKS):
            assert far.asked(lambda requests: len(requests) - far.n_waited > number)

    far.n_waited = 0
    computed(reader, is_ahead=True, after_touching=after_touching)
    assert 0 < n_waited[0] <= 2 * len(COLUMNS)
    assert n_waited == [n_waited[0]] * len(BLOCKS)


def test_a_block_is_one_round_trip(far: Far, reader: Any) -> None:
    """Without read-ahead the columns of a block behind the first come together; lists may have to be looked into."""
    n_waited: list[int] = []
    computed(reader, is_ahead=False, after_touching=lambda number: n_waited.append(far.n_waited))
    assert {after - before for before, after in pairwise(n_waited)} <= {1, 2}


def test_failures_ahead_hurt_nobody(far: Far, reader: Any) -> None:
    """When every request in the background fails, the answers are the same."""
    expected = computed(reader, is_ahead=False)
    main = threading.current_thread()

    def fail(ranges: object) -> None:
        if threading.current_thread() is not main:
            raise OSError("no answer")

    far.before = fail
    assert computed(open_reader(FileSpec(path="far://a.root", tree="t")), is_ahead=True) == expected
    assert RemoteFile.room.used_bytes == 0
