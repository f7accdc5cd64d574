"""What names files and no dataset: paths, `{path: tree}`, lists of these."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from overproof.records.dataset import FileSpec
from overproof.session.datasets.descriptions import described
from overproof.session.datasets.paths import expand_path
from overproof.words.errors import DatasetError


def plain(data: Any) -> Any:
    """Return what a model, such as coffea's `DatasetSpec`, stands for; everything else as it is."""
    dump = None if isinstance(data, type) else getattr(data, "model_dump", None)
    return dump() if callable(dump) else data


def files_of(data: Any) -> list[FileSpec]:
    """Return the files that data name, whether or not they are there.

    Args:
        data: a path, URL or glob with `:tree` or without, `{path: tree}`, `{path: {"object_path": tree, ...}}`, a
            `FileSpec`, or a list of these, nested in any way.

    Raises:
        DatasetError: data of no such form, or a pattern that no file matches.
    """
    data = plain(data)
    if isinstance(data, FileSpec):
        return [data]
    if isinstance(data, str | os.PathLike):
        return expand_path(os.fspath(data))
    if isinstance(data, Mapping):
        told = [(path, plain(description)) for path, description in data.items()]
        return [described(spec, what) for path, what in told for spec in _of_key(path, what)]
    if isinstance(data, Iterable) and not isinstance(data, bytes):
        return [spec for item in data for spec in files_of(item)]
    raise DatasetError(f"{data!r} is no dataset: give a path, a glob, a list of them, or a fileset")


def literal(path: str) -> FileSpec:
    """Return a file by its name, whatever letters stand in it."""
    expanded = os.path.expanduser(path)
    return FileSpec(path=expanded, written="" if expanded == path else path)


def _of_key(path: Any, description: Any) -> list[FileSpec]:
    """Return the files that a key names: one by its very name, where something is said that holds for one only."""
    if not isinstance(path, str | os.PathLike):
        raise DatasetError(f"{path!r} is no path: the files of a fileset are {{path: tree}} or a list of paths")
    told = description if isinstance(description, Mapping) else {}
    if told.get("object_path") and any(told.get(word) is not None for word in ("num_entries", "uuid", "checksum")):
        return [literal(os.fspath(path))]
    return expand_path(os.fspath(path))
