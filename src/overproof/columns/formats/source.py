"""Where bytes come from."""

from __future__ import annotations

import errno
import os
import queue
from collections.abc import Iterable
from typing import Any

from uproot.source.chunk import Chunk, Source
from uproot.source.fsspec import FSSpecSource
from uproot.source.futures import TrivialFuture

from overproof.columns.formats.damage import BytesError, DamageError, FileChangedError
from overproof.columns.formats.identity import check_regular, identity_of, stamp_of
from overproof.columns.formats.retry import Retry, is_transient_afar, is_transient_here

Range = tuple[int, int]


class LocalSource(Source):  # type: ignore[misc]  # uproot has no types
    """Reads a local file with `pread`: no thread, no seek, no mapping.

    A mapped file would be a little cheaper, but kills the process by SIGBUS when the file is cut short meanwhile;
    uproot's default source opens the file anew for every request.

    Attributes:
        identity: which version of the file was opened.
        retry: how bytes that do not come are asked for again.

    Raises:
        OSError: it cannot be opened, or has changed since, when bytes are asked for.
        DatasetError: it is a pipe or a device.
    """

    retry = Retry()

    def __init__(self, file_path: str, **options: Any) -> None:
        super().__init__()
        self._file_path = file_path
        self._held: dict[Range, Chunk] = {}
        self._refusals = Refusals()
        self._handle = -1
        self.retry(self._open, is_transient=self.is_transient)

    def _open(self) -> None:
        check_regular(self._file_path)
        handle = os.open(self._file_path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        try:
            status = os.fstat(handle)
            # Before anything is understood of the file: what is understood later belongs to this version or fails.
            self.identity = identity_of(handle)
        except BaseException:
            os.close(handle)
            raise
        self._handle, self._num_bytes, self._stamp = handle, status.st_size, stamp_of(status)

    @staticmethod
    def is_transient(error: BaseException) -> bool:
        """Tell whether the same request may succeed in a moment."""
        return is_transient_here(error)

    def refuse(self, place: Range, why: str) -> None:
        """Answer whoever asks for these bytes with an error."""
        self._refusals.add(place, why)

    def chunk(self, start: int, stop: int) -> Chunk:
        """Return the bytes from `start` to `stop`; fewer at the end of the file."""
        held = self._held.get((start, stop))
        if held is not None:
            return held
        self._refusals.check(start, stop)
        return self.retry(lambda: self._chunk(start, stop), is_transient=self.is_transient)

    def _chunk(self, start: int, stop: int) -> Chunk:
        self._num_requests += 1
        self._num_requested_chunks += 1
        self._num_requested_bytes += stop - start
        return Chunk(self, start, stop, TrivialFuture(self._pread(int(start), int(stop))))

    def chunks(self, ranges: list[Range], notifications: queue.Queue[Chunk]) -> list[Chunk]:
        """Return many ranges of bytes, all of them at once for the operating system."""
        if len(ranges) > 1 and hasattr(os, "posix_fadvise"):
            for start, stop in ranges:
                os.posix_fadvise(self._handle, start, stop - start, os.POSIX_FADV_WILLNEED)
        chunks = [self._chunk(start, stop) for start, stop in ranges]
        for chunk in chunks:
            notifications.put(chunk)
        return chunks

    def _pread(self, start: int, stop: int) -> bytes:
        if self._handle < 0:
            raise OSError(f"{self._file_path} is closed")
        # A damaged size asks for no more memory than the file has bytes.
        stop = max(start, min(stop, self._num_bytes))
        try:
            data = os.pread(self._handle, stop - start, start)
        except OSError as error:
            if error.errno == errno.ESTALE:
                self._reopen()
            raise
        if 0 < len(data) < stop - start:
            # A signal, or a limit of the system on one request, may cut a read short: go on until nothing comes.
            pieces = [data]
            while more := os.pread(self._handle, stop - start - sum(map(len, pieces)), start + sum(map(len, pieces))):
                pieces.append(more)
            data = b"".join(pieces)
        # Asked after reading: what was read before the file was written into is right.
        if not self._is_unchanged():
            raise FileChangedError("the file was written to while it was read: do not change files that are in use")
        return data

    def _reopen(self) -> None:
        """Open the file anew whose server has forgotten what is open; another version of it is refused."""
        stamp, old = self._stamp, self._handle
        self._open()
        os.close(old)
        if self._stamp != stamp:
            raise FileChangedError("the file was replaced while it was read: do not change files that are in use")

    def _is_unchanged(self) -> bool:
        return stamp_of(os.fstat(self._handle)) == self._stamp

    def serves(self, identity: str) -> bool:
        """Tell whether this is still the version asked for; when none is, whether it is what the path leads to.

        A file that was replaced while it is open stays readable, whole, as the version that it was.
        """
        if self._handle >= 0 and identity == self.identity != "" and self._is_unchanged():
            return True
        try:
            return stamp_of(os.stat(self._file_path)) == self._stamp
        except OSError:
            return False

    @property
    def closed(self) -> bool:
        """Tell whether the file was given back."""
        return self._handle < 0

    def __enter__(self) -> LocalSource:
        return self

    def __exit__(self, *problem: object) -> None:
        handle, self._handle = self._handle, -1
        if handle < 0:
            return
        try:
            os.close(handle)
        except OSError as error:
            # Somebody has closed all descriptors of the process, as happens at its end: there is nothing to give back.
            if error.errno != errno.EBADF:
                raise


class RemoteSource(FSSpecSource):  # type: ignore[misc]  # uproot has no types
    """Reads whatever fsspec can reach (XRootD, HTTP, S3 ...)."""

    identity = ""
    """Protocols tell too little of a file to name its version."""

    retry = Retry()

    def __init__(self, file_path: str, **options: Any) -> None:
        super().__init__(file_path, **options)
        self._held: dict[Range, Chunk] = {}
        self._refusals = Refusals()

    def refuse(self, place: Range, why: str) -> None:
        """Answer whoever asks for these bytes with an error."""
        self._refusals.add(place, why)

    def serves(self, identity: str) -> bool:
        """Versions cannot be told apart: what is open serves."""
        return not identity

    def chunk(self, start: int, stop: int) -> Chunk:
        """Return the bytes from `start` to `stop`."""
        held = self._held.get((start, stop))
        if held is not None:
            return held
        self._refusals.check(start, stop)
        ask = super().chunk
        return self.retry(lambda: ask(start, stop), is_transient=self.is_transient)

    def is_transient(self, error: BaseException) -> bool:
        """Tell whether the same request may succeed in a moment."""
        return not self.closed and is_transient_afar(error)


class Refusals:
    """Places of a file that are known to be damaged."""

    def __init__(self) -> None:
        self._places: dict[Range, str] = {}

    def add(self, place: Range, why: str) -> None:
        """Refuse a place from now on."""
        self._places[place] = why

    def check(self, start: int, stop: int) -> None:
        """Raise `DamageError` where a refused place is touched."""
        for (low, high), why in self._places.items():
            if start < high and low < stop:
                raise DamageError(why)


def fetch(source: Source, ranges: Iterable[Range]) -> dict[Range, Chunk]:
    """Fetch ranges of bytes in one request and wait for all of them.

    Raises:
        BytesError: they are fewer than asked for.
        Exception: whatever the source raises for bytes that do not come.
    """
    chunks = _together(source, list(dict.fromkeys(ranges)))
    for chunk in chunks.values():
        n_bytes = len(chunk._raw_data)
        if n_bytes < chunk.stop - chunk.start:
            where = f"bytes {chunk.start:,} to {chunk.stop:,} should hold data"
            ends = f"the file ends at byte {chunk.start + n_bytes:,}" if n_bytes else "the file ends before"
            raise BytesError(f"the file is cut short or damaged: {where}, and {ends}; copy it again")
    return chunks


def fetch_what_is_there(source: Source, ranges: Iterable[Range]) -> list[bytes]:
    """Fetch ranges of bytes in one request; what lies outside of the file is empty."""
    wanted = [(start, stop) if 0 <= start < stop else None for start, stop in ranges]
    chunks = _together(source, list(dict.fromkeys(each for each in wanted if each is not None)))
    return [b"" if each is None else bytes(memoryview(chunks[each]._raw_data)) for each in wanted]


def _together(source: Source, wanted: list[Range]) -> dict[Range, Chunk]:
    """Ask for all ranges at once, wait for all, and try again when they do not come."""

    def ask() -> dict[Range, Chunk]:
        chunks = {(chunk.start, chunk.stop): chunk for chunk in source.chunks(wanted, notifications=queue.Queue())}
        for chunk in chunks.values():
            _wait(chunk)
        return chunks

    found: dict[Range, Chunk] = source.retry(ask, is_transient=source.is_transient)
    return found


def _wait(chunk: Chunk) -> None:
    """Wait for bytes; fsspec returns its exceptions in place of them, which uproot does not expect.

    Raises:
        Exception: why they do not come.
    """
    try:
        chunk.wait(insist=False)
    except TypeError:
        answered = getattr(chunk._future, "_parent", None)
        came = None if answered is None else answered.result()
        if isinstance(came, BaseException):
            raise came from None
        raise


class holding:  # noqa: N801 - a context manager, used like a function
    """Let single requests inside of the block be answered from ranges fetched together before it.

    uproot asks for the pages of an RNTuple one by one; over a network each would be a round trip.
    """

    def __init__(self, source: LocalSource | RemoteSource, chunks: dict[Range, Chunk]) -> None:
        self._source = source
        self._chunks = chunks

    def __enter__(self) -> None:
        self._source._held = self._chunks

    def __exit__(self, *problem: object) -> None:
        self._source._held = {}
