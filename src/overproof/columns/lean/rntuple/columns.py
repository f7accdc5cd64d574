"""Where the columns of an RNTuple lie, told for those that are asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from overproof.columns.layouts import FieldLayout, PageColumn
from overproof.columns.lean.rntuple.fields import Fields, Made, UnreadableError
from overproof.columns.lean.rntuple.page_lists import PageTable
from overproof.columns.lean.rntuple.records import ColumnRecord, Records
from overproof.columns.native.pages.encodings import ENCODINGS


class Ways:
    """The several ways in which a field may be written, one in each cluster.

    Args:
        columns: of the RNTuple.
    """

    def __init__(self, columns: Sequence[ColumnRecord]) -> None:
        self._by_way: dict[tuple[int, int], list[ColumnRecord]] = defaultdict(list)
        for column in columns:
            self._by_way[column.field, column.way].append(column)

    def others(self, column: ColumnRecord) -> list[ColumnRecord] | None:
        """Return what stands for a column in the other ways; None where nothing does."""
        if (column.field, 1) not in self._by_way:
            return []
        own, found = self._by_way[column.field, 0], []
        at, way = own.index(column), 1
        while others := self._by_way.get((column.field, way)):
            if len(others) != len(own) or others[at].encoding not in ENCODINGS:
                return None
            found.append(others[at])
            way += 1
        return found

    def is_native(self, column: ColumnRecord) -> bool:
        """Tell whether a column can be read natively, in whichever way it is written."""
        encoding, others = ENCODINGS.get(column.encoding), self.others(column)
        if encoding is None or others is None:
            return False
        found = [ENCODINGS[other.encoding] for other in others]
        if encoding.is_index or any(each.is_index for each in found):
            return encoding.is_index and all(each.is_index for each in found)
        # What is written first decides the type, and must have room for the others.
        return not found or np.result_type(encoding.dtype, *(each.dtype for each in found)) == encoding.dtype


class FieldLayouts(Mapping[str, FieldLayout]):
    """The fields that can be read natively, by name; what each is made of is found out when it is asked for.

    Args:
        fields: of the RNTuple.
        columns: of the RNTuple.
        ways: in which these are written.
    """

    def __init__(self, fields: Fields, columns: Sequence[ColumnRecord], ways: Ways) -> None:
        self._fields = fields
        self._columns = columns
        self._ways = ways
        self._leaves = frozenset(fields.leaves)
        self._made: dict[str, Made] = {}
        self._layouts: dict[str, FieldLayout | None] = {}

    def made(self, name: str) -> Made:
        """Return what a field is made of, be it native or not."""
        found = self._made.get(name)
        if found is None:
            try:
                found = self._fields.made(name)
            except UnreadableError:
                found = Made(kind="object")
            self._made[name] = found
        return found

    def __getitem__(self, name: str) -> FieldLayout:
        if name not in self._layouts:
            self._layouts[name] = self._layout(self.made(name)) if name in self._leaves else None
        layout = self._layouts[name]
        if layout is None:
            raise KeyError(name)
        return layout

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._fields.leaves if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _layout(self, made: Made) -> FieldLayout | None:
        columns = [self._columns[number] for number in made.columns]
        if made.kind != "number" or not all(map(self._ways.is_native, columns)):
            return None
        if any(column.first_element for column in columns[1:]):
            # What is in lists has no place in which it could have begun later.
            return None
        return FieldLayout(dtype=made.dtype, fixed_shape=made.fixed_shape, columns=made.columns, is_count=made.is_count)


class PageColumns(Mapping[int, PageColumn]):
    """The physical columns, by number; the pages of each are put together when it is asked for.

    Args:
        records: of the RNTuple.
        pages: of the RNTuple.
        ways: in which columns are written.
    """

    def __init__(self, records: Records, pages: PageTable, ways: Ways) -> None:
        self._records = records
        self._pages = pages
        self._ways = ways

    def __getitem__(self, number: int) -> PageColumn:
        if number not in range(len(self)):
            raise KeyError(number)
        record, pages = self._records.columns[number], self._pages
        bounds = pages.bounds[number]
        which = slice(int(bounds[0]), int(bounds[-1]))
        others = (self._ways.others(record) or []) if record.way == 0 else []
        return PageColumn(
            encoding=record.encoding,
            n_bits=record.n_bits,
            value_range=record.value_range,
            n_elements=pages.n_elements[which],
            seeks=pages.seeks[which],
            sizes_bytes=pages.sizes_bytes[which],
            has_checksum=pages.has_checksum[which],
            pages=bounds - bounds[0],
            first_element=record.first_element if record.way == 0 else 0,
            others=tuple(each.number for each in others),
            what=f"field {self._records.fields[record.field].name}",
        )

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self)))

    def __len__(self) -> int:
        return len(self._records.columns)
