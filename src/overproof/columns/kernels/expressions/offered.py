"""What an expression may name in the events that a selector gives it, and of how many entries they may be a part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from overproof.columns.views import View, added_columns, file_of
from overproof.columns.views.kinds import is_array
from overproof.records.schema import Branch, Schema
from overproof.words.errors import OptionError
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What events offer.

    Attributes:
        schema: of their file; of an awkward array, its own fields.
        added: columns that the selector has added; they stand before the file's.
        n_entries: of the dataset, as if all of its files had as many as theirs; of an array, its own.
    """

    schema: Schema
    added: tuple[Branch, ...]
    n_entries: int

    @property
    def flags(self) -> frozenset[str]:
        """Return the names of branches of booleans."""
        return frozenset(branch.name for branch in self.all_branches().branches if branch.dtype == "bool")

    def all_branches(self) -> Schema:
        """Return the schema with what was added."""
        if not self.added:
            return self.schema
        names = {branch.name for branch in self.added}
        kept = (branch for branch in self.schema.branches if branch.name not in names)
        return replace(self.schema, branches=(*self.added, *kept))


def offer_of(events: Any) -> Offer:
    """Tell what events offer.

    Args:
        events: of a block, or fewer of them; or an awkward record array.

    Raises:
        OptionError: they are something else.
    """
    if isinstance(events, View):
        schema, n_entries = file_of(events)
        added = tuple(_described(name, array) for name, array in added_columns(events).items())
        return Offer(schema=schema, added=added, n_entries=n_entries)
    if is_array(events) and events.fields:
        branches = tuple(_described(name, events[name]) for name in events.fields)
        schema = Schema(tree="array", format="awkward", branches=branches)
        return Offer(schema=schema, added=(), n_entries=len(events))
    raise OptionError(
        f"an expression is computed from the events of a block or a record array of awkward, not from {type(events)!r}"
    )


def _described(name: str, array: Any) -> Branch:
    """Describe a column that is an awkward array; what holds no plain numbers or texts is an object."""
    typename = str(array.type.content)
    form, n_jagged, fixed_shape = array.layout.form, 0, []
    while not form.is_numpy:
        if form.parameter("__array__") == "string":
            return Branch(name=name, typename=typename, kind="string", n_jagged=n_jagged)
        if form.is_regular:
            fixed_shape.append(form.size)
        elif form.is_list and not fixed_shape:
            n_jagged += 1
        elif not form.is_indexed or form.is_option:
            return Branch(name=name, typename=typename, kind="object")
        form = form.content
    return Branch(
        name=name,
        typename=typename,
        kind="number",
        dtype=np.dtype(form.primitive).name,
        n_jagged=n_jagged,
        fixed_shape=(*fixed_shape, *form.inner_shape),
    )
