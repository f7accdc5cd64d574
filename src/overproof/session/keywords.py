"""The keywords that the ways to ask have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypedDict, cast

if TYPE_CHECKING:
    from overproof.records.query import OnError


class QueryKeywords(TypedDict, total=False):
    """What may be said about every query.

    Attributes:
        tree: tree for the files that name none.
        first: entries to pass over, counted over all files.
        entries: entries to process after these; None: all.
        files: process so many files, from the start.
        allow_duplicates: count a file that is named twice, twice.
        friends: trees that stand beside the data, by name: `{"f": "other.root:tree"}`.
        entry_list: an `EntryList`, or the file of one: only its entries are processed.
        packetizer: `"adaptive"`, `"fixed"`, `"single"` blocks, `"by-file"`, or `"local-only"`.
        block_entries: size to which clusters are merged into blocks; part of the query.
        on_error: when the selector fails: `"isolate"` finds the entries and excludes them, `"skip"` excludes the block,
            `"stop"` ends the query; part of the query.
        max_excluded: entries that may be excluded before the query stops; None: the smaller of 100 and 1 %.
        block_timeout_s: seconds that a block may take; None: 20 times the median, at least 60.
        memory_limit_bytes: private memory that a worker may have; None: its share of the machine's.
        verify: verify the checksums of whole files that the dataset gives, before they are read.
        journal: keep the query's folder, with which it can be resumed.
        delta_interval_s: seconds after which a worker hands over what it has; `inf`: at the end.
        mergers: processes that merge on the way, past one machine; None: near the square root of many workers, or of
            fewer ones with large outputs; 0: none.
        by_dataset: keep the answers of several datasets apart, by their names.
    """

    tree: str | None
    first: int
    entries: int | None
    files: int | None
    allow_duplicates: bool
    friends: Mapping[str, Any] | None
    entry_list: Any
    packetizer: str
    block_entries: int
    on_error: OnError
    max_excluded: int | None
    block_timeout_s: float | None
    memory_limit_bytes: int | None
    verify: bool
    journal: bool
    delta_interval_s: float
    mergers: int | None
    by_dataset: bool


class LanguageKeywords(QueryKeywords, total=False):
    """What may be said about every query in the draw language.

    Attributes:
        aliases: names for expressions, beside those that the tree has: `{"pt2": "px^2 + py^2"}`.
        dialect: `"root"`, or `"python"` for the semantics of awkward arrays.
    """

    aliases: Mapping[str, str] | None
    dialect: str


SPEECH = LanguageKeywords.__annotations__.keys() - QueryKeywords.__annotations__.keys()
"""What only the language wants to know."""


def split_keywords(keywords: LanguageKeywords, *, asked: str) -> tuple[dict[str, Any], QueryKeywords]:
    """Part what the language wants to know from what every query does.

    Raises:
        TypeError: as `check_keywords`.
    """
    _check(keywords, LanguageKeywords, asked=asked)
    speech = {name: value for name, value in keywords.items() if name in SPEECH}
    rest = {name: value for name, value in keywords.items() if name not in SPEECH}
    return speech, cast(QueryKeywords, rest)


def check_keywords(keywords: QueryKeywords, *, asked: str) -> None:
    """Refuse a keyword that there is none of, as Python does.

    Raises:
        TypeError: there is one, with the nearest that there is.
    """
    _check(keywords, QueryKeywords, asked=asked)


def _check(keywords: Mapping[str, Any], known: type, *, asked: str) -> None:
    names = known.__annotations__
    for name in keywords:
        if name not in names:
            from difflib import get_close_matches

            near = get_close_matches(name, names, n=1)
            hint = f". Did you mean '{near[0]}'?" if near else ""
            raise TypeError(f"{asked}() got an unexpected keyword argument '{name}'{hint}")
