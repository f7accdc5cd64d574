"""The files of a dataset, with just the entries of a list."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from overproof.records.block import Range
from overproof.records.dataset import FileSpec
from overproof.records.outcome.entries import Entries, FileEntries
from overproof.session.entries.entry_list import load_entry_list
from overproof.session.outcome.ranges import common
from overproof.words.errors import DatasetError

EntriesLike: TypeAlias = "Entries | str | os.PathLike[str] | None"


class EntryListWarning(UserWarning):
    """An entry list names files that are not among the data."""


def choose_entries(specs: Sequence[FileSpec], entry_list: EntriesLike) -> list[FileSpec]:
    """Ask for the entries of a list only; the files keep their places, those without any are not opened.

    Args:
        specs: of the dataset.
        entry_list: a list, or the file of one.

    Raises:
        DatasetError: it is no list, or none of its files is among these.
    """
    entries = _entries(entry_list)
    by_path: dict[str, list[FileEntries]] = {}
    for file in entries.files:
        by_path.setdefault(_same(file.path), []).append(file)
    used: set[tuple[str, str]] = set()
    chosen = [_chosen(spec, by_path.get(_same(spec.path), []), used) for spec in specs]
    if not used and entries.files:
        raise DatasetError(
            f"none of the files of the entry list {entries.name} is among the data: it was made from "
            f"{entries.files[0].path}:{entries.files[0].tree}"
        )
    n_others = len(entries.files) - len(used)
    if n_others:
        warnings.warn(
            f"{n_others} of the {len(entries.files)} files of the entry list {entries.name} are not among the data",
            EntryListWarning,
            stacklevel=6,
        )
    return chosen


def specs_of(entries: Entries) -> list[FileSpec]:
    """Return the files of a list as files of a dataset."""
    return [FileSpec(path=file.path, tree=file.tree, steps=file.ranges) for file in entries.files]


def _entries(entry_list: EntriesLike) -> Entries:
    if isinstance(entry_list, Entries):
        return entry_list
    if isinstance(entry_list, str | os.PathLike):
        return load_entry_list(entry_list)
    raise DatasetError(f"entry_list={entry_list!r}: give an EntryList, or the file of one that was saved")


def _chosen(spec: FileSpec, files: Sequence[FileEntries], used: set[tuple[str, str]]) -> FileSpec:
    """Ask for the entries of a file; where its tree is not told, it is the only one that the list has of it."""
    fitting = [file for file in files if spec.tree in (None, file.tree) or _bare(file.tree) == _bare(spec.tree)]
    if len(fitting) > 1 and spec.tree is None:
        trees = ", ".join(file.tree for file in fitting)
        raise DatasetError(f"{spec.path}: the entry list has several trees of it ({trees}): name one behind a colon")
    if not fitting:
        return replace(spec, steps=())
    (file,) = fitting
    used.add((_same(file.path), file.tree))
    return replace(spec, tree=spec.tree or file.tree, steps=_shared(spec.steps, file.ranges))


def _shared(steps: tuple[Range, ...] | None, ranges: Iterable[Range]) -> tuple[Range, ...]:
    return tuple(ranges) if steps is None else common(steps, ranges)


def _same(path: str) -> str:
    """Name a file by the path that all ways to it have in common."""
    return path if "://" in path else os.path.realpath(os.path.expanduser(path))


def _bare(tree: str | None) -> str:
    """Leave the cycle of a tree out."""
    return (tree or "").partition(";")[0].strip("/")
