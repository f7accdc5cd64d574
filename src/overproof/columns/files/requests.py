"""Ranges of bytes, put together into requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

Range: TypeAlias = tuple[int, int]
"""First byte and last, exclusive."""

Bytes: TypeAlias = bytes | memoryview


def together(ranges: Iterable[Range], *, gap_bytes: int, limit_bytes: int) -> Iterator[list[Range]]:
    """Give groups of ranges, each of which is had by one request from its first byte to its last.

    Args:
        ranges: in any order; they may overlap.
        gap_bytes: at most so many bytes that nobody asked for lie between two ranges of a group.
        limit_bytes: a group of several ranges is not longer than this.
    """
    group: list[Range] = []
    begin = end = 0
    for each in sorted(ranges):
        start, stop = each
        if group and start <= end + gap_bytes and (stop if stop > end else end) - begin <= limit_bytes:
            group.append(each)
            end = max(end, stop)
            continue
        if group:
            yield group
        group, begin, end = [each], start, stop
    if group:
        yield group


def span_of(group: Sequence[Range]) -> Range:
    """Return the first byte of a group and its last, exclusive."""
    return group[0] if len(group) == 1 else (group[0][0], max([stop for _, stop in group]))


def cut(data: bytes, group: Sequence[Range]) -> dict[Range, Bytes]:
    """Cut what one request has given into its ranges, without a copy; what lies behind the end of the data is empty."""
    if len(group) == 1:
        return {group[0]: data}
    begin, view = group[0][0], memoryview(data)
    return {(start, stop): view[start - begin : max(start, stop) - begin] for start, stop in group}


def batches(groups: Iterable[list[Range]], *, n_limit: int, limit_bytes: int) -> Iterator[list[list[Range]]]:
    """Give groups in batches for requests of many ranges at once.

    Args:
        groups: as `together` gives them.
        n_limit: groups in a batch.
        limit_bytes: of all groups in a batch, unless it is a single one.
    """
    batch: list[list[Range]] = []
    n_bytes = 0
    for group in groups:
        start, stop = span_of(group)
        if batch and (len(batch) == n_limit or n_bytes + stop - start > limit_bytes):
            yield batch
            batch, n_bytes = [], 0
        batch.append(group)
        n_bytes += stop - start
    if batch:
        yield batch
