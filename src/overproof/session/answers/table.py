"""A table of expressions, row by row."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from overproof.records.account import Account, ExcludedRange, MissingRange, SplitRange, UnreadRange
from overproof.records.statistics import Statistics
from overproof.words.states import QueryState

N_SHOWN = 20
"""Rows that are shown at the prompt."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Table(Mapping[str, Any]):
    """The rows of a scan, in the order of entries.

    Attributes:
        columns: numpy arrays by the text of their expression, one value a row, NaN where there is none; before them
            `entry`, counted over all files, and `instance`, the number of the row in its entry.
        n_rows: rows that there are; the table may have fewer, when only so many were asked for.
        account, accounts, excluded, missing, split, unread, statistics, state, query_id: as in a result.

    Source: ROOT's TTree::Scan.
    """

    columns: Mapping[str, Any]
    n_rows: int
    account: Account
    accounts: Mapping[str, Account]
    excluded: tuple[ExcludedRange, ...]
    missing: tuple[MissingRange, ...]
    split: tuple[SplitRange, ...]
    unread: tuple[UnreadRange, ...]
    statistics: Statistics
    state: QueryState
    query_id: str

    @property
    def n_kept(self) -> int:
        """Rows in this table."""
        return len(next(iter(self.columns.values())))

    def __getitem__(self, name: str) -> Any:
        if name not in self.columns:
            raise KeyError(f"there is no column {name!r}: there are {', '.join(self.columns)}")
        return self.columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    def __repr__(self) -> str:
        return self.text(N_SHOWN)

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        from overproof.session.show.notebook.page import table_html

        return table_html(self)

    def text(self, max_rows: int | None = None) -> str:
        """Write the table as people read it.

        Args:
            max_rows: show so many rows; None: all that there are in it.
        """
        from overproof.session.answers.writing import table_text

        return table_text(self.columns, n_rows=self.n_rows, max_rows=max_rows)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Give row by row, in Python's own types."""
        return zip(*(column.tolist() for column in self.columns.values()), strict=True)

    def to_pandas(self) -> Any:
        """Make a data frame of it.

        Raises:
            ImportError: pandas is not installed.
        """
        try:
            pandas = importlib.import_module("pandas")
        except ImportError as error:
            raise ImportError("a data frame needs pandas: pip install pandas") from error
        return pandas.DataFrame(dict(self.columns))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save the rows as `.csv`, `.parquet`, `.json`, `.root` or `.pkl`, whole or not at all.

        Raises:
            OutputError: another suffix, a place that cannot be written, or pyarrow is lacking for Parquet.
        """
        from overproof.session.answers.writing import save_table

        save_table(path, self.columns)
