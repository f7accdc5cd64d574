"""States on their way to another process or to a file: a pickle, and behind it all large cells, piece by piece.

Layout: the pickle; then, for each array of cells in the order in which the pickle names them, its pieces, each behind
its length; the length of the pickle. So it is written from the front to the end. Whoever reads from a buffer gets the
cells as parcels, still in that buffer; whoever reads from a file gets them whole; neither needs a second copy.
"""

from __future__ import annotations

import io
import pickle
import struct
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import Any, BinaryIO, Final

from overproof.outputs.cells import PIECE_CELLS, Cells, Parcel

PROTOCOL: Final = 5
_LENGTH: Final = struct.Struct("<Q")
_LARGE_CELLS: Final = 1024
"""Cells that are fewer stay in the pickle."""


class _SetAside:
    """Half a pickler: leaves large cells out, and keeps them in the order in which the pickle names them."""

    large: list[Cells]

    def persistent_id(self, value: object) -> tuple[Cells, int] | None:
        if not isinstance(value, Cells) or value.n_cells < _LARGE_CELLS:
            return None
        self.large.append(value)
        return value.blank(0), value.n_cells


class _Pickler(_SetAside, pickle.Pickler):
    """Finds classes by their names."""


@cache
def _pickler_by_value() -> type[Any]:
    import cloudpickle

    class ByValue(_SetAside, cloudpickle.Pickler):  # type: ignore[misc]  # not typed
        """Writes down the code of what has no name to be found by."""

    return ByValue


class FileFault(Exception):  # noqa: N818 - told apart from what users' types raise, and unwrapped at once
    """What a file raised; `error` is that."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class _Sink:
    """A file whose faults are told apart from those of what is being written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._start = self._guarded(file.tell)
        self.n_bytes = 0

    def write(self, data: Any) -> int:
        self.n_bytes += memoryview(data).nbytes
        return self._guarded(self._file.write, data)

    def start_again(self) -> None:
        """Forget what was written."""
        self._guarded(self._file.seek, self._start)
        self._guarded(self._file.truncate)
        self.n_bytes = 0

    @staticmethod
    def _guarded(method: Callable[..., int], *arguments: Any) -> int:
        try:
            return method(*arguments)
        except OSError as error:
            raise FileFault(error) from error


def write(content: object, file: BinaryIO, *, by_value: bool = False) -> None:
    """Write at the place where a file stands, by value what plain pickle cannot find again: classes of the user's.

    Args:
        content: anything.
        file: can be written and moved in.
        by_value: also what plain pickle would find here, but another process may not: classes of the user's script,
            and of modules that are registered with cloudpickle.

    Raises:
        FileFault: writing to the file failed.
        Exception: what cannot be pickled raises what it likes.
    """
    sink = _Sink(file)
    try:
        large = _write_pickle(content, sink, _pickler_by_value() if by_value else _Pickler)
    except FileFault:
        raise
    except Exception:  # noqa: BLE001 - whatever plain pickle lacks, the other may have; what both lack is raised there
        sink.start_again()
        large = _write_pickle(content, sink, _pickler_by_value())
    pickle_size = sink.n_bytes
    for cells in large:
        for _, piece in cells.pieces():
            letter = pickle.dumps(piece, protocol=PROTOCOL)
            sink.write(_LENGTH.pack(len(letter)))
            sink.write(letter)
    sink.write(_LENGTH.pack(pickle_size))


def _write_pickle(content: object, sink: _Sink, pickler_type: type[Any]) -> list[Cells]:
    """Write all but the large cells, which are given back."""
    pickler = pickler_type(sink, protocol=PROTOCOL)
    pickler.large = []
    pickler.dump(content)
    large: list[Cells] = pickler.large
    return large


class _FromBuffer(pickle.Unpickler):
    """Gives large cells as parcels."""

    letters: Iterator[memoryview]
    has_parcels = False

    def persistent_load(self, pid: Any) -> Parcel:
        sample, n_cells = pid
        letters = list(islice(self.letters, -(-n_cells // PIECE_CELLS)))
        self.has_parcels = True
        return Parcel(sample, n_cells, letters)


class _View(io.RawIOBase):
    """A buffer that is read like a file, without copying it first."""

    def __init__(self, view: memoryview) -> None:
        self._rest = view

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        n_bytes = min(len(buffer), len(self._rest))
        buffer[:n_bytes] = self._rest[:n_bytes]
        self._rest = self._rest[n_bytes:]
        return n_bytes


def open_buffer(data: bytes | bytearray | memoryview) -> tuple[Any, bool]:
    """Read what `write` wrote; large cells are parcels in `data`.

    Returns:
        The content, and whether anything of it still lies in `data`.

    Raises:
        Exception: what is damaged, or does not load, raises what it likes.
    """
    view = memoryview(data)
    (pickle_size,) = _LENGTH.unpack(view[-_LENGTH.size :])
    unpickler = _FromBuffer(io.BufferedReader(_View(view[:pickle_size])))
    unpickler.letters = _letters_in(view[pickle_size : -_LENGTH.size])
    return unpickler.load(), unpickler.has_parcels


def _letters_in(view: memoryview) -> Iterator[memoryview]:
    place = 0
    while place < len(view):
        (size,) = _LENGTH.unpack_from(view, place)
        place += _LENGTH.size
        yield view[place : place + size]
        place += size


class _FromFile(pickle.Unpickler):
    """Makes room for large cells, to be filled afterwards."""

    large: list[Cells]

    def persistent_load(self, pid: Any) -> Cells:
        sample, n_cells = pid
        cells: Cells = sample.blank(n_cells)
        self.large.append(cells)
        return cells


def read(file: BinaryIO) -> Any:
    """Read what `write` wrote at the place where a file stands, and leave the file behind it.

    Raises:
        Exception: what is damaged, or does not load, raises what it likes; the file what it likes.
    """
    unpickler = _FromFile(file)
    unpickler.large = []
    content = unpickler.load()
    for cells in unpickler.large:
        for where, part in cells.pieces():
            piece = pickle.loads(_read_exactly(file, _read_length(file)))
            if piece.n_cells != part.n_cells:
                raise ValueError(f"cells {where.start} to {where.stop} are not whole")
            part.merge(piece)
    _read_length(file)
    return content


def _read_length(file: BinaryIO) -> int:
    (length,) = _LENGTH.unpack(_read_exactly(file, _LENGTH.size))
    return int(length)


def _read_exactly(file: BinaryIO, n_bytes: int) -> bytes:
    data = file.read(n_bytes)
    if len(data) != n_bytes:
        raise EOFError("the end is missing")
    return data
