"""What `maxchunks` leaves of a dataset, and the work items of one: files are looked into, and nothing is computed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from overproof.coffea.items import blocks_asked, items_of_file
from overproof.records.block import NO_ENTRIES
from overproof.records.dataset import Dataset, FileGrid, FileSpec
from overproof.session.outcome.ranges import union
from overproof.session.session import Session
from overproof.words.errors import OverproofError


def first_blocks(dataset: Dataset, session: Session, *, n_blocks: int, block_entries: int) -> Dataset:
    """Return so many blocks of each member of a dataset, from its start; its other files stay, and are not opened.

    A file into which nobody can look is asked for as a whole, so that the account tells of it, and counts for none.
    """
    kept: list[FileSpec] = []
    for member in dataset.all_members:
        files = dataset.files[len(kept) : len(kept) + member.n_files]
        kept += _first_of_member(files, session, n_blocks=n_blocks, block_entries=block_entries)
    return replace(dataset, files=tuple(kept))


def _first_of_member(
    files: Sequence[FileSpec], session: Session, *, n_blocks: int, block_entries: int
) -> Iterator[FileSpec]:
    n_left, place = n_blocks, 0
    while place < len(files) and n_left:
        # Each has at least one block: no more than these can be needed.
        batch = files[place : place + n_left]
        place += len(batch)
        for spec, grid in zip(batch, session.look_into(batch, block_entries=block_entries), strict=True):
            if isinstance(grid, FileGrid):
                asked = list(blocks_asked(spec, grid))[:n_left]
                n_left -= len(asked)
                yield replace(spec, steps=_steps(asked, grid))
            else:
                yield spec
    yield from (replace(spec, steps=()) for spec in files[place:])


def _steps(asked: Sequence[Sequence[tuple[int, int]]], grid: FileGrid) -> tuple[tuple[int, int], ...] | None:
    return union(*asked) if grid.n_entries or not asked else NO_ENTRIES


def items_of(dataset: Dataset, session: Session, *, block_entries: int, skips_bad: bool) -> list[Any]:
    """Return the work items of a dataset, in its order.

    Args:
        dataset: all of it is looked into.
        session: whose workers do so.
        block_entries: size of the blocks.
        skips_bad: leave out files into which nobody can look, with a warning.

    Raises:
        OverproofError: why nobody can look into the first such file.
    """
    items: list[Any] = []
    asked = [(file, spec) for file, spec in enumerate(dataset.files) if spec.steps != ()]
    grids = session.look_into([spec for _, spec in asked], block_entries=block_entries)
    for (file, spec), grid in zip(asked, grids, strict=True):
        if isinstance(grid, OverproofError):
            if not skips_bad:
                raise grid
            warnings.warn(f"skipping a bad file: {grid}", stacklevel=4)
            continue
        items += items_of_file(spec, grid, dataset.member_of(file))
    return items
