"""The columns of one block, read when touched, once, and what else belongs to the block."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import Any

import numpy as np

from overproof.columns.formats import Reader
from overproof.columns.formats.names import nearest
from overproof.columns.layouts import NativeColumn
from overproof.records.schema import Branch
from overproof.words.errors import BranchError, ReadError

NOTHING_AROUND = nullcontext()
_BLOCKS_REMEMBERED = 4


class NoSuchBranchError(BranchError, AttributeError):
    """A branch that is not there or may not be touched; an AttributeError too, so that `hasattr` answers."""


class ColumnMemory:
    """What recent blocks have touched: the next block fetches that in one go.

    A worker has one of these for each query. A name not touched in the last four blocks is dropped.
    """

    def __init__(self) -> None:
        self._age: dict[str, int] = {}
        self._current: Mapping[str, None] = {}
        self._branches: tuple[Reader | None, frozenset[str]] = (None, frozenset())

    def branches(self, reader: Reader) -> frozenset[str]:
        """Return the names of all branches of a file, gathered once for all blocks of it that follow each other."""
        if self._branches[0] is not reader:
            self._branches = (reader, frozenset(reader.names))
        return self._branches[1]

    @property
    def names(self) -> tuple[str, ...]:
        """Names to fetch together with the first one touched."""
        return tuple(self._learned())

    def follow(self, touched: Mapping[str, None]) -> None:
        """Begin a block; what it touches, it puts into `touched` while it is processed."""
        self._age = self._learned()
        self._current = touched

    def _learned(self) -> dict[str, int]:
        aged = {name: age + 1 for name, age in self._age.items() if age + 1 < _BLOCKS_REMEMBERED}
        return {**aged, **dict.fromkeys(self._current, 0)}


class BlockColumns:
    """The columns of one block.

    Args:
        reader: the open tree.
        first: first entry.
        stop: last entry, exclusive.
        memory: what recent blocks have touched is read together with the first column, where the file has it; it
            learns what this block does.
        allowed: names or glob patterns of what may be touched; None: everything.
        optional: for branches that the file may lack: what each entry has instead.
        around_reads: entered while the file is read.
        following: ranges of entries that will be asked for next: what is read here is announced for those.

    Attributes:
        touched: names asked for, in order.
        failure: why a column could not be read, the first time it happened.
    """

    def __init__(
        self,
        reader: Reader,
        first: int,
        stop: int,
        *,
        memory: ColumnMemory,
        allowed: Sequence[str] | None,
        optional: Mapping[str, Any],
        around_reads: AbstractContextManager[object] = NOTHING_AROUND,
        following: Sequence[tuple[int, int]] = (),
    ) -> None:
        self.reader = reader
        self._around_reads = around_reads
        self._following = following
        self.first = first
        self.stop = stop
        self.touched: dict[str, None] = {}
        self.failure: ReadError | BranchError | None = None
        self._allowed = allowed
        self._optional = optional
        self._memory = memory
        self._prefetch = memory.names
        # What was read, by the reader's names, asked for or not; and what was asked for, by the user's.
        self._natives: dict[str, NativeColumn] = {}
        self._arrays: dict[str, Any] = {}
        self._given: dict[str, Any] = {}
        memory.follow(self.touched)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every branch that may be touched, and the optional ones that the file lacks."""
        lacking = [name for name in self._optional if self._find(name) is None]
        return tuple(name for name in [*self.reader.names, *lacking] if self._may(name))

    @property
    def defaults(self) -> dict[str, Any]:
        """What each entry has instead of the optional branches that the file lacks."""
        given = self._optional.items()
        return {name: value for name, value in given if self._find(name) is None and self._may(name)}

    def is_column(self, name: str) -> bool:
        """Tell whether `names` has the name."""
        is_there = name in self._memory.branches(self.reader) or (name in self._optional and self._find(name) is None)
        return is_there and self._may(name)

    def has(self, name: str) -> bool:
        """Tell whether `get` would know the name."""
        return (self._find(name) is not None or name in self._optional) and self._may(name)

    def is_taken(self, name: str) -> bool:
        """Tell whether a branch has the name, or lies below it, whether or not it may be touched."""
        if self._find(name) is not None or name in self._optional:
            return True
        return any(each.startswith(f"{name}.") for each in (*self.reader.names, *self._optional))

    def get(self, name: str) -> Any:
        """Return a column, read now or before.

        Raises:
            NoSuchBranchError: not there, or not allowed.
            BranchError: of a type that cannot be read.
            ReadError: the file failed.
        """
        array = self._given.get(name)
        if array is None:
            array = self._given[name] = self._make(name)
        return array

    def native(self, name: str) -> NativeColumn | None:
        """Return a column as plain arrays, read now or before; None where it is to be had by `get` only.

        Raises:
            NoSuchBranchError, BranchError, ReadError: as `get`.
        """
        found = self._touch(name)
        return None if found is None else self._natives.get(found)

    def _make(self, name: str) -> Any:
        found = self._touch(name)
        if found is None:
            import awkward as ak

            return ak.Array([self._optional[name]])[np.zeros(self.stop - self.first, dtype=np.int64)]
        if found not in self._arrays:
            self._arrays[found] = self._natives[found].to_awkward()
        return self._arrays[found]

    def _touch(self, name: str) -> str | None:
        """Have a column read; return the reader's name of it, None where the file lacks an optional one."""
        found = self._find(name)
        if not self._may(name):
            raise NoSuchBranchError(
                f"branch '{name}' is not in the list of this selector: add it to `branches`, "
                f"which allows {', '.join(self._allowed or ()) or 'none'}"
            )
        if found is None:
            if name in self._optional:
                return None
            raise self._unknown(name)
        if not self._is_read(found):
            self._read(found)
        self.touched[found] = None
        return found

    def _is_read(self, found: str) -> bool:
        return found in self._natives or found in self._arrays

    def _unknown(self, name: str) -> NoSuchBranchError:
        try:
            self.reader.resolve(name)
        except BranchError as error:
            return NoSuchBranchError(str(error))
        return NoSuchBranchError(f"no branch '{name}'{nearest(name, self.names)}")

    def _find(self, name: str) -> str | None:
        try:
            return self.reader.find(name)
        except BranchError:
            return None

    def _may(self, name: str) -> bool:
        """Tell whether the selector's list allows a name, in the spelling of the user or of the file."""
        if self._allowed is None:
            return True
        spellings = {name, self._find(name) or name}
        return any(fnmatch.fnmatchcase(each, pattern) for each in spellings for pattern in self._allowed)

    def _read(self, name: str) -> None:
        """Read a column, and with the first one whatever the blocks before have touched."""
        ahead = [found for each in self._prefetch if (found := self._find(each)) is not None and self._may(found)]
        self._prefetch = ()
        wanted = list(dict.fromkeys([name, *(each for each in ahead if not self._is_read(each))]))
        try:
            with self._around_reads:
                natives = self.reader.read_native(wanted, self.first, self.stop)
                others = [each for each in wanted if each not in natives]
                arrays = self.reader.read(others, self.first, self.stop) if others else {}
                for first, stop in self._following:
                    self.reader.expect(wanted, first, stop)
            self._natives.update(natives)
            self._arrays.update(arrays)
        except (ReadError, BranchError) as error:
            # A column that nobody asked for in this block must not spoil it: read the one asked for alone.
            if len(wanted) > 1:
                self._read(name)
                return
            self.failure = self.failure or error
            raise


class Block:
    """What all views of one block share: columns, where they are from, dice."""

    def __init__(
        self,
        columns: BlockColumns,
        *,
        seed: Sequence[int],
        metadata: Mapping[str, Any],
        file_number: int = 0,
        n_files: int = 1,
    ) -> None:
        self.columns = columns
        self.file_number = file_number
        self.n_files = n_files
        self.file = columns.reader.path
        self.tree = columns.reader.tree
        self.first = columns.first
        self.stop = columns.stop
        self.metadata = dict(metadata)
        self._entropy = [part % 2**64 for part in seed]

    @cached_property
    def seed(self) -> int:
        return int(np.random.SeedSequence(self._entropy).generate_state(1, np.uint64)[0])

    @cached_property
    def rng(self) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence(self._entropy))

    @cached_property
    def types(self) -> dict[str, Branch]:
        return {branch.name: branch for branch in self.columns.reader.schema().branches}
