"""Where bytes come from."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable
from typing import Any

from uproot.source.chunk import Chunk, Source
from uproot.source.futures import TrivialFuture

from overproof.columns.files.damage import DamageError
from overproof.columns.files.local import LocalFile, Range
from overproof.columns.files.remote import RemoteFile


class FileSource(Source):  # type: ignore[misc]  # uproot has no types
    """Lets uproot read an open file of ours.

    Attributes:
        file: what is open.
        identity: which version of the file was opened.
    """

    file: LocalFile | RemoteFile

    def __init__(self, file_path: str) -> None:
        super().__init__()
        self._file_path = file_path
        self._held: dict[Range, Chunk] = {}
        self._refusals = Refusals()

    @property
    def identity(self) -> str:
        return self.file.identity

    @property
    def num_bytes(self) -> int:
        """Tell the size of the file."""
        return self.file.size_bytes

    def refuse(self, place: Range, why: str) -> None:
        """Answer whoever asks for these bytes with an error."""
        self._refusals.add(place, why)

    def chunk(self, start: int, stop: int) -> Chunk:
        """Return the bytes from `start` to `stop`; fewer at the end of the file."""
        held = self._held.get((start, stop))
        if held is not None:
            return held
        self._refusals.check(start, stop)
        self._count((start, stop))
        return Chunk(self, start, stop, TrivialFuture(self.file.read(int(start), int(stop))))

    def chunks(self, ranges: list[Range], notifications: queue.Queue[Chunk]) -> list[Chunk]:
        """Return many ranges of bytes, all of them asked for at once."""
        chunks = list(self.parts(ranges).values())
        for chunk in chunks:
            notifications.put(chunk)
        return chunks

    def parts(self, ranges: Iterable[Range], *, read: Callable[..., Any] | None = None) -> dict[Range, Chunk]:
        """Return many ranges of bytes as uproot has them; `read` is how to ask the file."""
        wanted = [(int(start), int(stop)) for start, stop in ranges]
        self._count(*wanted)
        found = (self.file.read_parts if read is None else read)(wanted)
        chunks = {place: Chunk(self, *place, TrivialFuture(data)) for place, data in found.items()}
        for chunk in chunks.values():
            chunk.wait(insist=False)
        return chunks

    def _count(self, *ranges: Range) -> None:
        self._num_requests += 1
        self._num_requested_chunks += len(ranges)
        self._num_requested_bytes += sum(stop - start for start, stop in ranges)

    def serves(self, identity: str) -> bool:
        """Tell whether this is still the version asked for; when none is, whether it is what the path leads to."""
        return self.file.serves(identity)

    @property
    def closed(self) -> bool:
        """Tell whether the file was given back."""
        return self.file.is_closed

    def __enter__(self) -> FileSource:
        return self

    def __exit__(self, *problem: object) -> None:
        self.file.close()


class LocalSource(FileSource):
    """Lets uproot read a local file; uproot's default source opens the file anew for every request.

    Args:
        file_path: on this machine.
        opened: the same file, open already; closed with this.
        options: of uproot.

    Raises:
        OSError: it cannot be opened, or has changed since, when bytes are asked for.
        DatasetError: it is a pipe or a device.
    """

    def __init__(self, file_path: str, *, opened: LocalFile | None = None, **options: Any) -> None:
        super().__init__(file_path)
        self.file = LocalFile(file_path) if opened is None else opened


class RemoteSource(FileSource):
    """Lets uproot read whatever fsspec can reach (XRootD, HTTP, S3 ...).

    Args:
        file_path: a URL.
        opened: the same file, open already; closed with this.
        options: of uproot.

    Raises:
        ValueError: no such protocol, or not a URL of it.
        ImportError: a package is missing to reach it.
    """

    def __init__(self, file_path: str, *, opened: RemoteFile | None = None, **options: Any) -> None:
        super().__init__(file_path)
        self.file = RemoteFile(file_path) if opened is None else opened


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


def fetch(source: FileSource, ranges: Iterable[Range]) -> dict[Range, Chunk]:
    """Fetch ranges of bytes in as few requests as possible and wait for all of them.

    Raises:
        BytesError: they are fewer than asked for.
        Exception: whatever the file raises for bytes that do not come.
    """
    return source.parts(ranges, read=source.file.read_all)


def fetch_what_is_there(source: FileSource, ranges: Iterable[Range]) -> list[bytes]:
    """Fetch ranges of bytes in as few requests as possible; what lies outside of the file is empty."""
    wanted = [(start, stop) if 0 <= start < stop else None for start, stop in ranges]
    found = source.file.read_parts(each for each in wanted if each is not None)
    return [b"" if each is None else bytes(found[each]) for each in wanted]


class holding:  # noqa: N801 - a context manager, used like a function
    """Let single requests inside of the block be answered from ranges fetched together before it.

    uproot asks for the pages of an RNTuple one by one; over a network each would be a round trip.
    """

    def __init__(self, source: FileSource, chunks: dict[Range, Chunk]) -> None:
        self._source = source
        self._chunks = chunks

    def __enter__(self) -> None:
        self._source._held = self._chunks

    def __exit__(self, *problem: object) -> None:
        self._source._held = {}
