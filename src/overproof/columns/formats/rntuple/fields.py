"""The fields of an RNTuple by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from uproot.const import RNTupleFieldRole


class Fields:
    """All fields that have a name of their own, and their forms.

    uproot finds the children of a field by looking at every field there is, which costs seconds for two thousand of
    them; here the tree of fields is walked once.

    Args:
        ntuple: the RNTuple of uproot.
    """

    def __init__(self, ntuple: Any) -> None:
        self._ntuple = ntuple
        self.by_name: dict[str, Any] = {}
        self._above: dict[str, list[str]] = {}
        self._below: dict[str, list[str]] = {}
        self._forms: dict[str, tuple[Any, Sequence[str]]] = {}
        children: dict[int, list[int]] = {}
        for number, record in enumerate(ntuple.field_records):
            children.setdefault(-1 if record.parent_field_id == number else record.parent_field_id, []).append(number)
        for number in children.get(-1, ()):
            self._walk(number, children, above=[])
        self.leaves: Sequence[str] = tuple(name for name in self.by_name if not self._below[name])

    def _walk(self, number: int, children: dict[int, list[int]], *, above: list[str]) -> None:
        field = self._ntuple.all_fields[number]
        # What is inside of a variant can only be had through the variant.
        if field.in_variant:
            return
        if not field.is_anonymous:
            name = str(field.path)
            self.by_name.setdefault(name, field)
            self._below.setdefault(name, [])
            self._above.setdefault(name, above)
            for each in above:
                self._below[each].append(name)
            above = [*above, name]
        for child in children.get(number, ()):
            self._walk(child, children, above=above)

    def other_names(self) -> Iterator[tuple[str, str]]:
        """Give the last part of each name below another."""
        for name in self.leaves:
            if self._above[name]:
                yield name.rpartition(".")[2], name

    def typename(self, name: str) -> str:
        """Return the C++ type of a field."""
        return str(self.by_name[name].typename)

    def form(self, name: str) -> tuple[Any, Sequence[str]]:
        """Return the form of what must be read for a field, and the way from there to the field.

        A field inside of a collection is read together with the sizes of the collection.

        Raises:
            NotImplementedError, RuntimeError: uproot cannot read fields of this type.
        """
        if name not in self._forms:
            self._forms[name] = self._make_form(name)
        return self._forms[name]

    def _make_form(self, name: str) -> tuple[Any, Sequence[str]]:
        way = [*self._above[name], name]
        outermost = next((each for each in way if _has_dimension(self.by_name[each].record)), None)
        keys = [name, *self._below[name]]
        if outermost is None:
            return self._ntuple.field_form(self.by_name[name].field_id, keys), ()
        form = self._ntuple.field_form(self.by_name[outermost].field_id, [*keys, outermost])
        return form, [str(self.by_name[each].name) for each in way[way.index(outermost) + 1 :]]


def _has_dimension(record: Any) -> bool:
    return bool(record.struct_role == RNTupleFieldRole.COLLECTION or record.repetition > 0)
