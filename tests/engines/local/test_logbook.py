"""Laws of the page that tells what a worker had in hand."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from overproof.engines.local import logbook as module
from overproof.engines.local.logbook import NOTE, SEQUENCE, SLOTS_AT, Logbook
from overproof.records.block import Block

BLOCK = Block(file=3, index=7, first=100, stop=200, ranges=((100, 150), (160, 200)))


class ManualClock:
    """Time that stands until it is set."""

    def __init__(self) -> None:
        self.time_s = 5.0

    def now(self) -> float:
        return self.time_s


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def ends(clock: ManualClock) -> Iterator[tuple[Logbook, Logbook]]:
    """Give the crew's end and the worker's."""
    crew = Logbook(clock=clock)
    worker = Logbook(os.dup(crew.handle), clock=clock)
    yield crew, worker
    crew.close()
    worker.close()


def test_what_is_noted_at_one_end_is_read_at_the_other(ends: tuple[Logbook, Logbook], clock: ManualClock) -> None:
    """Block, range and time of taking it up are told until it is laid down."""
    crew, worker = ends
    assert crew.read() == module.AtHand(block=None, part=None, started_s=0.0, beat_s=0.0)
    worker.enter(BLOCK, (160, 200))
    clock.time_s = 6.5
    worker.beat()
    assert crew.read() == module.AtHand(block=(3, 7), part=(160, 200), started_s=5.0, beat_s=6.5)
    clock.time_s = 7.0
    worker.leave()
    assert crew.read() == module.AtHand(block=None, part=None, started_s=7.0, beat_s=6.5)


def test_a_look_into_a_file_is_told_until_it_is_over(ends: tuple[Logbook, Logbook]) -> None:
    """The first file and the first block are not taken for each other."""
    crew, worker = ends
    worker.look_into(0)
    assert crew.read() == module.AtHand(block=None, part=None, started_s=5.0, beat_s=0.0, opening=0)
    worker.leave()
    assert crew.read().opening is None
    worker.enter(Block(file=0, index=0, first=0, stop=10), (0, 10))
    assert crew.read() == module.AtHand(block=(0, 0), part=(0, 10), started_s=5.0, beat_s=0.0)


def test_reading_is_told_of_a_block_for_as_long_as_it_takes(ends: tuple[Logbook, Logbook]) -> None:
    """Also when it fails; and again the next time."""
    crew, worker = ends

    def fail() -> None:
        with worker.reading:
            assert crew.read().is_reading
            raise OSError("no")

    worker.enter(BLOCK, (100, 150))
    for _ in range(2):
        with pytest.raises(OSError, match="no"):
            fail()
        assert not crew.read().is_reading
    worker.leave()
    with worker.reading:
        assert not crew.read().is_reading


def test_a_note_half_written_is_never_read(ends: tuple[Logbook, Logbook]) -> None:
    """A worker that dies while it writes leaves its last whole note."""
    crew, worker = ends
    worker.enter(BLOCK, (100, 150))
    half = NOTE.pack(2, 99, 99, 99, 99, 99, 99)[:32]
    worker._page[SLOTS_AT[0] : SLOTS_AT[0] + len(half)] = half
    assert crew.read().part == (100, 150)


def test_a_torn_note_is_found_out(ends: tuple[Logbook, Logbook], monkeypatch: pytest.MonkeyPatch) -> None:
    """A number without its note, as another processor may see it for a moment, tells nothing rather than nonsense."""
    monkeypatch.setattr(module, "MAX_READS", 3)
    crew, worker = ends
    worker.enter(BLOCK, (100, 150))
    NOTE.pack_into(worker._page, SLOTS_AT[0], 2, 8, 8, 100, 900, 5, 1234)
    worker._words[SEQUENCE] = 2
    assert crew.read().block is None


WRITER = """
import os, sys
from overproof.engines.local.logbook import Logbook
from overproof.records.block import Block

book = Logbook(int(sys.argv[1]))
print("writing", flush=True)
number, parent = 0, os.getppid()
while os.getppid() == parent:  # a test that is killed leaves nobody behind
    number += 1
    book.enter(Block(file=number, index=2 * number, first=0, stop=1), (3 * number, 4 * number))
"""


def test_a_page_written_at_full_speed_is_read_whole_and_outlives_its_writer() -> None:
    """Every one of many reads gives the four numbers of one and the same note, also after kill -9."""
    book = Logbook()
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(book.handle)], pass_fds=[book.handle], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    seen = set()
    deadline_s = time.monotonic() + 20
    while len(seen) < 300 and time.monotonic() < deadline_s:
        at_hand = book.read()
        if at_hand.block is None:
            assert not seen
            continue
        assert at_hand.part is not None
        number = at_hand.block[0]
        assert (at_hand.block[1], *at_hand.part) == (2 * number, 3 * number, 4 * number)
        seen.add(number)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(seen) == 300
    last = book.read()
    assert last.block is not None
    assert last.block[1] == 2 * last.block[0]
    book.close()
    process.stdout.close()


def test_a_system_without_nameless_memory_gets_a_file_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page works, and nothing is left on disk."""
    monkeypatch.delattr(os, "memfd_create", raising=False)
    book = Logbook()
    book.enter(BLOCK, (100, 150))
    assert book.read().block == (3, 7)
    assert os.fstat(book.handle).st_nlink == 0
    book.close()


def test_the_handle_is_not_passed_on_to_what_user_code_starts() -> None:
    """Only who is given the handle on purpose has it."""
    book = Logbook()
    os.set_inheritable(book.handle, True)
    again = Logbook(os.dup(book.handle))
    assert not os.get_inheritable(again.handle)
    again.close()
    book.close()
