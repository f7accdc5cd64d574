"""What lacks as a fileset: for this program, for coffea, and for whoever reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from overproof.records.dataset import Dataset, FileGrid, FileSpec, Member
from overproof.words.errors import DatasetError
from overproof.words.ids import FileIndex

WHOLE = "whole"
"""Under this key stands, in the first dataset of a fileset of what lacks, all of which it is a part.

Nobody else reads it, and nobody minds it. With it files keep their places, and what is computed later can be merged.
They stand in lists, whose order no writer of documents changes.
"""


def fileset_of(
    dataset: Dataset, *, trees: Mapping[FileIndex, str], grids: Mapping[FileIndex, FileGrid]
) -> dict[str, Any]:
    """Write the files of which something lacks as a fileset, in the form of coffea's `preprocess`.

    Args:
        dataset: with the steps that lack of each file; those that lack nothing have none.
        trees: of files that name none, as far as known.
        grids: of the files that were looked into.

    Raises:
        DatasetError: a file stands in a dataset twice, or two datasets have one name, which a fileset cannot say.
    """
    fileset: dict[str, Any] = {}
    for member, indexes in _members(dataset):
        files = {
            dataset.files[index].path: _description(dataset.files[index], trees.get(index), grids.get(index))
            for index in indexes
            if dataset.files[index].steps != ()
        }
        if files:
            fileset[member.name] = {"files": files, "metadata": dict(member.metadata)}
    if fileset and len(dataset.files) > 1:
        next(iter(fileset.values()))[WHOLE] = [
            {"name": member.name, "files": _places(dataset, indexes, trees), "metadata": dict(member.metadata)}
            for member, indexes in _members(dataset)
        ]
    return fileset


def _members(dataset: Dataset) -> list[tuple[Member, range]]:
    """Return each dataset with the places of its files."""
    members, before, names = [], 0, set()
    for member in dataset.all_members:
        indexes = range(before, before + member.n_files)
        _check_single(dataset.files[index].path for index in indexes)
        if member.name in names:
            raise DatasetError(f"two datasets are called {member.name!r}, and a fileset has each name once")
        members.append((member, indexes))
        names.add(member.name)
        before += member.n_files
    return members


def _check_single(paths: Iterable[str]) -> None:
    seen: set[str] = set()
    for path in paths:
        if path in seen:
            raise DatasetError(
                f"{path} is twice in the dataset, and a fileset has each path once; use `.dataset` instead"
            )
        seen.add(path)


def _places(
    dataset: Dataset, indexes: Sequence[FileIndex], trees: Mapping[FileIndex, str]
) -> list[dict[str, str | None]]:
    return [{dataset.files[index].path: dataset.files[index].tree or trees.get(index)} for index in indexes]


def _description(spec: FileSpec, tree: str | None, grid: FileGrid | None) -> dict[str, Any]:
    """Write what is known of a file, by coffea's names where it has one."""
    known: dict[str, Any] = {
        "num_entries": spec.n_entries if grid is None else grid.n_entries,
        "uuid": spec.uuid if grid is None else grid.uuid,
        "checksum": spec.checksum,
        "written": spec.written,
    }
    return {
        "object_path": spec.tree or tree or (grid.tree if grid is not None else None),
        "steps": None if spec.steps is None else [list(step) for step in spec.steps],
        **{name: value for name, value in known.items() if value not in (None, "")},
    }
