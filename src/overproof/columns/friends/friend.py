"""One friend of an open tree: the trees out of which it is made, laid end to end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from overproof.columns.formats import Reader
from overproof.records.schema import Branch
from overproof.words.errors import BranchError, ReadError
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPart:
    """Consecutive entries of one open tree.

    Attributes:
        reader: the tree.
        first: the first of these entries.
        n_entries: how many.
    """

    reader: Reader
    first: int
    n_entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsentFriend:
    """A friend that the tree names and that cannot be had: what does not need it goes on without.

    Attributes:
        name: its name.
        path: of its file.
        reason: one line.
        identity: version of its file; empty where there is none.
    """

    name: str
    path: str
    reason: str
    identity: str = ""

    def __str__(self) -> str:
        return f"its friend '{self.name}' cannot be had: {self.reason}"


class OpenFriend:
    """A friend that can be read, entry by entry.

    Args:
        name: its name.
        parts: one after the other, at least one; branches and types are those of the first.
    """

    def __init__(self, name: str, parts: Sequence[OpenPart]) -> None:
        self.name = name
        self.parts = tuple(parts)

    @property
    def n_entries(self) -> int:
        """Entries of all parts."""
        return sum(part.n_entries for part in self.parts)

    @property
    def reader(self) -> Reader:
        """The tree that tells branches and types."""
        return self.parts[0].reader

    @cached_property
    def tree(self) -> str:
        """Name of its tree, without directory and cycle."""
        return self.reader.tree.partition(";")[0].rpartition("/")[2]

    @property
    def prefixes(self) -> tuple[str, ...]:
        """What may stand before the name of one of its branches: its own name, or that of its tree."""
        return tuple(dict.fromkeys((f"{self.name}.", f"{self.tree}.")))

    @property
    def names(self) -> Iterator[str]:
        """Names of all branches, with the name of the friend before them."""
        return (f"{self.name}.{name}" for name in self.reader.names)

    def branches(self) -> Iterator[Branch]:
        """Tell the branches and their types, without names of the friend's.

        Raises:
            ReadError: the description in the file is damaged.
        """
        for branch in self.reader.schema().branches:
            yield replace(branch, dtype=self._widened.get(branch.name, branch.dtype))

    @cached_property
    def _widened(self) -> dict[str, str]:
        """Give a type that holds the numbers of all parts to those branches that have several."""
        dtypes: dict[str, set[str]] = {}
        for part in self.parts if len(self.parts) > 1 else ():
            for branch in part.reader.schema().branches:
                if branch.kind == "number":
                    dtypes.setdefault(branch.name, set()).add(branch.dtype)
        return {name: np.result_type(*found).name for name, found in dtypes.items() if len(found) > 1}

    def asked(self, name: str) -> str | None:
        """Return what is asked of the friend by a name before which its own name, or that of its tree, stands."""
        return next((name.removeprefix(prefix) for prefix in self.prefixes if name.startswith(prefix)), None)

    def read(self, names: Sequence[str], first: int, stop: int) -> dict[str, Any]:
        """Read columns beside the entries from `first` to `stop`.

        Raises:
            BranchError: no such branch, or one of a type that cannot be read.
            ReadError: bytes that could not be fetched or understood; it names the friend and its file.
        """
        pieces = [self._read_part(part, names, low, high) for part, low, high in self._pieces(first, stop)]
        return {name: self._whole(name, [piece[name] for piece in pieces]) for name in names}

    def expect(self, names: Sequence[str], first: int, stop: int) -> None:
        """Let the bytes of columns beside entries that will be read soon be fetched meanwhile."""
        for part, low, high in self._pieces(first, stop):
            part.reader.expect(names, low, high)

    def _pieces(self, first: int, stop: int) -> Iterator[tuple[OpenPart, int, int]]:
        """Give the parts that stand beside entries, at least one, each with its own entries."""
        start, n_pieces = 0, 0
        for part in self.parts:
            low, high = max(first, start), min(stop, start + part.n_entries)
            if low < high or (not n_pieces and part is self.parts[-1]):
                low, high = (low, high) if low < high else (start, start)
                yield part, low - start + part.first, high - start + part.first
                n_pieces += 1
            start += part.n_entries

    def _whole(self, name: str, pieces: Sequence[Any]) -> Any:
        """Lay the pieces of one column end to end, all in one type."""
        import awkward as ak

        whole = pieces[0] if len(pieces) == 1 else ak.concatenate(pieces)
        return ak.values_astype(whole, self._widened[name]) if name in self._widened else whole

    def _read_part(self, part: OpenPart, names: Sequence[str], first: int, stop: int) -> dict[str, Any]:
        try:
            return part.reader.read(names, first, stop)
        except ReadError as error:
            reason = f"friend '{self.name}' in {error.file}: {error.reason}"
            raise ReadError(reason, file=error.file, phase=error.phase) from error
        except BranchError as error:
            raise BranchError(f"friend '{self.name}': {error}") from error

    def close(self) -> None:
        """Give its files back."""
        for part in self.parts:
            part.reader.close()
