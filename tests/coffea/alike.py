"""Whether two outputs of processors are the same: types, keys and whole numbers exactly, floats to 1e-12."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import awkward as ak
import boost_histogram as bh
import numpy as np

RELATIVE = 1e-12


def differences(mine: Any, theirs: Any, place: str = "output") -> list[str]:
    """List where two outputs differ; empty where they are the same."""
    return list(_differences(mine, theirs, place))


def _differences(mine: Any, theirs: Any, place: str) -> Iterator[str]:
    if type(mine) is not type(theirs):
        yield f"{place}: {type(mine)} is not {type(theirs)}"
    elif isinstance(theirs, Mapping):
        yield from _of_mappings(mine, theirs, place)
    elif isinstance(theirs, bh.Histogram):
        yield from _of_histograms(mine, theirs, place)
    elif isinstance(theirs, list | tuple):
        if len(mine) != len(theirs):
            yield f"{place}: {len(mine)} are not {len(theirs)}"
        for at, (one, other) in enumerate(zip(mine, theirs, strict=False)):
            yield from _differences(one, other, f"{place}[{at}]")
    elif isinstance(theirs, ak.Array):
        if mine.type != theirs.type or mine.to_list() != theirs.to_list():
            yield f"{place}: {mine} is not {theirs}"
    elif isinstance(theirs, np.ndarray | np.generic | float | complex):
        yield from _of_numbers(np.asarray(mine), np.asarray(theirs), place)
    elif hasattr(theirs, "value") and type(theirs).__name__.endswith("_accumulator"):
        yield from _differences(mine.value, theirs.value, f"{place}.value")
    elif mine != theirs:
        yield f"{place}: {mine!r} is not {theirs!r}"


def _of_mappings(mine: Mapping[Any, Any], theirs: Mapping[Any, Any], place: str) -> Iterator[str]:
    if mine.keys() != theirs.keys():
        yield f"{place}: the keys {sorted(map(str, mine))} are not {sorted(map(str, theirs))}"
    for key in theirs.keys() & mine.keys():
        yield from _differences(mine[key], theirs[key], f"{place}[{key!r}]")
    if getattr(mine, "default_factory", None) != getattr(theirs, "default_factory", None):
        yield f"{place}: another default"


def _of_histograms(mine: Any, theirs: Any, place: str) -> Iterator[str]:
    if mine.axes != theirs.axes or [axis.__dict__ for axis in mine.axes] != [axis.__dict__ for axis in theirs.axes]:
        yield f"{place}: axes {mine.axes} are not {theirs.axes}"
        return
    if type(mine.storage_type()) is not type(theirs.storage_type()):
        yield f"{place}: storage {mine.storage_type} is not {theirs.storage_type}"
        return
    for name in ("name", "label"):
        if getattr(mine, name, None) != getattr(theirs, name, None):
            yield f"{place}: {name} differs"
    one, other = mine.view(flow=True), theirs.view(flow=True)
    names = other.dtype.names
    for name in names or ("",):
        yield from _of_numbers(*(np.asarray(each[name] if names else each) for each in (one, other)), f"{place} {name}")


def _of_numbers(mine: np.ndarray, theirs: np.ndarray, place: str) -> Iterator[str]:
    if mine.dtype != theirs.dtype or mine.shape != theirs.shape:
        yield f"{place}: {mine.dtype}{mine.shape} is not {theirs.dtype}{theirs.shape}"
    elif theirs.dtype.kind in "fc":
        scale = np.maximum(np.abs(theirs), np.finfo(theirs.dtype).tiny)
        tolerance = max(RELATIVE, float(np.finfo(theirs.dtype).eps))
        with np.errstate(invalid="ignore"):
            apart = ~(
                (mine == theirs) | (np.abs(mine - theirs) <= tolerance * scale) | (mine != mine) & (theirs != theirs)
            )
        if apart.any():
            yield f"{place}: {mine[apart][:3]} are not {theirs[apart][:3]}"
    elif not np.array_equal(mine, theirs):
        yield f"{place}: {mine} is not {theirs}"
