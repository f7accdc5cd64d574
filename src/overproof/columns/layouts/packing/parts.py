"""A description as parts of bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from overproof.columns.grid import Storage
from overproof.columns.layouts.description import Clusters, Description
from overproof.columns.layouts.layout import TreeLayout
from overproof.columns.layouts.packing.columns import (
    packed_baskets,
    packed_fields,
    packed_pages,
    unpacked_baskets,
    unpacked_fields,
    unpacked_pages,
)
from overproof.columns.layouts.packing.numbers import Numbers, document, facts_of, spread, squeezed
from overproof.columns.layouts.packing.schemas import packed_schema, unpacked_schema
from overproof.columns.layouts.packing.tables import LostError, Place, Tables
from overproof.records.schema import Schema
from overproof.words.units import MB

PART_BYTES = MB
"""Bytes of one part, about: what does not fit goes into the next."""

_TTREE = "TTree"
_PLAIN = ("tree", "format", "uuid", "identity", "n_entries", "size_bytes")
_HEAD_BYTES = 4
"""In front of the head stands its length."""


def packed(description: Description) -> list[bytes]:
    """Pack a description; the first part tells what is where in the others."""
    layout = description.layout
    if layout.format == _TTREE:
        columns, tables = packed_baskets(layout.columns)  # type: ignore[arg-type]  # a TTree has nothing else
        pages = None
    else:
        columns = packed_fields(layout.columns)  # type: ignore[arg-type]  # an RNTuple has nothing else
        pages, tables = packed_pages(layout.pages)
    clusters = description.clusters()
    storage = clusters.storage.condensed()
    numbers = (clusters.boundaries, storage.starts, storage.sizes_bytes)
    sections = [document(packed_schema(description.schema())), *map(_steps, numbers)]
    places, parts = _placed([*sections, *(data for data, _, _ in tables)])
    own_names = sorted(name.decode(errors="surrogateescape") for name in layout.branch_names)
    head = {
        **{each: getattr(layout, each) for each in _PLAIN},
        "names": list(layout.names),
        "wholes": list(layout.wholes),
        "others": list(layout.others),
        "own": None if own_names == sorted(layout.names) else own_names,
        "doubtful": sorted(layout.doubtful),
        "bounds": layout.clusters.tolist(),
        "friends": description.friends,
        "has_index": description.has_index,
        "columns": columns,
        "pages": pages,
        "schema": places[0],
        "clusters": [(place, len(each)) for place, each in zip(places[1 : len(sections)], numbers, strict=True)],
        "tables": [
            (place, n_columns, widths)
            for place, (_, n_columns, widths) in zip(places[len(sections) :], tables, strict=True)
        ],
    }
    told = document(head)
    return [len(told).to_bytes(_HEAD_BYTES, "big") + told + parts[0], *parts[1:]]


def unpacked(
    first: bytes, part: Callable[[int], bytes | None], *, path: str, again: Callable[[], Description]
) -> Description:
    """Undo `packed`; only what is asked for is looked at.

    Args:
        first: the first part.
        part: gives another part by its number; None for one that is not kept any more.
        path: of the file, as it is called now.
        again: makes the description anew, where parts are lost.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    stop = _HEAD_BYTES + int.from_bytes(first[:_HEAD_BYTES], "big")
    head = facts_of(first[_HEAD_BYTES:stop])
    fetch = _Fetch(first[stop:], part)
    tables = Tables(head["tables"], fetch)
    pages = head["pages"]
    names = head["names"]
    is_ttree = head["format"] == _TTREE
    of_columns = head["columns"]
    layout = TreeLayout(
        path=path,
        **{each: head[each] for each in _PLAIN},
        names=tuple(names),
        wholes=tuple(head["wholes"]),
        others=tuple((spelling, name) for spelling, name in head["others"]),
        columns=(
            unpacked_baskets(of_columns, tables, lambda name: again().layout.columns[name])  # type: ignore[arg-type,return-value]  # of this kind too
            if is_ttree
            else unpacked_fields(of_columns, lambda name: again().layout.columns[name])  # type: ignore[arg-type,return-value]  # of this kind too
        ),
        branch_names=frozenset(each.encode(errors="surrogateescape") for each in head["own"] or names * is_ttree),
        doubtful=frozenset(head["doubtful"]),
        pages={} if pages is None else unpacked_pages(pages, tables, lambda number: again().layout.pages[number]),
        clusters=np.asarray(head["bounds"], np.int64),
    )

    def schema() -> Schema:
        data = fetch(head["schema"])
        return again().schema() if data is None else unpacked_schema(facts_of(data))

    def clusters() -> Clusters:
        try:
            boundaries, starts, sizes = (_numbers(each, fetch) for each in head["clusters"])
        except LostError:
            return again().clusters()
        return Clusters(boundaries=boundaries, storage=Storage(starts=starts, sizes_bytes=sizes))

    return Description(
        layout=layout,
        schema=schema,
        clusters=clusters,
        friends=tuple((name, tree, file) for name, tree, file in head["friends"]),
        has_index=head["has_index"],
    )


class _Fetch:
    """Gives bytes by their place.

    Args:
        rest: what stands behind the head in the first part.
        part: gives another part; None for one that is not kept any more.
    """

    def __init__(self, rest: bytes, part: Callable[[int], bytes | None]) -> None:
        self._parts: dict[int, bytes | None] = {0: rest}
        self._part = part

    def __call__(self, place: Place) -> bytes | None:
        number, start, stop = place
        if number not in self._parts:
            self._parts[number] = self._part(number)
        data = self._parts[number]
        return None if data is None or len(data) < stop else data[start:stop]


def _placed(sections: Iterable[bytes]) -> tuple[list[Place], list[bytes]]:
    """Put sections one behind the other, into as many parts as are needed."""
    places: list[Place] = []
    parts: list[list[bytes]] = [[]]
    at = 0
    for data in sections:
        if at and at + len(data) > PART_BYTES:
            parts.append([])
            at = 0
        places.append((len(parts) - 1, at, at + len(data)))
        parts[-1].append(data)
        at += len(data)
    return places, [b"".join(each) for each in parts]


def _steps(numbers: Numbers) -> bytes:
    """Pack ascending numbers, or others."""
    return squeezed(np.diff(numbers, prepend=0).astype(np.int64))


def _numbers(told: Any, fetch: _Fetch) -> Numbers:
    """Undo `_steps`.

    Raises:
        LostError: they are not kept any more.
    """
    place, n_numbers = told
    data = fetch(place)
    if data is None:
        raise LostError
    return np.cumsum(spread(data, n_numbers))
