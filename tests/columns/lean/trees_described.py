"""Two descriptions of one tree, compared in everything that they can tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from overproof.columns.files.local import LocalFile
from overproof.columns.formats.opening import list_trees, open_by_uproot, open_file
from overproof.columns.formats.ttree import TTreeReader
from overproof.columns.layouts import Description
from overproof.columns.lean import described
from overproof.records.dataset import FileSpec
from overproof.words.errors import OverproofError

PLAIN = ("path", "tree", "format", "uuid", "identity", "n_entries", "size_bytes", "branch_names", "doubtful")
LISTS = ("names", "wholes", "others")
BLOCK_ENTRIES = (7, 100, 100_000)


def lean(spec: FileSpec) -> Description | None:
    """Describe a tree without uproot."""
    return described(spec, LocalFile(spec.path))


def by_uproot(spec: FileSpec) -> Description | None:
    """Describe a TTree by uproot; None for an RNTuple."""
    reader = open_by_uproot(spec)
    return reader.description() if isinstance(reader, TTreeReader) else None


def trees_of(path: str) -> list[str]:
    """Name all trees of a file."""
    file = open_file(path)
    try:
        return list(list_trees(file, path=path))
    finally:
        file.close()


def differences(one: Description, other: Description) -> Iterator[str]:
    """Say in what two descriptions differ."""
    for name in PLAIN:
        if getattr(one.layout, name) != getattr(other.layout, name):
            yield f"{name}: {getattr(one.layout, name)} and {getattr(other.layout, name)}"
    for name in LISTS:
        if list(getattr(one.layout, name)) != list(getattr(other.layout, name)):
            yield name
    if one.schema() != other.schema():
        yield f"schema: {one.schema()} and {other.schema()}"
    for block_entries in BLOCK_ENTRIES:
        if grid(one, block_entries) != grid(other, block_entries):
            yield f"blocks of {block_entries}: {grid(one, block_entries)} and {grid(other, block_entries)}"
    if (one.friends, one.has_index) != (other.friends, other.has_index):
        yield "friends"
    if not is_same(one.layout.clusters, other.layout.clusters):
        yield "clusters"
    yield from of_maps("column", one.layout.columns, other.layout.columns)
    yield from of_maps("page", one.layout.pages, other.layout.pages)


def grid(description: Description, block_entries: int) -> object:
    """Give the blocks, or what is wrong with them."""
    try:
        return description.grid(block_entries)
    except OverproofError as error:
        return str(error)


def of_maps(what: str, one: Mapping[Any, Any], other: Mapping[Any, Any]) -> Iterator[str]:
    """Say in what records by name differ."""
    if list(one) != list(other):
        yield f"{what}s: {set(one) ^ set(other)}, or their order"
        return
    for name in one:
        for field in fields(one[name]):
            values = getattr(one[name], field.name), getattr(other[name], field.name)
            if not is_same(*values):
                yield f"{what} {name}, {field.name}: {values[0]} and {values[1]}"


def is_same(one: Any, other: Any) -> bool:
    """Compare values with their types, arrays too."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return bool(type(one) is type(other) and one.dtype == other.dtype and np.array_equal(one, other))
    if hasattr(one, "__dataclass_fields__") and type(one) is type(other):
        return all(is_same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(is_same(one[key], other[key]) for key in one)
    return bool(type(one) is type(other) and one == other)


def said(lines: Sequence[str]) -> str:
    """Say the first differences."""
    return "; ".join(lines[:3])
