"""Keys of dicts and elements of sets: which are equal, and in which order they stand."""

from __future__ import annotations

import math
from collections.abc import Hashable
from enum import Enum
from typing import Any, TypeAlias

Key: TypeAlias = Hashable
"""What a key is found by; equal for equal keys."""


class Unequal(Enum):
    """Keys that are not equal to themselves; a member is one object also when it comes from another process."""

    NAN = "nan"


def key_of(key: Any) -> Key:
    """Give what a key is found by: itself; all NaNs are one key."""
    found: Key = Unequal.NAN if isinstance(key, float) and math.isnan(key) else key
    return found


def order_of(element: Any) -> tuple[Any, ...]:
    """Give a sort key for any elements, which depends neither on hashes nor on addresses.

    Numbers stand by size, text by letters, tuples and frozensets by what is in them; other types by their `repr`, or
    by their attributes where they have none of their own. Types stand by name.
    """
    kind = type(element)
    if kind in (bool, int) or (kind is float and not math.isnan(element)):
        return ("", element)
    if kind in (str, bytes):
        return (kind.__name__, element)
    if kind is tuple:
        return ("tuple", *map(order_of, element))
    if kind is frozenset:
        return ("frozenset", *sorted(map(order_of, element)))
    name = f"{kind.__module__}.{kind.__qualname__}"
    shown = repr(element)
    if " at 0x" in shown:
        attributes = getattr(element, "__dict__", {})
        return (name, *((each, repr(attributes[each])) for each in sorted(attributes)))
    return (name, shown)
