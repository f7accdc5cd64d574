"""The fields of an RNTuple by name, and what each is made of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from overproof.columns.lean.doubt import DoubtError
from overproof.columns.lean.rntuple.records import (
    COLLECTION,
    LEAF,
    RECORD,
    STREAMER,
    VARIANT,
    ColumnRecord,
    FieldRecord,
)
from overproof.columns.native.pages.encodings import ENCODINGS
from overproof.words.frozen import dataclass

_MEMBER = re.compile(r"_[0-9]+")
_BASE_CLASS = re.compile(r":_[0-9]+")
_CHAR, _SWITCH = 0x02, 0x10
_OPTIONAL = "std::optional"
_CARDINALITY = "RNTupleCardinality"


class UnreadableError(Exception):
    """A field that cannot be read at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a field is made of.

    Attributes:
        kind: `"number"`, `"string"` or `"object"`, as in a schema.
        dtype: of numbers.
        n_jagged: number of dimensions of any length.
        fixed_shape: dimensions of fixed length behind these.
        columns: numbers of the columns of the first way in which each is written: on the way to the field, its own,
            and those of all that is in it.
        is_count: the lengths of lists, of which the last column has the ends.
    """

    kind: str
    dtype: str = ""
    n_jagged: int = 0
    fixed_shape: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    is_count: bool = False

    def in_list(self, column: int) -> Made:
        """Return a list of this in place of one."""
        if self.kind == "object":
            return _object((column, *self.columns))
        return Made(
            kind=self.kind, dtype=self.dtype, n_jagged=self.n_jagged + 1, fixed_shape=self.fixed_shape,
            columns=(column, *self.columns), is_count=self.is_count,
        )  # fmt: skip

    def in_array(self, length: int) -> Made:
        """Return an array of this in place of one; arrays of anything but numbers are objects."""
        if self.kind != "number" or self.n_jagged:
            return _object(self.columns)
        return Made(
            kind="number", dtype=self.dtype, fixed_shape=(length, *self.fixed_shape), columns=self.columns,
            is_count=self.is_count,
        )  # fmt: skip


class Fields:
    """All fields that have a name of their own, in the order of the tree of fields.

    Names are those that uproot gives.

    Args:
        fields: of the RNTuple.
        columns: of the RNTuple.

    Attributes:
        leaves: names of those that have no named field inside, in order.
        wholes: names of all.

    Raises:
        DoubtError: two fields of one name.
    """

    def __init__(self, fields: Sequence[FieldRecord], columns: Sequence[ColumnRecord]) -> None:
        self._fields = fields
        self._columns: dict[int, list[ColumnRecord]] = defaultdict(list)
        for column in columns:
            if column.way == 0:
                self._columns[column.field].append(column)
        self._children: dict[int, list[int]] = defaultdict(list)
        self._outermost: list[int] = []
        for number, field in enumerate(fields):
            (self._outermost if field.parent == number else self._children[field.parent]).append(number)
        self._numbers: dict[str, int] = {}
        self._above: dict[int, str] = {}
        holders = set()
        for number in self._outermost:
            for name, found, above in self._named(number, ""):
                if name in self._numbers:
                    raise DoubtError(f"two fields of the name {name}")
                self._numbers[name] = found
                self._above[found] = above
                holders.add(above)
        self.wholes = tuple(self._numbers)
        self.leaves = tuple(name for name in self._numbers if name not in holders)

    def others(self) -> Iterator[tuple[str, str]]:
        """Give the last part of each name below another."""
        for name in self.leaves:
            if self._above[self._numbers[name]]:
                yield name.rpartition(".")[2], name

    def typename(self, name: str) -> str:
        """Return the C++ type of a field."""
        return self._fields[self._numbers[name]].typename

    def record(self, name: str) -> FieldRecord:
        """Return what is known of a field."""
        return self._fields[self._numbers[name]]

    def made(self, name: str) -> Made:
        """Return what a field is made of; one inside of lists is a list.

        Raises:
            UnreadableError: it cannot be read.
            DoubtError: something that is not known here.
        """
        number = self._numbers[name]
        way = [number]
        while self._fields[way[-1]].parent != way[-1]:
            way.append(self._fields[way[-1]].parent)
        made = self._own(number)
        for each in way[1:]:
            field = self._fields[each]
            if field.role == COLLECTION:
                made = self._in_collection(each, made)
            elif field.repetition:
                made = made.in_array(field.repetition)
        return made

    def _named(self, number: int, above: str) -> Iterator[tuple[str, int, str]]:
        """Give the fields in one, and itself, that have a name, each with the name of what it is in."""
        field = self._fields[number]
        if not self._is_anonymous(field):
            own = field.name[1:] if self._is_in(field, RECORD) and _MEMBER.fullmatch(field.name) else field.name
            name = f"{above}.{own}" if above else own
            yield name, number, above
            above = name
        # What is inside of a variant can only be had through the variant.
        if field.role != VARIANT:
            for child in self._children.get(number, ()):
                yield from self._named(child, above)

    def _is_in(self, field: FieldRecord, role: int) -> bool:
        return field.parent != field.number and self._fields[field.parent].role == role

    def _is_anonymous(self, field: FieldRecord) -> bool:
        if field.parent == field.number:
            return False
        parent = self._fields[field.parent]
        if parent.role in (COLLECTION, VARIANT) or parent.repetition:
            return True
        if parent.role == LEAF:
            return field.name == "_0"
        return parent.role == RECORD and _BASE_CLASS.fullmatch(field.name) is not None

    def _own(self, number: int) -> Made:
        """Return what a field is made of, as if it were outermost."""
        field = self._fields[number]
        children = self._children.get(number, ())
        if field.role == LEAF and field.repetition:
            # std::bitset has no field inside.
            inner = self._own(children[0]) if children else self._leaf(number)
            return inner.in_array(field.repetition)
        if field.role == LEAF:
            return self._leaf(number)
        if field.role == COLLECTION:
            if len(children) != 1:
                raise DoubtError(f"a collection of {len(children)} fields")
            return self._in_collection(number, self._own(children[0]))
        if field.role == STREAMER:
            raise UnreadableError("a field that is not split")
        inside = [column for child in children for column in self._own(child).columns]
        if field.role == VARIANT:
            inside = [self._switch(number), *inside]
        return _object(tuple(inside))

    def _in_collection(self, number: int, inner: Made) -> Made:
        field = self._fields[number]
        columns = self._columns.get(field.source)
        if not columns:
            raise UnreadableError("a collection without ends")
        if self._fields[field.source].typename.startswith(_OPTIONAL):
            return _object((columns[0].number, *inner.columns))
        return inner.in_list(columns[0].number)

    def _switch(self, number: int) -> int:
        columns = self._columns.get(self._fields[number].source, ())
        if len(columns) != 1 or columns[0].encoding != _SWITCH:
            raise DoubtError("a variant without its switch")
        return columns[0].number

    def _leaf(self, number: int) -> Made:
        """Return what a field of one or two columns is made of."""
        source = self._fields[number].source
        if source not in self._columns and len(self._children.get(source, ())) == 1:
            # Atomic numbers and enumerations have no column, but one field inside.
            source = self._children[source][0]
        columns = self._columns.get(source, [])
        if len(columns) == 2 and columns[1].encoding == _CHAR:
            return Made(kind="string", columns=(columns[0].number, columns[1].number))
        if len(columns) != 1:
            raise UnreadableError(f"a field of {len(columns)} columns")
        (column,) = columns
        encoding = ENCODINGS.get(column.encoding)
        is_count = _CARDINALITY in self._fields[number].typename
        if encoding is None or encoding.is_index != is_count:
            raise DoubtError(f"a field with a column of type {column.encoding}")
        return Made(kind="number", dtype=encoding.dtype, columns=(column.number,), is_count=is_count)


def _object(columns: tuple[int, ...]) -> Made:
    return Made(kind="object", columns=columns)
