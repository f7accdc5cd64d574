"""A file on another machine: XRootD, HTTP, S3, whatever fsspec can reach."""

from __future__ import annotations

import errno
import functools
import os
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from typing import TypeAlias, TypeVar

from overproof.columns.files.accesses import ACCESSES
from overproof.columns.files.afar import open_afar
from overproof.columns.files.ahead import Ahead, Room, later
from overproof.columns.files.damage import BytesError
from overproof.columns.files.identity import HEADER_BYTES, identity_afar
from overproof.columns.files.local import check_whole
from overproof.columns.files.requests import Bytes, Range, batches, cut, span_of, together
from overproof.columns.files.retry import Retry, is_transient_afar
from overproof.words.units import MB

T = TypeVar("T")

GAP_BYTES = 32_768
"""Bytes between two ranges that are cheaper to fetch along than to ask for apart."""

LIMIT_BYTES = 2_000_000
"""Ranges are put together up to this size; servers of XRootD take no larger ones in a vector read (2,097,136 bytes)."""

BATCH_RANGES = 1024
BATCH_BYTES = 32 * MB
"""What is asked for at once; servers of XRootD take no longer lists in a vector read."""

ALONG_BYTES = 65_536
TAIL_BYTES = 524_288
"""While a file is being understood a small read takes along what lies behind it, or the whole end of the file: the
pieces of a description lie close to one another, most of them at the end."""

SMALL_BYTES = 65_536
"""What is a small read."""

N_WIDENED = 16
"""Reads of a file that may take something along: by then it is understood."""

_Insist: TypeAlias = Callable[[Callable[[], list[bytes]]], list[bytes]]

UNKNOWN_BYTES = 2**63
"""Size of a file whose size nobody tells."""


class RemoteFile:
    """Reads a file by requests of many ranges at once, and fetches in the background what is announced.

    Args:
        path: a URL.

    Attributes:
        path: the same.
        retry: how bytes that do not come are asked for again.
        room: what all files of this process may hold ahead.
        accesses: takes down what is read.

    Raises:
        ValueError: no such protocol, or not a URL of it.
        ImportError: a package is missing to reach it.
    """

    retry = Retry()
    room = Room()
    accesses = ACCESSES

    def __init__(self, path: str) -> None:
        self.path = path
        self.is_closed = False
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._source = open_afar(self.path)
        self._identity: str | None = None
        self._ahead = Ahead(self._fetch_ahead, room=self.room)
        self._kept: dict[Range, bytes] = {}
        self._n_to_widen = N_WIDENED
        self._size: Future[int | None] | None = None

    def again(self) -> RemoteFile:
        """Return the file open once more."""
        copy = type(self)(self.path)
        copy._kept, copy._size, copy._identity = dict(self._kept), self._size, self._identity
        return copy

    @property
    def identity(self) -> str:
        """Which version of the file is read: its size and its first bytes, as every replica has them.

        Empty for what is not a ROOT file, and where the server tells no size. When a file was written is left out:
        each server says another time of its copy.

        Raises:
            OSError: the bytes do not come.
        """
        if self._identity is None:
            self._identity = identity_afar(_told(self._asked_size()), bytes(self.read(0, HEADER_BYTES)))
        return self._identity

    @property
    def size_bytes(self) -> int:
        """Size of the file, as the server tells; without limit where it does not.

        Raises:
            OSError: nobody answers, or there is no such file.
        """
        return _limit(self._asked_size())

    def _asked_size(self) -> Future[int | None]:
        """Ask for the size, once, beside whatever else is asked for."""
        if self._size is None or (self._size.done() and self._size.exception() is not None):
            self._size = later(lambda: self._persist(self._source.size))
        return self._size

    def _persist(self, action: Callable[[], T]) -> T:
        """Ask the server for something until it answers."""
        return self.retry(lambda: self._try(action), is_transient=is_transient_afar)

    def _try(self, action: Callable[[], T]) -> T:
        """Ask the server for something once."""
        if self.is_closed:
            raise BytesError(f"{self.path} is closed")
        try:
            return action()
        except Exception as error:
            # Every protocol has exceptions of its own.
            self.accesses.failed(self.path, error, server=self._source.server)
            raise

    def announce(self, ranges: Iterable[Range]) -> None:
        """Begin to fetch what will be read soon, in the background; what fails there is asked for when it is read."""
        if not self.is_closed:
            self._stay_in_process()
            self._ahead.announce(each for each in ranges if self._look_up(*each) is None)

    def read(self, start: int, stop: int) -> Bytes:
        """Return a range of bytes, fewer at the end of the file.

        Raises:
            OSError: the bytes do not come.
        """
        return self.read_parts([(start, stop)])[start, stop]

    def _look_up(self, start: int, stop: int) -> memoryview | None:
        """Return bytes that a small read has taken along, if they are all there."""
        for (low, high), data in self._kept.items():
            if low <= start <= stop <= high:
                return memoryview(data)[start - low : stop - low]
        return None

    def read_all(self, ranges: Iterable[Range]) -> dict[Range, Bytes]:
        """Return many ranges of bytes; each is whole.

        Raises:
            BytesError: the file ends before.
            OSError: the bytes do not come.
        """
        found = self.read_parts(ranges)
        for (start, stop), data in found.items():
            check_whole(start, stop, len(data))
        return found

    def read_parts(self, ranges: Iterable[Range]) -> dict[Range, Bytes]:
        """Return many ranges of bytes, fewer at the end of the file; what was announced is here, or comes already.

        Raises:
            OSError: the bytes do not come.
        """
        began_s = time.perf_counter()
        try:
            return self._read_parts(ranges)
        finally:
            self.accesses.waited(self.path, server=self._source.server, seconds=time.perf_counter() - began_s)

    def _read_parts(self, ranges: Iterable[Range]) -> dict[Range, Bytes]:
        self._stay_in_process()
        wanted = list(dict.fromkeys(ranges))
        found: dict[Range, Bytes] = {each: kept for each in wanted if (kept := self._look_up(*each)) is not None}
        if self._n_to_widen > 0:
            found |= self._widely([each for each in wanted if each not in found and each not in self._ahead])
        # What nobody announced is asked for first: it comes beside what is coming already.
        found |= self._fetch([each for each in wanted if each not in found and each not in self._ahead])
        found |= self._ahead.take(each for each in wanted if each not in found)
        found |= self._fetch([each for each in wanted if each not in found])
        return {each: found[each] for each in wanted}

    def _widely(self, ranges: Sequence[Range]) -> dict[Range, Bytes]:
        """Read small ranges with what surrounds them; others are left to be read as they are."""
        if not ranges or any(start < 0 or not start <= stop <= start + SMALL_BYTES for start, stop in ranges):
            return {}
        self._n_to_widen -= 1
        # Asked for beside the first bytes, which do not wait for it.
        size = self._asked_size()
        limit = UNKNOWN_BYTES if all(start == 0 for start, _ in ranges) else _limit(size)
        groups = together(
            {_around(each, limit) for each in ranges if each[0] < limit}, gap_bytes=GAP_BYTES, limit_bytes=TAIL_BYTES
        )
        spans = [span_of(group) for group in groups]
        answers = self._persist(lambda: self._ask(spans, limit)) if spans else []
        # What lies behind the end is empty.
        found: dict[Range, Bytes] = dict.fromkeys(ranges, b"")
        for (low, high), data in zip(spans, answers, strict=True):
            self._kept[low, low + len(data)] = data
            view = memoryview(data)
            found.update(
                {(start, stop): view[start - low : stop - low] for start, stop in ranges if low <= start < high}
            )
        return found

    def _fetch(self, ranges: Sequence[Range]) -> dict[Range, Bytes]:
        """Ask for ranges of bytes until they come."""
        return self._request(ranges, insist=self._persist) if ranges else {}

    def _fetch_ahead(self, ranges: Sequence[Range]) -> dict[Range, Bytes]:
        """Ask for ranges of bytes once, in any thread."""
        return self._request(ranges, insist=self._try)

    def _request(self, ranges: Sequence[Range], *, insist: _Insist) -> dict[Range, Bytes]:
        if any(start < 0 for start, _ in ranges):
            raise OSError(errno.EINVAL, "no file has bytes before its start")
        limit = _limit(self._asked_size())
        # A damaged size asks for no more memory than the file has bytes; servers refuse what lies behind its end.
        inside = {(start, stop): (start, max(start, min(stop, limit))) for start, stop in ranges}
        places = {(start, stop) for start, stop in inside.values() if start < stop}
        groups = together(places, gap_bytes=GAP_BYTES, limit_bytes=LIMIT_BYTES)
        came: dict[Range, Bytes] = {}
        for batch in batches(groups, n_limit=BATCH_RANGES, limit_bytes=BATCH_BYTES):
            answers = insist(functools.partial(self._ask, [span_of(group) for group in batch], limit))
            for group, data in zip(batch, answers, strict=True):
                came.update(cut(data, group))
        return {each: came.get(place, b"") for each, place in inside.items()}

    def _ask(self, spans: Sequence[Range], limit: int) -> list[bytes]:
        """Ask the server for ranges of bytes, once; what lies below `limit` must come.

        Raises:
            OSError: they do not come.
        """
        answers = self._source.ask(spans)
        for (start, stop), data in zip(spans, answers, strict=True):
            if limit < UNKNOWN_BYTES and len(data) < min(stop, limit) - start:
                raise OSError(f"of bytes {start:,} to {stop:,} the server gave {len(data):,}")
        self.accesses.read(self.path, server=self._source.server, n_bytes=sum(map(len, answers)))
        return answers

    def _stay_in_process(self) -> None:
        """Begin anew in a process that was forked: threads and connections stay with the one before."""
        if self._process != os.getpid():
            self._ahead.drop()
            self._source.leave()
            self._begin()

    def serves(self, identity: str) -> bool:
        """Tell whether this is the version asked for; when none is, what is open serves."""
        return not identity or identity == self.identity

    def close(self) -> None:
        """Give the file back."""
        self.is_closed = True
        self._source.close()
        self._ahead.drop()
        self._kept.clear()


def _told(size: Future[int | None]) -> int | None:
    """Wait for the size of a file; None where nobody tells it."""
    answer = size.result()
    return None if answer is None else int(answer)


def _limit(size: Future[int | None]) -> int:
    """Wait for the size of a file; without limit where nobody tells it."""
    answer = _told(size)
    return UNKNOWN_BYTES if answer is None else answer


def _around(range_: Range, limit: int) -> Range:
    """Return what is read in place of a small range of a file of `limit` bytes: no byte behind its end."""
    start, stop = range_
    tail = max(limit - TAIL_BYTES, 0)
    if limit < UNKNOWN_BYTES and start >= tail:
        return tail, limit
    return start, min(max(stop, start + ALONG_BYTES), limit)
