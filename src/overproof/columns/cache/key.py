"""Under what a column is kept."""

from __future__ import annotations

import re

from overproof.store.mapped import GROUP_END
from overproof.words.frozen import dataclass

FORMAT = "2"
"""Counts up whenever the meaning of what is kept changes."""
SEPARATOR = "\n"
"""Stands in labels between path, tree and column."""
_AFTER_COLLECTION = re.compile(r"[._]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnKey:
    """Under what a column is kept.

    Attributes:
        column: of the column; another one for each version of a file.
        lists: of where lists begin, which columns of one collection have in common.
        label: what the column is, for people.
        label_of_lists: what the lists are, for people.
    """

    column: str
    lists: str
    label: str
    label_of_lists: str


def key_of(*, version: str, path: str, tree: str, column: str) -> ColumnKey:
    """Make the key of a column, spelt as in the schema; its collection is what stands before `_` or `.` in its name."""
    collection = _AFTER_COLLECTION.split(column, maxsplit=1)[0]
    # Without its lists a column is of no use: the store throws them away together.
    group = "\0".join((FORMAT, version, tree, collection)) + GROUP_END
    return ColumnKey(
        column=group + column,
        lists=group,
        label=SEPARATOR.join((path, tree, column)),
        label_of_lists=SEPARATOR.join((path, tree, f"{collection} (lists)")),
    )
