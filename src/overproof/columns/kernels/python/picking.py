"""Elements by place and by slice."""

from __future__ import annotations

from typing import Any

import awkward as ak
import numpy as np

from overproof.analysis.draw.python.typed import Step
from overproof.columns.kernels.jagged import Integers
from overproof.columns.kernels.loops.loop import Flags


class NoSuchElementError(Exception):
    """An entry has no element at the place that is asked for.

    Attributes:
        place: that place.
        entry: place of the first such entry in the block.
    """

    def __init__(self, *, place: int, entry: int) -> None:
        super().__init__(f"entry {entry} has no element {place}")
        self.place = place
        self.entry = entry


def pick(data: Any, steps: tuple[Step, ...], *, entries: Integers) -> Any:
    """Take steps one after the other from an array of some entries.

    Raises:
        NoSuchElementError: an entry has no element there.
    """
    for step in steps:
        before = (slice(None),) * step.axis
        if step.at is not None:
            _check_place(data, step.axis, step.at, entries)
            data = data[(*before, step.at)]
        elif step.bounds is not None:
            data = data[(*before, slice(*step.bounds))]
        else:
            data = data[(*before, np.newaxis)]
    return data


def _check_place(data: Any, axis: int, place: int, entries: Integers) -> None:
    lengths = ak.num(data, axis=axis)
    lacks = lengths <= place if place >= 0 else lengths < -place
    for _ in range(axis - 1):
        lacks = ak.any(lacks, axis=-1)
    lacking = as_flags(lacks)
    if lacking.any():
        raise NoSuchElementError(place=place, entry=int(entries[np.argmax(lacking)]))


def as_flags(booleans: Any) -> Flags:
    """Turn one boolean for each entry into flags; None is not true."""
    return np.asarray(ak.to_numpy(ak.fill_none(booleans, value=False)), dtype=np.bool_)
