"""Evaluate a formula in Python on the entries of a block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import awkward as ak
import numpy as np

from overproof.analysis.draw.python.rows import Formula
from overproof.analysis.draw.python.typed import (
    Apply,
    Column,
    Constant,
    Decision,
    Filter,
    Lists,
    Pick,
    Typed,
)
from overproof.columns.kernels.jagged import Integers
from overproof.columns.kernels.python.elementwise import apply_kernel
from overproof.columns.kernels.python.lists import apply_function, choose, in_doubles, truth
from overproof.columns.kernels.python.picking import NoSuchElementError, as_flags, pick
from overproof.columns.kernels.python.values import Value, aligned, spread
from overproof.words.errors import BranchError, pointed_at

Columns = Mapping[str, Any]
"""Awkward arrays of doubles or booleans by name of the branch, one item for each entry of the block."""

REFUSALS = (ValueError, IndexError, TypeError)
"""What awkward raises for arrays that do not fit together."""


def compute(formula: Formula, columns: Columns, entries: Integers, *, name_entry: Callable[[int], str]) -> Value:
    """Compute a formula for some entries of a block; those that its masks leave come out.

    Args:
        formula: what to compute.
        columns: of the block.
        entries: places in the block, ascending.
        name_entry: writes the place of an entry in the block as a user knows it.

    Raises:
        BranchError: an entry has not what the formula asks for.
    """
    return _Evaluator(formula, columns, name_entry=name_entry).evaluate(formula.root, entries)


class _Evaluator:
    """One formula on one block."""

    def __init__(self, formula: Formula, columns: Columns, *, name_entry: Callable[[int], str]) -> None:
        self.formula = formula
        self.columns = columns
        self.name_entry = name_entry

    def evaluate(self, node: Typed, entries: Integers) -> Value:
        match node:
            case Constant():
                return Value(data=bool(node.value) if node.kind.element == "boolean" else node.value)
            case Column():
                array = self.columns[node.name]
                return Value(data=array if len(entries) == len(array) else array[entries], entries=entries)
            case Apply():
                return self.apply(node, entries)
            case Lists():
                return self.lists(node, entries)
            case Pick():
                return self.pick(node, entries)
            case Filter():
                return self.filter(node, entries)
            case Decision():
                return self.decide(node, entries)

    def apply(self, node: Apply, entries: Integers) -> Value:
        arguments, common = aligned([self.evaluate(argument, entries) for argument in node.arguments])
        try:
            data = apply_kernel(
                node.kernel,
                [argument.data for argument in arguments],
                makes_booleans=node.kind.element == "boolean",
            )
        except REFUSALS as error:
            raise self.lengths_differ(node, arguments, common, error) from None
        return Value(data=data, entries=common)

    def lists(self, node: Lists, entries: Integers) -> Value:
        given = [self.evaluate(argument, entries) for argument in node.arguments]
        arguments, common = aligned(given)
        if common is not None:
            arguments = [spread(argument, common) for argument in arguments]
        try:
            data = apply_function(node.function, [argument.data for argument in arguments], dict(node.options))
        except REFUSALS as error:
            raise self.lengths_differ(node, arguments, common, error) from None
        if node.function == "drop_none" and dict(node.options)["axis"] == 0 and common is not None:
            common = common[~as_flags(ak.is_none(arguments[0].data))]
        return Value(data=data, entries=common)

    def pick(self, node: Pick, entries: Integers) -> Value:
        base = spread(self.evaluate(node.base, entries), entries)
        present = entries if base.entries is None else base.entries
        try:
            return Value(data=pick(base.data, node.steps, entries=present), entries=present)
        except NoSuchElementError as error:
            raise self.error(
                f"{self.name_entry(error.entry)} has no element {error.place} here: choose entries that have one, by "
                "the cut or by a condition in brackets before, or write `ak.firsts(x)` or a slice",
                node,
            ) from None

    def filter(self, node: Filter, entries: Integers) -> Value:
        (base, index), common = aligned([self.evaluate(node.base, entries), self.evaluate(node.index, entries)])
        if common is None:
            raise self.error("constants have no elements", node)
        if node.index.kind.depth == 0:
            chosen = as_flags(spread(index, common).data)
            return Value(data=base.data[chosen], entries=common[chosen])
        is_mask = node.index.kind.element == "boolean"
        places = index.data if is_mask else ak.values_astype(index.data, np.int64)
        try:
            return Value(data=base.data[places], entries=common)
        except REFUSALS as error:
            raise self.lengths_differ(node, [base, index], common, error) from None

    def decide(self, node: Decision, entries: Integers) -> Value:
        condition = self.evaluate(node.condition, entries)
        present = condition.entries
        if present is None:
            side = node.yes if condition.data else node.no
            chosen = condition if side is None else self.evaluate(side, entries)
            return spread(chosen, entries) if node.kind.depth else chosen
        if node.kind.depth > 0:
            sides = (condition if side is None else self.evaluate(side, entries) for side in (node.yes, node.no))
            (condition, yes, no), common = aligned([condition, *sides])
            try:
                data = choose(condition.data, yes.data, no.data)
            except REFUSALS as error:
                raise self.lengths_differ(node, [condition, yes, no], common, error) from None
            return Value(data=as_kind(data, node), entries=common)
        return self.decide_by_entry(node, condition, present)

    def decide_by_entry(self, node: Decision, condition: Value, entries: Integers) -> Value:
        """Compute each side only for the entries that need it; those without a condition have no value."""
        is_known = ~as_flags(ak.is_none(condition.data))
        is_true = as_flags(truth(condition.data)) & is_known
        parts = [
            self.side(node.yes, condition, entries[is_true]),
            self.side(node.no, condition, entries[~is_true & is_known]),
        ]
        found = np.concatenate([part.entries for part in parts if part.entries is not None])
        data = ak.concatenate([part.data for part in parts])
        order = np.argsort(found, kind="stable")
        return Value(data=as_kind(data[order], node), entries=found[order])

    def side(self, side: Typed | None, condition: Value, entries: Integers) -> Value:
        if side is None:
            return condition.at(entries)
        return spread(self.evaluate(side, entries), entries)

    # -- what is said when entries do not have what is asked for ---------------------------------------------------

    def error(self, problem: str, node: Typed) -> BranchError:
        return BranchError(f"{problem}\n{pointed_at(self.formula.text, node.position)}")

    def lengths_differ(
        self, node: Typed, values: list[Value], entries: Integers | None, error: Exception
    ) -> BranchError:
        """Say which entry has lists of different lengths side by side."""
        lists = [value.data for value in values if isinstance(value.data, ak.Array) and value.data.ndim > 1]
        if entries is not None and len(lists) > 1:
            lengths = [np.asarray(ak.to_numpy(ak.fill_none(ak.num(each, axis=1), 0))) for each in lists]
            differs = np.any([each != lengths[0] for each in lengths[1:]], axis=0)
            if differs.any():
                place = int(np.argmax(differs))
                counts = " and ".join(str(each[place]) for each in lengths)
                return self.error(
                    f"{self.name_entry(int(entries[place]))} has lists of {counts} elements side by side here, which "
                    "awkward does not pair: write pairs with `x[:, :, np.newaxis]` and `y[:, np.newaxis, :]`, or take "
                    "one element of each",
                    node,
                )
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        return self.error(f"awkward cannot compute this: {reason}", node)


def as_kind(data: Any, node: Decision) -> Any:
    """Keep booleans only where a decision is between booleans."""
    return data if node.kind.element == "boolean" else in_doubles_of_all(data)


def in_doubles_of_all(data: Any) -> Any:
    """Turn every number and boolean into a double."""
    return ak.values_astype(in_doubles(data), np.float64)
