"""Sets of entries of one tree, as ranges: ascending, apart, none empty."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from overproof.records.block import Range

Ranges: TypeAlias = tuple[Range, ...]


def union(*ranges: Iterable[Range]) -> Ranges:
    """Return what is in any of them; they may overlap and come in any order."""
    joined: list[Range] = []
    for first, stop in sorted(each for some in ranges for each in some):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
        elif first < stop:
            joined.append((first, stop))
    return tuple(joined)


def without(ranges: Iterable[Range], others: Iterable[Range]) -> Ranges:
    """Return what is in the one and not in the other; one walk along both, however many there are."""
    left: list[Range] = []
    holes = union(others)
    place = 0
    for first, stop in union(ranges):
        start = first
        while place < len(holes) and holes[place][1] <= start:
            place += 1
        at = place  # the last hole of this range may reach into the next one
        while at < len(holes) and holes[at][0] < stop:
            if start < holes[at][0]:
                left.append((start, holes[at][0]))
            start = holes[at][1]
            at += 1
        place = max(place, at - 1)
        if start < stop:
            left.append((start, stop))
    return tuple(left)


def common(ranges: Iterable[Range], others: Iterable[Range]) -> Ranges:
    """Return what is in both."""
    whole = union(ranges)
    return without(whole, without(whole, others))


def count(ranges: Iterable[Range]) -> int:
    """Count the entries in ranges that are apart."""
    return sum(stop - first for first, stop in ranges)
