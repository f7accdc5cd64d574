"""What coffea's `accumulate` means by "+", in terms of outputs: types of mappings stay, arrays of objects are added.

Our own rules would join awkward arrays and tables, and give plain dicts. What is exact in them stays: histograms,
numbers and arrays are summed order-free, so that the answer depends on no schedule.

Source: coffea's `processor.accumulate`.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping
from enum import Enum
from typing import Any

import numpy as np

from overproof.outputs.borders import StandIn, merge_error

_OBJECTS = {("awkward", "Array"), ("pandas", "DataFrame"), ("pandas", "Series")}
"""Types that our outputs would join, and that have a `+` of their own."""


class Mark(StandIn, Enum):
    """A key that no user has: under it stands what a mapping was, or all of a Counter."""

    EMPTIED = "emptied"
    COUNTED = "counted"


class Added(StandIn):
    """A value that is added by its own `+`, in the order of blocks.

    Args:
        value: never changed.
    """

    def __init__(self, value: Any) -> None:
        self.stands_for = value

    def __add__(self, other: Added) -> Added:
        return Added(self.stands_for + other.stands_for)


class Emptied(StandIn):
    """A mapping of the user's type without what was in it; that of the first block stays.

    Args:
        mapping: is copied.
    """

    def __init__(self, mapping: Any) -> None:
        self.stands_for = copy.copy(mapping)
        self.stands_for.clear()

    def __add__(self, other: Emptied) -> Emptied:
        return self

    def filled(self, items: Mapping[Any, Any]) -> Any:
        """Return a mapping of the type with these items."""
        mapping = copy.copy(self.stands_for)
        for key, value in items.items():
            mapping[key] = value
        return mapping


def accumulated(value: Any) -> Any:
    """Turn what a processor returned into what our outputs add as coffea would."""
    if isinstance(value, Counter):
        return {Mark.COUNTED: Added(value)}
    if isinstance(value, Mapping):
        items = {key: accumulated(each) for key, each in value.items()}
        return items if type(value) is dict else {Mark.EMPTIED: Emptied(value), **items}
    is_object = any((cls.__module__.partition(".")[0], cls.__name__) in _OBJECTS for cls in type(value).__mro__)
    # Two arrays without dimensions are a number when they are added; one alone stays what it is.
    return Added(value) if is_object or (isinstance(value, np.ndarray) and not value.ndim) else value


def restored(value: Any) -> Any:
    """Turn merged outputs back into what a processor would have returned for all entries.

    Raises:
        MergeError: a Counter and a mapping beside it cannot be added.
    """
    if isinstance(value, Added):
        return value.stands_for
    if not isinstance(value, Mapping):
        return value
    marked = {key: each for key, each in value.items() if isinstance(key, Mark)}
    if [*marked] == [*value] == [Mark.COUNTED]:
        return marked[Mark.COUNTED].stands_for
    items: dict[Any, Any] = {}
    for key, each in value.items():
        if key is Mark.COUNTED:
            _add_counts(items, each.stands_for)
        elif key is not Mark.EMPTIED:
            _add_counts(items, {key: restored(each)})
    emptied = marked.get(Mark.EMPTIED)
    return items if emptied is None else emptied.filled(items)


def _add_counts(items: dict[Any, Any], counts: Mapping[Any, Any]) -> None:
    """Add the sum of all Counters, which comes once, to that of the mappings beside them."""
    for key, count in counts.items():
        try:
            items[key] = items[key] + count if key in items else count
        except Exception as error:  # types of users raise what they like
            raise merge_error(error, f"output {key!r}: adding a Counter and a mapping of something else") from error
