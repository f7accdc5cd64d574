"""What an expression may name in the events that a selector gives it, and of how many entries they may be a part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from overproof.columns.views import View, added_columns, defaults_of, file_of
from overproof.columns.views.kinds import is_array
from overproof.records.schema import Branch, Schema
from overproof.words.errors import OptionError
from overproof.words.frozen import dataclass

_MAY_BE_NONE = "(some may be None: put numbers there with ak.fill_none, or lists with ak.singletons)"

_COUNT_TIMES = "(give a number: divide what has passed by a unit of time)"
_NO_NUMBERS = {
    "c": "(complex: give the real part, the imaginary one or the absolute value)",
    "m": _COUNT_TIMES,
    "M": _COUNT_TIMES,
}
"""What to do with columns of types that do not become doubles, by the kind that numpy gives them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What events offer.

    Attributes:
        schema: of their file; of an awkward array, its own fields.
        added: columns that the selector has added, which stand before the file's, and those that it has defaults of.
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
        beside = _defaults(events) | added_columns(events)
        added = tuple(_described(name, array) for name, array in beside.items())
        return Offer(schema=schema, added=added, n_entries=n_entries)
    if is_array(events) and events.fields:
        branches = tuple(_described(name, events[name]) for name in events.fields)
        schema = Schema(tree="array", format="awkward", branches=branches)
        return Offer(schema=schema, added=(), n_entries=len(events))
    raise OptionError(
        f"an expression is computed from the events of a block or a record array of awkward, not from {type(events)!r}"
    )


def _defaults(events: View) -> dict[str, Any]:
    """Return arrays with the default of each branch that the file lacks; of one entry, or as long as the events."""
    defaults = defaults_of(events)
    if not defaults:
        return {}
    import awkward as ak

    return {name: ak.Array([value]) for name, value in defaults.items()}


def _described(name: str, array: Any) -> Branch:
    """Describe a column that is an awkward array; what holds no plain numbers or texts is an object, and says why."""
    typename = str(array.type.content)
    form, n_jagged, fixed_shape = array.layout.form, 0, []
    while not form.is_numpy and not form.is_unknown:
        if form.parameter("__array__") == "string":
            return Branch(name=name, typename=typename, kind="string", n_jagged=n_jagged)
        if form.is_regular:
            fixed_shape.append(form.size)
        elif form.is_list and not fixed_shape:
            n_jagged += 1
        elif form.is_option or not form.is_indexed:
            mending = f" {_MAY_BE_NONE}" if form.is_option else ""
            return Branch(name=name, typename=typename + mending, kind="object")
        form = form.content
    dtype = np.dtype(np.float64 if form.is_unknown else form.primitive)  # of lists that are empty, all of them
    if dtype.kind in _NO_NUMBERS:
        return Branch(name=name, typename=f"{typename} {_NO_NUMBERS[dtype.kind]}", kind="object")
    inner_shape = () if form.is_unknown else form.inner_shape
    return Branch(
        name=name,
        typename=typename,
        kind="number",
        dtype=dtype.name,
        n_jagged=n_jagged,
        fixed_shape=(*fixed_shape, *inner_shape),
    )
