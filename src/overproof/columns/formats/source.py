"""Where bytes come from."""

from __future__ import annotations

import queue
from collections.abc import Iterable, Mapping
from typing import Any

from uproot.source.chunk import Chunk, Source
from uproot.source.fsspec import FSSpecSource
from uproot.source.futures import TrivialFuture

from overproof.columns.files.damage import DamageError
from overproof.columns.files.local import LocalFile, Range, check_whole
from overproof.columns.files.retry import Retry, is_transient_afar, is_transient_here


class LocalSource(Source):  # type: ignore[misc]  # uproot has no types
    """Lets uproot read a local file.

    uproot's default source opens the file anew for every request.

    Attributes:
        file: what is open.
        identity: which version of the file was opened.

    Raises:
        OSError: it cannot be opened, or has changed since, when bytes are asked for.
        DatasetError: it is a pipe or a device.
    """

    retry = LocalFile.retry

    def __init__(self, file_path: str, **options: Any) -> None:
        super().__init__()
        self._file_path = file_path
        self._held: dict[Range, Chunk] = {}
        self._refusals = Refusals()
        self.file = LocalFile(file_path)
        self._num_bytes = self.file.size_bytes

    @property
    def identity(self) -> str:
        return self.file.identity

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
        return Chunk(self, start, stop, TrivialFuture(self.file.read_once(int(start), int(stop))))

    def chunks(self, ranges: list[Range], notifications: queue.Queue[Chunk]) -> list[Chunk]:
        """Return many ranges of bytes, all of them at once for the operating system."""
        if len(ranges) > 1:
            self.file.announce(ranges)
        chunks = [self._chunk(start, stop) for start, stop in ranges]
        for chunk in chunks:
            notifications.put(chunk)
        return chunks

    def serves(self, identity: str) -> bool:
        """Tell whether this is still the version asked for; when none is, whether it is what the path leads to."""
        return self.file.serves(identity)

    @property
    def closed(self) -> bool:
        """Tell whether the file was given back."""
        return self.file.is_closed

    def __enter__(self) -> LocalSource:
        return self

    def __exit__(self, *problem: object) -> None:
        self.file.close()


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
        check_whole(chunk.start, chunk.stop, len(chunk._raw_data))
    return chunks


class FetchedBytes:
    """The bytes of a file as another reader than uproot's takes them.

    Args:
        source: open; closed with this.
    """

    def __init__(self, source: LocalSource | RemoteSource) -> None:
        self._source = source

    @property
    def identity(self) -> str:
        """Which version of the file was opened; empty where that cannot be told."""
        return self._source.identity

    def read_all(self, ranges: Iterable[Range]) -> Mapping[Range, bytes | memoryview]:
        """Return many ranges of bytes in one request; each is whole."""
        return {place: memoryview(chunk._raw_data) for place, chunk in fetch(self._source, ranges).items()}

    def announce(self, ranges: Iterable[Range]) -> None:
        """Pass over what will be read soon, where the system cannot be told."""
        if isinstance(self._source, LocalSource):
            self._source.file.announce(ranges)

    def serves(self, identity: str) -> bool:
        """Tell whether this is still the version asked for; when none is (empty), whether the path leads here."""
        return self._source.serves(identity)

    def close(self) -> None:
        """Give the file back."""
        self._source.__exit__(None, None, None)


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
