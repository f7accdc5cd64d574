"""Where the columns of a TTree lie, from what was understood of it."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from overproof.columns.files.damage import DamageError
from overproof.columns.formats.checks.tables import check_tables, check_title
from overproof.columns.layouts import BasketLayout
from overproof.columns.lean.branches import Branch
from overproof.columns.lean.types import LeanType, code_of


class Column(NamedTuple):
    """One name of a tree.

    Attributes:
        branch: the branch that holds it.
        type: of the column.
        leaf: of a branch with several leaves, the one that it is; empty: the branch has one.
        counter: name of the column that tells how long its lists are; empty: there is none.
    """

    branch: Branch
    type: LeanType
    leaf: str = ""
    counter: str = ""


class LeanLayouts(Mapping[str, BasketLayout]):
    """The columns that can be read natively, each described when it is first asked for.

    Args:
        columns: all columns of the tree.
    """

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self._columns = columns
        self._found: dict[str, BasketLayout | None] = {}

    def __getitem__(self, name: str) -> BasketLayout:
        if name not in self._found:
            self._found[name] = _layout(self._columns[name])
        found = self._found[name]
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._columns and self.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._columns if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _layout(column: Column) -> BasketLayout | None:
    """Describe a column; None for one that is not plain, or whose tables are damaged: uproot says what is wrong."""
    branch, type_ = column.branch, column.type
    if not type_.is_native:
        return None
    stops, seeks, sizes = branch.starts, branch.seeks, branch.sizes_bytes
    try:
        check_tables(stops, seeks, sizes, n_entries=branch.n_entries)
        if len(branch.leaves) == 1 and not branch.holds:
            (leaf,) = branch.leaves
            check_title(branch.title, leaf.kind, is_unsigned=leaf.is_unsigned)
    except DamageError:
        return None
    return BasketLayout(
        branch=branch.name.encode(errors="surrogateescape"),
        dtype=_big_endian(type_.code) if not column.leaf else tuple(np.dtype(_record(branch)).descr),
        leaf=column.leaf,
        fixed_shape=type_.fixed_shape,
        is_jagged=type_.n_jagged > 0,
        header_bytes=type_.header_bytes,
        counter=column.counter,
        stops=stops,
        seeks=seeks,
        sizes_bytes=sizes,
    )


@functools.cache
def _big_endian(code: str) -> str:
    return np.dtype(f">{code}").str


def _record(branch: Branch) -> list[tuple[str, str]]:
    return [(leaf.name, _big_endian(code_of(leaf.kind, is_unsigned=leaf.is_unsigned))) for leaf in branch.leaves]
