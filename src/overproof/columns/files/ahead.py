"""Bytes that are fetched while nobody waits for them."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from typing import TypeVar

from overproof.columns.files.requests import Bytes, Range
from overproof.words.units import MB

T = TypeVar("T")

ROOM_BYTES = 64 * MB
"""What all files of a process together hold ahead."""


def later(action: Callable[[], T]) -> Future[T]:
    """Do something in a thread of its own, which does not keep the process alive.

    Raises:
        RuntimeError: the system has no more threads.
    """
    future: Future[T] = Future()

    def do() -> None:
        try:
            future.set_result(action())
        except BaseException as error:  # noqa: BLE001 - whoever asks for the result gets it
            future.set_exception(error)

    threading.Thread(target=do, name="overproof-ahead", daemon=True).start()
    return future


class Announced:
    """Ranges of one file that are fetched together.

    Args:
        coming: where their holder looks them up.
        ranges: of bytes.
        fetch: gets all of them, in any thread.

    Raises:
        RuntimeError: the system has no more threads.
    """

    def __init__(
        self, coming: dict[Range, Announced], ranges: list[Range], fetch: Callable[[list[Range]], Mapping[Range, Bytes]]
    ) -> None:
        self.size_bytes = sum(stop - start for start, stop in ranges)
        self._coming = coming
        self._left = set(ranges)
        self._future = later(lambda: fetch(ranges))
        coming.update(dict.fromkeys(ranges, self))

    @property
    def is_taken(self) -> bool:
        """Tell whether nothing of it will be asked for any more."""
        return not self._left

    def take(self, range_: Range) -> Bytes | None:
        """Wait for a range, once; None when it could not be had."""
        self._left.discard(range_)
        self._coming.pop(range_, None)
        return None if self._future.exception() is not None else self._future.result().get(range_)

    def drop(self) -> None:
        """Let nobody find it any more; its memory is given back when it has come."""
        for each in self._left:
            self._coming.pop(each, None)
        self._left.clear()


class Room:
    """How much may be held ahead; what was announced first makes way for what is announced now.

    Args:
        limit_bytes: of everything that is fetched and was not taken whole.
    """

    def __init__(self, limit_bytes: int = ROOM_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self.used_bytes = 0
        self._held: OrderedDict[Announced, None] = OrderedDict()
        self._lock = threading.Lock()

    def clear(self, size_bytes: int) -> None:
        """Make room for so many bytes, at most `limit_bytes`."""
        while self.used_bytes + size_bytes > self.limit_bytes:
            with self._lock:
                oldest = next(iter(self._held))
            oldest.drop()
            self.leave(oldest)

    def enter(self, announced: Announced) -> None:
        """Count what is fetched from now on."""
        with self._lock:
            self._held[announced] = None
            self.used_bytes += announced.size_bytes

    def leave(self, announced: Announced) -> None:
        """Give back the room of what was taken or dropped."""
        with self._lock:
            if announced in self._held:
                del self._held[announced]
                self.used_bytes -= announced.size_bytes


class Ahead:
    """What one file fetches ahead.

    Args:
        fetch: gets ranges of bytes, in any thread.
        room: shared by all files of a process.
    """

    def __init__(self, fetch: Callable[[list[Range]], Mapping[Range, Bytes]], *, room: Room) -> None:
        self._coming: dict[Range, Announced] = {}
        self._fetch = fetch
        self._room = room

    def __contains__(self, range_: Range) -> bool:
        return range_ in self._coming

    def announce(self, ranges: Iterable[Range]) -> None:
        """Begin to fetch what is not coming already, as far as there is room."""
        wanted: list[Range] = []
        n_bytes = 0
        for start, stop in dict.fromkeys(ranges):
            if (start, stop) in self._coming or not 0 <= start < stop:
                continue
            n_bytes += stop - start
            if n_bytes > self._room.limit_bytes:
                break
            wanted.append((start, stop))
        if not wanted:
            return
        self._room.clear(sum(stop - start for start, stop in wanted))
        # Without another thread whoever reads fetches it.
        with contextlib.suppress(RuntimeError):
            self._room.enter(Announced(self._coming, wanted, self._fetch))

    def take(self, ranges: Iterable[Range]) -> dict[Range, Bytes]:
        """Wait for those of some ranges that are coming, and give what came of them; what failed is left out."""
        found: dict[Range, Bytes] = {}
        for each in ranges:
            announced = self._coming.get(each)
            if announced is None:
                continue
            data = announced.take(each)
            if announced.is_taken:
                self._room.leave(announced)
            if data is not None:
                found[each] = data
        return found

    def drop(self) -> None:
        """Forget everything."""
        for each in set(self._coming.values()):
            each.drop()
            self._room.leave(each)
