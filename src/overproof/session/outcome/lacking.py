"""What lacks as a fileset: for this program, for coffea, and for whoever reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from overproof.records.dataset import USUAL_TREE, Dataset, FileGrid, FileSpec, Member
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
        grids: of the files that were looked into; of those that lack nothing, one of each dataset is enough.

    Raises:
        DatasetError: what lacks stands in a dataset twice, or two datasets have one name, which a fileset cannot say.
    """
    if all(spec.steps == () for spec in dataset.files):
        return {}
    known = _known_trees(dataset, trees, grids)
    fileset: dict[str, Any] = {}
    for member, places in _members(dataset):
        lacking = [index for index in places if dataset.files[index].steps != ()]
        usual = next((known[index] for index in places if index in known), USUAL_TREE)
        _check_single(dataset, lacking, [(dataset.files[index].path, known.get(index, usual)) for index in places])
        files = {
            dataset.files[index].path: _description(dataset.files[index], known.get(index, usual), grids.get(index))
            for index in lacking
        }
        if files:
            fileset[member.name] = {"files": files, "metadata": dict(member.metadata)}
    if len(dataset.files) > 1:
        next(iter(fileset.values()))[WHOLE] = [
            {
                "name": member.name,
                "files": [{dataset.files[index].path: known.get(index)} for index in places],
                "metadata": dict(member.metadata),
            }
            for member, places in _members(dataset)
        ]
    return fileset


def _known_trees(
    dataset: Dataset, trees: Mapping[FileIndex, str], grids: Mapping[FileIndex, FileGrid]
) -> dict[FileIndex, str]:
    """Return the trees of files, where somebody named them or looked."""
    found = {index: grid.tree for index, grid in grids.items()} | dict(trees)
    return found | {index: spec.tree for index, spec in enumerate(dataset.files) if spec.tree}


def _members(dataset: Dataset) -> Iterator[tuple[Member, range]]:
    """Yield each dataset with the places of its files."""
    before, names = 0, set()
    for member in dataset.all_members:
        if member.name in names:
            raise DatasetError(f"two datasets are called {member.name!r}, and a fileset has each name once")
        names.add(member.name)
        yield member, range(before, before + member.n_files)
        before += member.n_files


def _check_single(dataset: Dataset, lacking: Sequence[FileIndex], named: Iterable[tuple[str, str]]) -> None:
    """Refuse what cannot be told apart in a fileset: a path that lacks something twice, or is twice with one tree."""
    lacks = Counter(dataset.files[index].path for index in lacking)
    alike = {path for (path, _), times in Counter(named).items() if times > 1}
    if twice := [path for path, times in lacks.items() if times > 1 or path in alike]:
        raise DatasetError(
            f"{twice[0]} is twice in one dataset, and what lacks of it cannot be written as a fileset, which has each "
            "path once: put the two into two datasets of a fileset, or in Python process `result.missing` itself"
        )


def _description(spec: FileSpec, tree: str, grid: FileGrid | None) -> dict[str, Any]:
    """Write what is known of a file, by coffea's names where it has one."""
    known: dict[str, Any] = {
        "num_entries": spec.n_entries if grid is None else grid.n_entries,
        "uuid": spec.uuid if grid is None else grid.uuid,
        "checksum": spec.checksum,
        "written": spec.written,
    }
    return {
        "object_path": tree,
        "steps": None if spec.steps is None else [list(step) for step in spec.steps],
        **{name: value for name, value in known.items() if value not in (None, "")},
    }
