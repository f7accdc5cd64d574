"""From what a user writes to a dataset: every form, with what is checked and chosen of it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from overproof.records.dataset import Dataset, FileSpec, FriendChain
from overproof.session.datasets.checks import check_metadata, check_that_some_exist, without_duplicates
from overproof.session.datasets.expanding import Data, expand, expand_files
from overproof.session.datasets.part import Part, all_files, as_dataset, with_files
from overproof.session.entries import EntriesLike, EntryList, choose_entries
from overproof.session.outcome.gaps import Gaps
from overproof.words.errors import DatasetError


class EmptyDatasetWarning(UserWarning):
    """A dataset of a fileset names no file."""


def resolve_dataset(
    data: Data,
    *,
    tree: str | None = None,
    files: int | None = None,
    allow_duplicates: bool = False,
    friends: Mapping[str, Data] | None = None,
    entry_list: EntriesLike = None,
) -> Dataset:
    """Turn what the user wrote into an ordered list of files.

    Args:
        data: a path, URL or glob with `:tree` or without; a list of these; `{path: tree}`; a fileset
            `{"name": {"files": ..., "metadata": ...}}` of one dataset or several, with `steps` and more of files where
            that is known, or the JSON file of one; a `Dataset`; what a result lacks, as `result.missing`.
        tree: tree for the files that name none.
        files: keep only so many files, from the start.
        allow_duplicates: count a file that is named twice in a dataset, twice.
        friends: trees that stand beside these, by name, each written as data are.
        entry_list: the only entries to process, or the file in which they are kept.

    Raises:
        DatasetError: nothing matches, none of the files exists, or workers could not read the metadata.
    """
    if isinstance(data, Gaps):
        data = data.dataset
        allow_duplicates = True  # each file stays in its place
    parts = _not_empty(expand(data), data)
    for part in parts:
        check_metadata(part.name, part.metadata)
    specs = [spec if spec.tree or not tree else replace(spec, tree=tree) for spec in all_files(parts)]
    parts = with_files(parts, specs)
    n_named = len(specs)
    if not allow_duplicates:
        parts = without_duplicates(parts, stacklevel=3)
    chains = _friends_of(data, friends or {})
    if chains and len(all_files(parts)) != n_named:
        raise DatasetError(
            "files that are named twice are counted once, and then nobody knows which files of a friend belong to "
            "which: name each once, or say allow_duplicates=True (--allow-duplicates)"
        )
    if files is not None:
        chains = tuple(_shortened(chain, n_named=n_named, files=files) for chain in chains)
        parts = [part for part in with_files(parts, all_files(parts)[:files]) if part.files]
    if entry_list is not None:
        parts = with_files(parts, choose_entries(all_files(parts), entry_list))
    specs = all_files(parts)
    asked = [spec for spec in specs if spec.steps != ()]
    if not asked and entry_list is None:
        raise DatasetError("no entries are asked for: there is nothing to process, or nothing lacks")
    check_that_some_exist(asked or specs)
    return as_dataset(with_files(parts, list(map(_anchored, specs))), friends=chains)


def _not_empty(parts: Sequence[Part], data: Any) -> list[Part]:
    """Leave out datasets without files, and say so.

    Raises:
        DatasetError: there is no file at all.
    """
    filled = [part for part in parts if part.files]
    if not filled:
        if isinstance(data, EntryList):
            raise DatasetError(f"the entry list {data.name} names no file: give the data too, with entry_list=")
        raise DatasetError("the dataset is empty: give at least one file")
    if len(filled) < len(parts):
        names = ", ".join(part.name for part in parts if not part.files)
        warnings.warn(f"the fileset names no files of {names}", EmptyDatasetWarning, stacklevel=4)
    return filled


def _friends_of(data: Any, friends: Mapping[str, Data]) -> tuple[FriendChain, ...]:
    """Add the friends that are named now to those that the dataset has; a new one takes the place of an old one.

    Raises:
        DatasetError: a name that no expression can use, or files that do not exist.
    """
    if not isinstance(friends, Mapping):
        raise DatasetError(f'friends={friends!r}: give them by name, as in friends={{"f": "other.root:tree"}}')
    chains = {chain.name: chain for chain in data.friends} if isinstance(data, Dataset) else {}
    for name, files in friends.items():
        if not isinstance(name, str) or not name.isidentifier():
            raise DatasetError(f"friend {name!r}: its name must be one word: its branches are called name.branch")
        specs = tuple(expand_files(files))
        if not specs:
            raise DatasetError(f"friend {name}: there are no files of it: give at least one")
        check_that_some_exist(specs)
        chains[name] = FriendChain(name=name, files=tuple(map(_anchored, specs)))
    return tuple(chains.values())


def _anchored(spec: FileSpec) -> FileSpec:
    """Let a path mean the same file wherever a worker, or whoever resumes the query, is; how it was written is kept."""
    if "://" in spec.path:
        return spec
    path = os.path.abspath(os.path.expanduser(spec.path))
    written = spec.written or spec.path
    return replace(spec, path=path, written="" if written == path else written)


def _shortened(chain: FriendChain, *, n_named: int, files: int) -> FriendChain:
    """Keep so many files of a friend too, where it has one for each file of the data."""
    return replace(chain, files=chain.files[:files]) if len(chain.files) == n_named else chain
