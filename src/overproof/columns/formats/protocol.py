"""What a reader of one tree can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from overproof.columns.layouts import NativeColumn
from overproof.records.dataset import FileGrid
from overproof.records.schema import Schema


class Reader(Protocol):
    """One open tree of one file; made once, asked many times.

    A branch may be named as the schema does (`a.b`), with slashes (`a/b`), by its own name where that is the only
    one of its kind, and as a whole (`a`, a record of what is inside).
    """

    @property
    def path(self) -> str:
        """Local path or URL of the file."""
        ...

    @property
    def tree(self) -> str:
        """Path of the tree in the file, with a cycle only where one was asked for."""
        ...

    @property
    def uuid(self) -> str:
        """UUID of the file, empty where the format has none."""
        ...

    @property
    def identity(self) -> str:
        """Which version of the file this is, empty where that cannot be told."""
        ...

    @property
    def n_entries(self) -> int:
        """Entries of the tree."""
        ...

    @property
    def size_bytes(self) -> int:
        """Compressed bytes of all branches."""
        ...

    @property
    def read_bytes(self) -> int:
        """Compressed bytes of baskets or pages read so far."""
        ...

    @property
    def names(self) -> Sequence[str]:
        """Names of all branches, as in the schema."""
        ...

    def resolve(self, name: str) -> str:
        """Return the one spelling that the reader uses for a branch.

        Raises:
            BranchError: no such branch, or more than one.
        """
        ...

    def find(self, name: str) -> str | None:
        """Return what `resolve` does, and quickly None where there is no such branch.

        Raises:
            BranchError: more than one.
        """
        ...

    @property
    def has_index(self) -> bool:
        """Tell whether the tree has an index of its own, as from TTree::BuildIndex."""
        ...

    def named_friends(self) -> list[tuple[str, str, str]]:
        """Return the friends that the tree names: name, path of the tree, path of the file (empty: the same file).

        Raises:
            ReadError: the description in the file is damaged.
        """
        ...

    def schema(self) -> Schema:
        """Tell the branches and their types.

        Raises:
            ReadError: the description in the file is damaged.
        """
        ...

    def grid(self, block_entries: int) -> FileGrid:
        """Tell the blocks.

        Raises:
            ReadError: the description in the file is damaged.
        """
        ...

    def read(self, names: Sequence[str], first: int, stop: int) -> dict[str, Any]:
        """Read columns of the entries from `first` to `stop` (exclusive), in as few requests as possible.

        Returns:
            An awkward array of `stop - first` entries under each name, spelt as asked for.

        Raises:
            BranchError: no such branch, or one of a type that cannot be read.
            ReadError: bytes that could not be fetched (phase `read`) or understood (`decode`).
        """
        ...

    def read_native(self, names: Sequence[str], first: int, stop: int) -> dict[str, NativeColumn]:
        """Read those of some columns that are plain enough to be had as arrays; `read` gives the others.

        Returns:
            A column under each name for which that is possible, spelt as asked for.

        Raises:
            BranchError: no such branch.
            ReadError: as `read`.
        """
        ...

    def expect(self, names: Sequence[str], first: int, stop: int) -> None:
        """Learn which columns of which entries will be read soon, to fetch their bytes meanwhile; never fails."""
        ...

    def tidy_up(self) -> None:
        """Do what was put off while somebody waited, as to remember how the file is made; never fails."""
        ...

    def serves(self, identity: str) -> bool:
        """Tell whether this is still the version asked for; when none is (empty), whether the path leads here."""
        ...

    def close(self) -> None:
        """Give the file back."""
        ...
