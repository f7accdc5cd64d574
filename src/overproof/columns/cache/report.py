"""What is in the cache."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from overproof.columns.cache.key import SEPARATOR
from overproof.store.cache_place import CachePlace
from overproof.store.mapped import Kept, MappedStore, is_private, look_through
from overproof.store.private import make_private
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptColumn:
    """One column of one file that is kept.

    Attributes:
        path: of the file.
        tree: in the file.
        column: name of the branch.
        size_bytes: what it takes.
        ranges: ranges of entries that are kept.
        cost_s: seconds that it took to get them.
        uses: how often the column was asked for in the last hour.
    """

    path: str
    tree: str
    column: str
    size_bytes: int
    ranges: int
    cost_s: float
    uses: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheReport:
    """What is in a cache.

    Attributes:
        directory: where it lies.
        limit_bytes: its budget.
        used_bytes: what is kept.
        problem: why nothing can be kept there; empty: it can.
        columns: those that are kept, the ones that would go last first.
    """

    directory: str
    limit_bytes: int
    used_bytes: int
    problem: str
    columns: tuple[KeptColumn, ...]


def report_on(place: CachePlace) -> CacheReport:
    """Look at all columns that are kept."""
    directory = Path(place.directory)
    found, problem = [], problem_with(place)
    if is_private(directory):
        try:
            found = list(look_through(directory, minute=int(time.time()) // 60))
        except OSError as error:
            problem = problem or f"it cannot be read ({error.strerror})"
    ordered = sorted(found, key=lambda each: each.header.score if each.header else 0.0, reverse=True)
    return CacheReport(
        directory=place.directory,
        limit_bytes=place.limit_bytes,
        used_bytes=sum(each.size_bytes for each in found),
        problem=problem,
        columns=tuple(column for each in ordered if (column := _column(each)) is not None),
    )


def problem_with(place: CachePlace) -> str:
    """Tell why nothing can be kept at a place; empty: it can."""
    directory = Path(place.directory)
    if is_private(directory):
        is_open = os.access(directory, os.R_OK | os.W_OK | os.X_OK)
        return "" if is_open else "you may not write there: name another directory, or make it so (chmod 700)"
    if directory.is_symlink() or directory.exists():
        return "it does not belong to you alone: remove it, or make it so (chmod 700)"
    absent = [each for each in (directory, *directory.parents) if not each.exists()]
    try:
        make_private(directory)
    except OSError as error:
        return f"it cannot be made ({error.strerror}): name another directory"
    finally:
        # Only whether it can be made was to be seen.
        for each in absent:
            with contextlib.suppress(OSError):
                each.rmdir()
    return ""


def clear(place: CachePlace) -> int:
    """Throw away all that is kept, but for what is written just now; return how many bytes that were."""
    return MappedStore(Path(place.directory), limit_bytes=place.limit_bytes).clear()


def _column(kept: Kept) -> KeptColumn | None:
    """Describe a file of the cache; None for one that keeps nothing, or is damaged."""
    header = kept.header
    if header is None or not header.n_records:
        return None
    path, tree, column = [*header.label.decode(errors="replace").split(SEPARATOR), "", "", ""][:3]
    return KeptColumn(
        path=path,
        tree=tree,
        column=column,
        size_bytes=kept.size_bytes,
        ranges=header.n_records,
        cost_s=header.cost_s,
        uses=header.uses,
    )
