"""The logbook: a page of memory in which a worker notes what it has in hand, and which survives it.

The crew reads it when the worker has died, has been long at one block, or is silent; no message is needed, and none
could be sent by then.

The page has two slots and a sequence number. A note goes into the slot that is not the current one, and becomes
current by one store of eight bytes: a worker that dies at any moment leaves the last whole note. Each note carries its
number and a check word, so that a reader in another process takes nothing that is torn.
"""

from __future__ import annotations

import mmap
import os
import struct

from overproof.engines.clock import MonotonicClock
from overproof.records.block import Block, BlockKey, Range
from overproof.words.clock import Clock
from overproof.words.frozen import dataclass
from overproof.words.ids import FileIndex

PAGE_BYTES = 4096
NOTHING = -1
MAX_READS = 1000

NOTE = struct.Struct("@qqqqqqq")
"""Number, file, index, first, stop, nanoseconds, and the check word: the hash of all of them."""

SEQUENCE, BEAT, READING = 0, 8, 9
"""Words of the page, of eight bytes."""

SLOTS_AT = (128, 256)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtHand:
    """What a worker was doing when its logbook was read.

    Attributes:
        block: the block that it computes; None when none.
        part: the range of it.
        started_s: when it took this up, or, without a block, when it laid down the last one (0: never).
        beat_s: when its reading thread was last heard of (0: never). Both are monotonic seconds of this machine.
        is_reading: columns were being read, no user code ran.
        opening: the file that it looks into; None when none.
    """

    block: BlockKey | None
    part: Range | None
    started_s: float
    beat_s: float
    is_reading: bool = False
    opening: FileIndex | None = None


class Reading:
    """Notes in a page, for the time of a `with`, that columns are read; it costs two stores, and may be used again."""

    __slots__ = ("_words",)

    def __init__(self, words: memoryview[int]) -> None:
        self._words = words

    def __enter__(self) -> None:
        self._words[READING] = 1

    def __exit__(self, *_: object) -> None:
        self._words[READING] = 0


class Logbook:
    """One end of the page: the worker notes, its crew reads.

    One thread may `enter` and `leave`, another one `beat`; any number of threads and processes may `read`.

    Args:
        handle: descriptor of a page that was inherited; None: a new page.
        clock: monotonic seconds of this machine.

    Attributes:
        reading: to be entered while columns are read.
    """

    def __init__(self, handle: int | None = None, *, clock: Clock | None = None) -> None:
        self.handle = _new_page() if handle is None else handle
        os.set_inheritable(self.handle, False)  # noqa: FBT003 - it takes no keyword
        self._page = mmap.mmap(self.handle, PAGE_BYTES)
        self._now = (clock or MonotonicClock()).now
        # An item of a view is stored whole; `struct` sets all bytes to zero first, and a reader or death may come then.
        self._words = memoryview(self._page).cast("q")
        self._times = memoryview(self._page).cast("d")
        self._number = self._words[SEQUENCE]
        self.reading = Reading(self._words)

    def enter(self, block: Block, part: Range) -> None:
        """Note that this range of this block is being computed from now on."""
        self._note(block.file, block.index, *part)

    def look_into(self, file: FileIndex) -> None:
        """Note that this file is being looked into from now on."""
        self._note(file, NOTHING, NOTHING, NOTHING)

    def leave(self) -> None:
        """Note that nothing is being computed from now on."""
        self._note(NOTHING, NOTHING, NOTHING, NOTHING)

    def beat(self) -> None:
        """Note that the process can still run a thread."""
        self._times[BEAT] = self._now()

    def read(self) -> AtHand:
        """Return the last whole note."""
        _, file, index, first, stop, time_ns = self._current_note()
        beat_s = self._times[BEAT]
        if index == NOTHING:
            opening = None if file == NOTHING else file
            return AtHand(block=None, part=None, started_s=time_ns / 1e9, beat_s=beat_s, opening=opening)
        return AtHand(
            block=(file, index),
            part=(first, stop),
            started_s=time_ns / 1e9,
            beat_s=beat_s,
            is_reading=bool(self._words[READING]),
        )

    def close(self) -> None:
        """Let go of the page; the other end keeps it."""
        self._words.release()
        self._times.release()
        self._page.close()
        os.close(self.handle)

    def _note(self, file: int, index: int, first: int, stop: int) -> None:
        number = self._number + 1
        time_ns = int(self._now() * 1e9)
        note = (number, file, index, first, stop, time_ns)
        NOTE.pack_into(self._page, SLOTS_AT[number & 1], *note, hash(note))
        self._words[SEQUENCE] = number
        self._number = number

    def _current_note(self) -> tuple[int, ...]:
        for _ in range(MAX_READS):
            number = self._words[SEQUENCE]
            if number == 0:
                break
            *note, check = NOTE.unpack_from(self._page, SLOTS_AT[number & 1])
            # The slot is written again only after the number has moved on. The check word is for processors that may
            # show stores in another order.
            if self._words[SEQUENCE] == number == note[0] and hash(tuple(note)) == check:
                return tuple(note)
        return (0, NOTHING, NOTHING, NOTHING, NOTHING, 0)


def _new_page() -> int:
    """Return a descriptor of a page of zeros that has no name."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("overproof-logbook")
    else:
        import tempfile  # loads a dozen others, and Linux needs none of them

        descriptor, path = tempfile.mkstemp(prefix="overproof-logbook-")
        os.unlink(path)
    os.truncate(descriptor, PAGE_BYTES)
    return descriptor
