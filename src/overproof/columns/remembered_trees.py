"""Descriptions of trees, kept on disk: a file that was opened once is opened without understanding it again.

Nothing here needs uproot or awkward.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache

from overproof.columns.files.identity import changed_ns_of
from overproof.columns.layouts import Description
from overproof.columns.layouts.packing import packed, unpacked
from overproof.columns.remembered import key_of, memory
from overproof.records.dataset import FileSpec
from overproof.words.errors import OverproofError

_SETTLED_NS = 2_000_000_000

_FORMAT = 3
"""Counts up whenever the meaning of what is kept changes, or what is taken for readable."""


def recall_tree(spec: FileSpec, identity: str, *, again: Callable[[], Description]) -> Description | None:
    """Return the description of a tree as it was learned before; None when unknown.

    Args:
        spec: the file and the tree.
        identity: the version of the file that is open.
        again: makes the description anew, for when a part of it is lost.
    """
    first = _get(spec, identity, 0)
    if first is None:
        return None
    again = lru_cache(maxsize=1)(again)
    try:
        found = unpacked(first, lambda number: _get(spec, identity, number), path=spec.path, again=again)
    except (KeyError, TypeError, ValueError, IndexError):
        return None
    return found if found.layout.identity == identity else None


def remember_tree(spec: FileSpec, description: Description) -> None:
    """Keep the description of a tree of a local file, unless it is kept already; silently as it cannot be kept."""
    identity = description.layout.identity
    if not _is_settled(identity) or _get(spec, identity, 0) is not None:
        return
    try:
        parts = packed(description)
    except OverproofError:
        # Damaged in a place that nobody has asked for yet.
        return
    kept = memory()
    # The first part leads to the others: it comes last.
    for number, part in reversed(list(enumerate(parts))):
        key = _key(spec, identity, number)
        if kept is not None and key is not None:
            kept.put(key, part)


def _is_settled(identity: str) -> bool:
    """Tell whether a version of a file is so old that the next one has another time, however coarse its clock is."""
    changed_ns = changed_ns_of(identity)
    return changed_ns is not None and time.time_ns() - changed_ns > _SETTLED_NS


def _get(spec: FileSpec, identity: str, number: int) -> bytes | None:
    kept, key = memory(), _key(spec, identity, number)
    return None if kept is None or key is None else kept.get(key)


def _key(spec: FileSpec, identity: str, number: int) -> str | None:
    return key_of(spec, identity, f"tree {_FORMAT} {number}")
