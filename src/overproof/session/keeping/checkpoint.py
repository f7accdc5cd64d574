"""What is merged of a query and where it stands with just that, as one file that is replaced at once."""

from __future__ import annotations

import json
import os
import sys
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

from overproof.records.account import Account
from overproof.records.documents.coding import from_document, to_document
from overproof.records.outcome.standing import Standing
from overproof.session.code import by_value
from overproof.words.errors import MergeError, QueryError
from overproof.words.frozen import dataclass
from overproof.words.states import QueryState

if TYPE_CHECKING:
    from overproof.outputs.state import OutputState

T = TypeVar("T")

NAME = "checkpoint"
"""Name of the file in the folder of a query."""

MAGIC = b"overproof-checkpoint-3\n"
LENGTH_BYTES = 8
SUM_BYTES = 4
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a checkpoint says of itself; read without reading the rest.

    Attributes:
        state: of the query when it was taken: running or stopping, or the last one.
        at: wall time, as ISO 8601 with the offset from UTC.
        account: where every entry was.
        problem: what ended the query early, in one line; empty when nothing did.
        is_dead_end: it would end so again: the selector fails too often, or its outputs cannot be added.
    """

    state: QueryState
    at: str
    account: Account
    problem: str = ""
    is_dead_end: bool = False

    @property
    def can_go_on(self) -> bool:
        """Tell whether something is left to be done that may go well."""
        return self.state is not QueryState.FINISHED and not self.is_dead_end


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a query goes on from."""

    head: Head
    standing: Standing
    outputs: OutputState


class _Summing:
    """A file that is written with a running checksum; it can go back to the place that was last asked for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._mark = (0, 0)
        self.checksum = 0

    def write(self, content: bytes | bytearray | memoryview) -> int:
        self.checksum = zlib.crc32(content, self.checksum)
        return self._file.write(content)

    def tell(self) -> int:
        self._mark = (self._file.tell(), self.checksum)
        return self._mark[0]

    def seek(self, place: int) -> int:
        marked, self.checksum = self._mark
        assert place == marked
        return self._file.seek(place)

    def truncate(self) -> int:
        return self._file.truncate()


def write_checkpoint(
    file: BinaryIO, head: Head, standing: Standing, outputs: OutputState, *, modules: Iterable[str] = ()
) -> None:
    """Write a checkpoint; nothing as large as the outputs is made in memory.

    Args:
        file: empty.
        head: of the same moment as the others.
        standing: where the query stands with just these outputs.
        outputs: what is merged.
        modules: names of the user's modules: their classes are written by value, as another process may lack them.

    Raises:
        OSError: the file cannot be written.
        MergeError: an output is of a type that cannot be written.
    """
    summing = _Summing(file)
    summing.write(MAGIC)
    for record in (head, standing):
        content = zlib.compress(json.dumps(to_document(record), separators=(",", ":")).encode(), level=1)
        summing.write(len(content).to_bytes(LENGTH_BYTES, "little"))
        summing.write(zlib.crc32(content).to_bytes(SUM_BYTES, "little"))  # the head is read without the rest
        summing.write(content)
    with by_value([module for name in modules if (module := sys.modules.get(name)) is not None]):
        outputs.write_to(cast(BinaryIO, summing), by_value=True)  # all that it needs of a file is there
    file.write(summing.checksum.to_bytes(SUM_BYTES, "little"))


def read_head(path: Path) -> Head | None:
    """Read what a checkpoint says of itself; None when there is none.

    Raises:
        QueryError: it is damaged.
    """
    try:
        with path.open("rb") as file:
            return _read_record(file, Head, path) if _is_ours(file, path) else None
    except FileNotFoundError:
        return None


def read_checkpoint(path: Path) -> Checkpoint | None:
    """Read a checkpoint that one of our own processes has written; None when there is none.

    Raises:
        QueryError: it is damaged, or holds outputs that cannot be made again here.
    """
    from overproof.outputs.state import OutputState

    try:
        with path.open("rb") as file:
            _verify(file, path)
            file.seek(len(MAGIC))
            head = _read_record(file, Head, path)
            standing = _read_record(file, Standing, path)
            try:
                outputs = OutputState.read_from(file)
            except MergeError as error:
                raise QueryError(f"{path}: what was merged cannot be read here: {error}") from error
    except FileNotFoundError:
        return None
    return Checkpoint(head=head, standing=standing, outputs=outputs)


def _is_ours(file: BinaryIO, path: Path) -> bool:
    if file.read(len(MAGIC)) != MAGIC:
        raise QueryError(f"{path} is no checkpoint of this version of overproof: run the query again")
    return True


def _read_record(file: BinaryIO, kind: type[T], path: Path) -> T:
    length = int.from_bytes(file.read(LENGTH_BYTES), "little")
    checksum = file.read(SUM_BYTES)
    # A damaged length must not make us ask for more memory than there is.
    content = file.read(length) if length <= os.fstat(file.fileno()).st_size else b""
    if len(content) != length or zlib.crc32(content).to_bytes(SUM_BYTES, "little") != checksum:
        raise _damaged(path)
    try:
        return from_document(kind, json.loads(zlib.decompress(content)))
    except (zlib.error, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise _damaged(path) from error


def _verify(file: BinaryIO, path: Path) -> None:
    """Read the whole file once, because damaged bytes must not be unpickled."""
    _is_ours(file, path)
    left = path.stat().st_size - SUM_BYTES - len(MAGIC)
    checksum = zlib.crc32(MAGIC)
    while left > 0 and (chunk := file.read(min(CHUNK_BYTES, left))):
        checksum = zlib.crc32(chunk, checksum)
        left -= len(chunk)
    if left or file.read() != checksum.to_bytes(SUM_BYTES, "little"):
        raise _damaged(path)


def _damaged(path: Path) -> QueryError:
    return QueryError(f"{path} is damaged: run the query again")
