"""Columns and pages by name, described when they are first asked for."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeAlias, TypeVar

import numpy as np

from overproof.columns.layouts.layout import BasketLayout, EmbeddedBasket, FieldLayout, PageColumn
from overproof.columns.layouts.packing.numbers import Numbers
from overproof.columns.layouts.packing.tables import LostError, Tables, packed_table

K = TypeVar("K")
V = TypeVar("V")

Facts: TypeAlias = dict[str, Any]
PackedTable: TypeAlias = tuple[bytes, int, list[int]]
"""Bytes, how many columns are in them, and the width of each table."""

_PIECES = 8_192
"""Baskets or pages of one table, about: whoever wants one column unpacks those of its neighbours."""


class Lazy(Mapping[K, V], Generic[K, V]):
    """What is made when it is first asked for.

    Args:
        keys: what can be asked for, in order.
        make: makes it, by the number of its key.
        again: gives it in another way, when what it is made of is lost.
    """

    def __init__(self, keys: Sequence[K], make: Callable[[int], V], again: Callable[[K], V]) -> None:
        self._numbers = {key: number for number, key in enumerate(keys)}
        self._make = make
        self._again = again
        self._made: dict[K, V] = {}

    def __getitem__(self, key: K) -> V:
        if key not in self._made:
            number = self._numbers[key]
            try:
                self._made[key] = self._make(number)
            except LostError:
                self._made[key] = self._again(key)
        return self._made[key]

    def __contains__(self, key: object) -> bool:
        return key in self._numbers

    def __iter__(self) -> Iterator[K]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


def packed_baskets(columns: Mapping[str, BasketLayout]) -> tuple[Facts, list[PackedTable]]:
    """Tell columns of a TTree as what JSON can say, and as tables."""
    found = list(columns.items())
    kinds: dict[Any, int] = {}
    places, tables = _grouped([(len(each.seeks),) for _, each in found], lambda chosen: _baskets(found, chosen))
    facts = {
        "names": [name for name, _ in found],
        "kind": [
            kinds.setdefault((each.dtype, each.given, each.fixed_shape, each.is_jagged, each.header_bytes), len(kinds))
            for _, each in found
        ],
        "places": places,
        "branches": {
            name: own for name, each in found if (own := each.branch.decode(errors="surrogateescape")) != name
        },
        "leaves": {name: each.leaf for name, each in found if each.leaf},
        "counters": {name: each.counter for name, each in found if each.counter},
        "embedded": {name: _told(each.embedded) for name, each in found if each.embedded},
    }
    return facts | {"kinds": list(kinds)}, tables


def unpacked_baskets(facts: Facts, tables: Tables, again: Callable[[str], BasketLayout]) -> Mapping[str, BasketLayout]:
    """Undo `packed_baskets`.

    Raises:
        KeyError: facts are missing.
    """
    names, kind, kinds, places = facts["names"], facts["kind"], facts["kinds"], facts["places"]
    branches, leaves, counters, embedded = (facts[each] for each in ("branches", "leaves", "counters", "embedded"))

    def make(number: int) -> BasketLayout:
        name = names[number]
        dtype, given, shape, is_jagged, header_bytes = kinds[kind[number]]
        lengths, sizes, seeks = tables.rows(*places[number])
        return BasketLayout(
            branch=branches.get(name, name).encode(errors="surrogateescape"),
            dtype=dtype if isinstance(dtype, str) else _record(dtype),
            given=given,
            leaf=leaves.get(name, ""),
            fixed_shape=tuple(shape),
            is_jagged=is_jagged,
            header_bytes=header_bytes,
            counter=counters.get(name, ""),
            stops=np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]),
            seeks=seeks,
            sizes_bytes=sizes,
            embedded=_heard(embedded.get(name, {})),
        )

    return Lazy(names, make, again)


def packed_fields(columns: Mapping[str, FieldLayout]) -> Facts:
    """Tell columns of an RNTuple as what JSON can say."""
    return {
        "names": list(columns),
        "fields": [(each.dtype, each.fixed_shape, each.columns, each.is_count) for each in columns.values()],
    }


def unpacked_fields(facts: Facts, again: Callable[[str], FieldLayout]) -> Mapping[str, FieldLayout]:
    """Undo `packed_fields`.

    Raises:
        KeyError: facts are missing.
    """
    fields = facts["fields"]

    def make(number: int) -> FieldLayout:
        dtype, shape, columns, is_count = fields[number]
        return FieldLayout(dtype=dtype, fixed_shape=tuple(shape), columns=tuple(columns), is_count=is_count)

    return Lazy(facts["names"], make, again)


def packed_pages(pages: Mapping[int, PageColumn]) -> tuple[Facts, list[PackedTable]]:
    """Tell physical columns of an RNTuple as what JSON can say, and as tables."""
    found = list(pages.items())
    places, tables = _grouped(
        [(len(each.seeks), len(each.pages)) for _, each in found], lambda chosen: _pages(found, chosen)
    )
    facts = [
        (each.encoding, each.n_bits, each.value_range, each.first_element, each.others, each.what) for _, each in found
    ]
    return {"numbers": [number for number, _ in found], "facts": facts, "places": places}, tables


def unpacked_pages(facts: Facts, tables: Tables, again: Callable[[int], PageColumn]) -> Mapping[int, PageColumn]:
    """Undo `packed_pages`.

    Raises:
        KeyError: facts are missing.
    """
    told, places = facts["facts"], facts["places"]

    def make(number: int) -> PageColumn:
        encoding, n_bits, value_range, first_element, others, what = told[number]
        n_elements, has_checksum, steps, sizes, seeks = tables.rows(*places[number])
        return PageColumn(
            encoding=encoding,
            n_bits=n_bits,
            value_range=None if value_range is None else (value_range[0], value_range[1]),
            n_elements=n_elements,
            seeks=seeks,
            sizes_bytes=sizes,
            has_checksum=has_checksum.astype(np.bool_),
            pages=np.cumsum(steps),
            first_element=first_element,
            others=tuple(others),
            what=what,
        )

    return Lazy(facts["numbers"], make, again)


def _grouped(
    shapes: Sequence[tuple[int, ...]], pack: Callable[[list[int]], PackedTable]
) -> tuple[list[tuple[int, int]], list[PackedTable]]:
    """Put columns of one shape together into tables.

    Returns:
        For each column its table and its row in it; and the tables.
    """
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for number, shape in enumerate(shapes):
        groups[shape].append(number)
    places = [(0, 0)] * len(shapes)
    tables: list[PackedTable] = []
    for shape, members in groups.items():
        n_columns = max(_PIECES // max(sum(shape), 1), 1)
        for at in range(0, len(members), n_columns):
            chosen = members[at : at + n_columns]
            for row, number in enumerate(chosen):
                places[number] = (len(tables), row)
            tables.append(pack(chosen))
    return places, tables


def _baskets(found: Sequence[tuple[str, BasketLayout]], chosen: Sequence[int]) -> PackedTable:
    layouts = [found[number][1] for number in chosen]
    lengths = np.diff(_rows([each.stops for each in layouts]), axis=1)
    sizes, seeks = _rows([each.sizes_bytes for each in layouts]), _rows([each.seeks for each in layouts])
    n_baskets = sizes.shape[1]
    return packed_table([lengths], sizes, seeks), len(layouts), [n_baskets] * 3


def _pages(found: Sequence[tuple[int, PageColumn]], chosen: Sequence[int]) -> PackedTable:
    columns = [found[number][1] for number in chosen]
    n_elements, has_checksum = (
        _rows([each.n_elements for each in columns]),
        _rows([each.has_checksum for each in columns]),
    )
    steps = np.diff(_rows([each.pages for each in columns]), axis=1, prepend=0)
    sizes, seeks = _rows([each.sizes_bytes for each in columns]), _rows([each.seeks for each in columns])
    n_pages = sizes.shape[1]
    widths = [n_pages, n_pages, steps.shape[1], n_pages, n_pages]
    return packed_table([n_elements, has_checksum, steps], sizes, seeks), len(columns), widths


def _rows(arrays: Sequence[Any]) -> Numbers:
    return np.stack(arrays).astype(np.int64)


def _record(descr: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
    """Return the fields of a record as they were before JSON had them."""
    return tuple((*each[:2], tuple(each[2])) if len(each) > 2 else tuple(each) for each in descr)


def _told(embedded: Mapping[int, EmbeddedBasket]) -> dict[int, Any]:
    return {
        number: (base64.b85encode(each.data).decode(), None if each.offsets is None else each.offsets.tolist())
        for number, each in embedded.items()
    }


def _heard(embedded: Mapping[str, Any]) -> dict[int, EmbeddedBasket]:
    return {
        int(number): EmbeddedBasket(
            data=base64.b85decode(data), offsets=None if offsets is None else np.asarray(offsets, np.int32)
        )
        for number, (data, offsets) in embedded.items()
    }
