"""Every form in which data can be written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from overproof.records.dataset import Dataset, FileSpec
from overproof.session.datasets.files import files_of, plain
from overproof.session.datasets.filesets import is_description, is_fileset, part_of, parts_of_fileset
from overproof.session.datasets.part import Part, all_files, parts_of
from overproof.session.datasets.paths import name_of, split_tree
from overproof.session.datasets.pieces import is_piece, parts_of_pieces
from overproof.session.entries import EntryList, specs_of
from overproof.words.errors import DatasetError

Data: TypeAlias = "str | os.PathLike[str] | Sequence[Any] | Mapping[str, Any] | Dataset | EntryList"

DOCUMENTS = (".json", ".json.gz")
"""How the names of files end that are filesets."""

NO_NAME = "files"
"""What several files are called together that nobody has given a name."""


def expand_files(data: Data) -> list[FileSpec]:
    """Return the files that data name, whether or not they are there.

    Raises:
        DatasetError: data of no known form, or a pattern that no file matches.
    """
    return all_files(expand(data))


def expand(data: Any) -> list[Part]:
    """Return the datasets that data name; one, unless they are a fileset of several.

    Raises:
        DatasetError: data of no known form, or a pattern that no file matches.
    """
    data = plain(data)
    if isinstance(data, Dataset):
        return parts_of(data)
    if isinstance(data, EntryList):
        return [Part(name=data.name, files=tuple(specs_of(data)))]
    if isinstance(data, FileSpec):
        return [Part(name=Path(data.path).stem, files=(data,))]
    if isinstance(data, str | os.PathLike):
        return _of_path(os.fspath(data))
    if isinstance(data, Mapping):
        return _of_mapping(data)
    if is_piece(data):
        return parts_of_pieces([data])
    if isinstance(data, Iterable) and not isinstance(data, bytes):
        return _of_list(list(data))
    return [Part(name="", files=tuple(files_of(data)))]  # complains about what it is


def _of_path(text: str) -> list[Part]:
    path, tree = split_tree(text)
    if not path.endswith(DOCUMENTS):
        return [Part(name=name_of(text), files=tuple(files_of(text)))]
    from overproof.session.datasets.documents import load_fileset

    parts = expand(load_fileset(path))
    name = Path(path).name.partition(".")[0]
    return [_with_tree(part if part.is_given else replace(part, name=name), tree) for part in parts]


def _with_tree(part: Part, tree: str | None) -> Part:
    files = (spec if spec.tree or not tree else replace(spec, tree=tree) for spec in part.files)
    return replace(part, files=tuple(files))


def _of_mapping(data: Mapping[Any, Any]) -> list[Part]:
    if is_description(data):
        return [part_of(NO_NAME, data, is_given=False)]
    if is_fileset(data):
        return parts_of_fileset(data)
    return [Part(name=NO_NAME, files=tuple(files_of(data)))]


def _of_list(items: Sequence[Any]) -> list[Part]:
    """Join what a list names: all of its files, or all of its datasets; those of one name are one.

    Raises:
        DatasetError: files of no dataset among datasets, or two datasets of one name that are told apart.
    """
    if items and is_piece(items[0]):
        return parts_of_pieces(items)
    parts = [part for item in items for part in expand(item)]
    if len(items) == 1:
        return parts
    if not any(part.is_given for part in parts):
        return [_without_names(parts)]
    joined: dict[str, Part] = {}
    for part in parts:
        if not part.is_given:
            raise DatasetError(
                f"{part.name} belongs to no dataset, and stands in a list with datasets: write it into a fileset, as "
                f'in {{"name": ["{part.files[0].path if part.files else "a.root"}"]}}'
            )
        before = joined.setdefault(part.name, replace(part, files=()))
        if before.metadata != part.metadata:
            raise DatasetError(f"dataset {part.name!r} is named twice, with different metadata: choose another name")
        joined[part.name] = replace(before, files=(*before.files, *part.files))
    return list(joined.values())


def _without_names(parts: Sequence[Part]) -> Part:
    """Join what has no name, with the metadata that all of it has.

    Raises:
        DatasetError: their metadata differ.
    """
    metadata = parts[0].metadata if parts else {}
    if other := next((part for part in parts if part.metadata != metadata), None):
        raise DatasetError(
            f"what a list names is one dataset, and its metadata differ, {dict(metadata)} and {dict(other.metadata)}: "
            'give each a name, as in {"one": {"files": ..., "metadata": ...}, "two": ...}'
        )
    return Part(name=NO_NAME, files=tuple(all_files(parts)), metadata=metadata)
