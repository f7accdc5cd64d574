"""Coffea's work items, ranges of entries of files: those that will be computed, and those that were."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from overproof.records.block import NO_ENTRIES, Range
from overproof.records.dataset import FileGrid, FileSpec, Member
from overproof.session.outcome.origin import Origin
from overproof.session.outcome.ranges import common


def items_of_file(spec: FileSpec, grid: FileGrid, member: Member) -> Iterator[Any]:
    """Make a work item of every range of a file that will be computed in one go."""
    for ranges in blocks_asked(spec, grid):
        for part in ranges:
            yield _item(spec, grid, member, part)


def blocks_asked(spec: FileSpec, grid: FileGrid) -> Iterator[tuple[Range, ...]]:
    """Return what is asked for of each block of a file, without those of which nothing is.

    A file without entries has one block without entries.
    """
    if not grid.n_entries:
        if spec.steps != ():
            yield NO_ENTRIES
        return
    for _, block in _blocks(grid):
        inside = (block,) if spec.steps is None else common(spec.steps, (block,))
        if inside:
            yield inside


def items_of_result(origin: Origin) -> set[Any]:
    """Make work items of all that is in a result."""
    dataset, standing = origin.dataset, origin.standing
    assert dataset is not None
    asked = origin.asked(standing.grids)
    items = set()
    for file, bits in standing.merged.items():
        spec, grid, member = dataset.files[file], standing.grids[file], dataset.member_of(file)
        for index, block in _blocks(grid):
            if bits >> index & 1:
                parts: Iterable[Range] = standing.ranges.get((file, index), (block,))
                inside = common(parts, asked.get(file, ())) if grid.n_entries else NO_ENTRIES
                items |= {_item(spec, grid, member, part) for part in inside}
    return items


def n_blocks(origin: Origin) -> int:
    """Count the blocks that are in a result."""
    return sum(bits.bit_count() for bits in origin.standing.merged.values())


def _blocks(grid: FileGrid) -> Iterator[tuple[int, Range]]:
    first = 0
    for index, stop in enumerate(grid.stops or (0,)):
        yield index, (first, stop)
        first = stop


def _item(spec: FileSpec, grid: FileGrid, member: Member, part: Range) -> Any:
    from coffea.processor.executor import WorkItem

    return WorkItem(
        member.name, spec.written or spec.path, grid.tree, *part, _bytes_of(grid.uuid), dict(member.metadata) or None
    )


def _bytes_of(text: str) -> bytes:
    """Return the UUID of a file as coffea keeps it; nothing where the file has none."""
    try:
        return uuid.UUID(text).bytes
    except ValueError:
        return b""
