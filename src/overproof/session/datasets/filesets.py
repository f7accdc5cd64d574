"""Filesets: mappings that name datasets and say which files belong to each, in every form that coffea takes and emits.

Source: `coffea.processor.Runner` and `coffea.dataset_tools`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from overproof.records.dataset import USUAL_TREE, FileSpec
from overproof.session.datasets.descriptions import OF_FILE, check_format, described, tree_of
from overproof.session.datasets.files import files_of, literal, plain
from overproof.session.datasets.part import Part
from overproof.session.outcome.lacking import WHOLE
from overproof.words.errors import DatasetError

FILES = "files"

OF_DATASET = frozenset({FILES, "treename", "metadata", "preload", "format", "compressed_form", "form", "did", WHOLE})
"""What is said of a dataset."""

RESERVED = frozenset(
    {
        "dataset", "filename", "treename", "metadata", "entrystart", "entrystop", "fileuuid", "numentries", "uuid",
        "clusters", "preload",
    }
)  # fmt: skip
"""What processors find in `events.metadata` beside that of the user. Source: coffea, which reserves the same names."""


def is_description(data: Mapping[Any, Any]) -> bool:
    """Tell whether a mapping says what is in one dataset, without naming it."""
    return FILES in data and data.keys() <= OF_DATASET and not _is_dataset(data[FILES], at_least_listed=False)


def is_fileset(data: Mapping[Any, Any]) -> bool:
    """Tell whether a mapping names datasets, and not files."""
    return any(_is_dataset(description) for description in data.values())


def parts_of_fileset(data: Mapping[Any, Any]) -> list[Part]:
    """Return the datasets of a fileset, in its order.

    Raises:
        DatasetError: a dataset that is described in no known way, or two of one name.
    """
    told = [description.get(WHOLE) for description in data.values() if isinstance(description, Mapping)]
    whole = next((each for each in told if each is not None), None)
    if whole is None:
        parts = [part_of(str(name), description) for name, description in data.items()]
    else:
        parts = [part_of(str(name), _literally(description)) for name, description in data.items()]
    _check_names(parts)
    return parts if whole is None else _in_place(parts, _parts_of_whole(whole))


def _check_names(parts: Sequence[Part]) -> None:
    """Refuse a number and a text that read the same: the account of a dataset is found by its name."""
    seen: set[str] = set()
    for part in parts:
        if part.name in seen:
            raise DatasetError(f"two datasets of the fileset are called {part.name!r}: choose another name")
        seen.add(part.name)


def _parts_of_whole(whole: Any) -> list[Part]:
    if not isinstance(whole, list) or not all(isinstance(each, Mapping) and "name" in each for each in whole):
        raise DatasetError(
            f"`{WHOLE}` of the fileset is {whole!r}: it must list the datasets of which this one is a part, each with "
            "`name` and `files`; leave it out"
        )
    return [part_of(str(each["name"]), _literally(each)) for each in whole]


def _literally(description: Any) -> Any:
    """Take paths of what lacks as names of files, not as patterns: a file that is away matches none."""
    listed = description.get(FILES) if isinstance(description, Mapping) else None
    mappings = [listed] if isinstance(listed, Mapping) else listed
    if not isinstance(mappings, list) or not all(isinstance(each, Mapping) for each in mappings):
        return description
    told = [(path, said) for each in mappings for path, said in each.items()]
    return {**description, FILES: [described(literal(os.fspath(path)), plain(said)) for path, said in told]}


def _in_place(parts: Sequence[Part], whole: Sequence[Part]) -> list[Part]:
    """Put files back in the places that they had; of those that are not among them, no entry is asked for.

    A path that has several places there, each with another tree, is in that of its tree.
    """
    given = {part.name: part for part in parts}
    placed = []
    for part in whole:
        mine = given.pop(part.name, None)
        here = {spec.path: spec for spec in mine.files} if mine is not None else {}
        times = Counter(spec.path for spec in part.files)
        files = []
        for spec in part.files:
            found = here.get(spec.path)
            if found is None or (times[spec.path] > 1 and (found.tree or USUAL_TREE) != (spec.tree or USUAL_TREE)):
                files.append(replace(spec, steps=()))
            else:
                is_guessed = spec.tree is None and found.tree == USUAL_TREE
                files.append(replace(here.pop(spec.path), tree=None) if is_guessed else here.pop(spec.path))
        metadata = part.metadata if mine is None else mine.metadata
        placed.append(replace(part, files=(*files, *here.values()), metadata=metadata))
    return [*placed, *given.values()]


def part_of(name: str, description: Any, *, is_given: bool = True) -> Part:
    """Return one dataset of a fileset.

    Args:
        name: of the dataset.
        description: a list of files, a mapping of files to trees, or a mapping with `files` and more.
        is_given: the user gave the name.

    Raises:
        DatasetError: it is described in no known way, or its metadata have names that are ours.
    """
    description = plain(description)
    if not _is_dataset(description):
        raise DatasetError(
            f"dataset {name!r} of the fileset is {description!r}: give a list of files, or a mapping with `files`, as "
            'in {"files": {"a.root": "Events"}, "metadata": {}}'
        )
    if not isinstance(description, Mapping) or FILES not in description:
        return Part(name=name, files=tuple(_files_of(name, description)), is_given=is_given)
    check_format(name, description.get("format"))
    tree = tree_of(name, description.get("treename"))
    files = (_with_tree(spec, tree) for spec in _files_of(name, description[FILES]))
    return Part(name=name, files=tuple(files), metadata=_metadata_of(name, description), is_given=is_given)


def _files_of(name: str, data: Any) -> list[FileSpec]:
    """Return the files of a dataset; what is wrong with them is said with its name."""
    try:
        return files_of(data)
    except DatasetError as error:
        raise DatasetError(f"dataset {name!r}: {error}") from error


def _is_dataset(description: Any, *, at_least_listed: bool = True) -> bool:
    """Tell whether something says which files are in a dataset; a text alone is the tree of a file."""
    description = plain(description)
    if isinstance(description, Mapping):
        return FILES in description or (at_least_listed and bool(description) and not description.keys() & OF_FILE)
    return at_least_listed and isinstance(description, list | tuple | set | frozenset)


def _with_tree(spec: FileSpec, tree: str | None) -> FileSpec:
    return spec if spec.tree or not tree else replace(spec, tree=tree)


def _metadata_of(name: str, description: Mapping[Any, Any]) -> dict[str, Any]:
    metadata = description.get("metadata")
    if metadata is None:
        return {}
    if not isinstance(metadata, Mapping):
        raise DatasetError(f"dataset {name!r}: its metadata are {metadata!r}: give a mapping")
    if taken := sorted(RESERVED & metadata.keys()):
        raise DatasetError(
            f"dataset {name!r}: {', '.join(taken)} in its metadata would hide what `events.metadata` says of a block: "
            "choose another name"
        )
    return dict(metadata)
