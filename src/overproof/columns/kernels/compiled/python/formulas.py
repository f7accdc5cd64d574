"""Write the value of a formula in Python for an entry: see `kernels/python/evaluate.py` for the rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from overproof.analysis.draw.python.rows import Formula, PythonRows, all_columns
from overproof.analysis.draw.python.typed import (
    Apply,
    Column,
    Constant,
    Decision,
    Filter,
    Lists,
    Pick,
    Typed,
    moved,
)
from overproof.columns.kernels.compiled.columns import Kinds, WrittenColumn
from overproof.columns.kernels.compiled.python.columns import write_branch
from overproof.columns.kernels.compiled.python.contents import (
    Content,
    Held,
    Listing,
    NotWrittenError,
    Number,
    all_of,
    emptied,
    is_there,
)
from overproof.columns.kernels.compiled.python.lists import ListFunctions, beside_entries, choose
from overproof.columns.kernels.compiled.python.picking import Picker, pick_step
from overproof.columns.kernels.compiled.python.scratch import Scratch
from overproof.columns.kernels.compiled.python.together import check_items, write_elements
from overproof.columns.machine.writer import NO, YES, Value, Writer

CHEAP = frozenset({"add", "subtract", "multiply", "negative", "identity", "abs", "square", "logical_not"}) | {
    "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "both", "either", "one_of_two",
}  # fmt: skip
"""Functions that are computed again rather than kept."""


class EntryFormulas:
    """Writes formulas for one entry.

    Args:
        writer: of the function.
        columns: by name of the branch.
        entry: in the block.
    """

    def __init__(self, writer: Writer, columns: Mapping[str, WrittenColumn], entry: Value) -> None:
        self._writer = writer
        self._columns = columns
        self._entry = entry
        self._scratch = writer.known(("scratch", entry), lambda: Scratch(writer))
        self._lists = ListFunctions(writer, self._scratch)

    def branch(self, column: WrittenColumn, place: Value) -> Content:
        """Write what a branch has here."""
        return write_branch(self._writer, column, place)

    def held(self, formula: Formula) -> Held:
        """Write a formula.

        Raises:
            NotWrittenError: only the interpreter knows what is in it.
        """
        return self._held(moved(formula.root, position=0))

    def _held(self, node: Typed) -> Held:
        """Write a node, and compare the lengths of all lists that stand side by side in it."""
        if not isinstance(node, Apply):
            return self._unchecked(node)
        return self._writer.known(("checked", node, self._entry), lambda: self._checked(node))

    def _checked(self, node: Apply) -> Held:
        held = self._unchecked(node)
        if isinstance(held.content, Listing):
            check_items(self._writer, held.content)
        return held

    def _unchecked(self, node: Typed) -> Held:
        return self._writer.known(("python", node, self._entry), lambda: self._write(node))

    def _write(self, node: Typed) -> Held:
        if next(all_columns(node), None) is None:
            return self._constant(node)
        match node:
            case Column():
                return Held(content=self.branch(self._columns[node.name], self._entry))
            case Apply():
                return self._apply(node)
            case Lists():
                return self._list_function(node)
            case Pick():
                return self._pick(node)
            case Filter():
                return self._filter(node)
            case Decision():
                return self._decision(node)
            case Constant():
                return self._constant(node)

    def _constant(self, node: Typed) -> Held:
        """Write what is the same number everywhere."""
        if isinstance(node, Apply):
            return replace(self._apply(node), is_constant=True)
        value = node.value if isinstance(node, Constant) else constant_value(node)
        return Held(content=Number(data=self._writer.double(value)), is_constant=True)

    def _aligned(self, nodes: Sequence[Typed]) -> tuple[list[Content], Value | None]:
        """Write what stands side by side, empty where one of them is not present."""
        return self._emptied([self._held(node) for node in nodes])

    def _emptied(self, helds: Sequence[Held]) -> tuple[list[Content], Value | None]:
        writer = self._writer
        present = all_of(writer, *(held.present for held in helds))
        contents = [
            held.content if held.present is present else emptied(writer, held.content, present) for held in helds
        ]
        return contents, present

    def _apply(self, node: Apply) -> Held:
        contents, present = self._emptied([self._unchecked(argument) for argument in node.arguments])
        is_boolean = node.kind.element == "boolean"
        content = write_elements(self._writer, node.kernel, contents, makes_booleans=is_boolean)
        if present is not None or content.none is not None:  # nobody goes through all lists of the arguments then
            for argument in node.arguments:
                self._held(argument)
        return Held(content=content, present=present)

    def _list_function(self, node: Lists) -> Held:
        contents, present = self._aligned(node.arguments)
        options = dict(node.options)
        is_boolean = node.arguments[0].kind.element == "boolean"
        if node.function == "drop_none" and options["axis"] == 0:
            present = all_of(self._writer, present, is_there(self._writer, contents[0]))
        found = self._lists.write(node.function, contents, options, is_boolean=is_boolean)
        return Held(content=found, present=present)

    def _pick(self, node: Pick) -> Held:
        held = self._held(node.base)
        content = held.content
        makes_axis = any(step.at is None and step.bounds is None for step in node.steps)
        if makes_axis and isinstance(content, Listing) and not is_cheap(node.base):
            content = self._scratch.keep(content)
        for step in node.steps:
            content = pick_step(self._writer, content, step, held.present)
        return Held(content=emptied(self._writer, content, held.present), present=held.present)

    def _filter(self, node: Filter) -> Held:
        writer = self._writer
        (base, index), present = self._aligned([node.base, node.index])
        if node.index.kind.depth:
            picker = Picker(writer, self._scratch, is_mask=node.index.kind.element == "boolean")
            return Held(content=picker.pick(base, index), present=present)
        flag = self._is_true(index)
        present = all_of(writer, present, flag)
        return Held(content=emptied(writer, base, present), present=present)

    def _is_true(self, content: Content) -> Value:
        """Write whether a number is there, and not 0; NaN is not 0."""
        assert isinstance(content, Number)
        writer = self._writer
        flag = writer.compare("!=", content.data, writer.double(0.0))
        return writer.both(flag, is_there(writer, content))

    # -- decisions -------------------------------------------------------------------------------------------------

    def _decision(self, node: Decision) -> Held:
        writer = self._writer
        condition = self._held(node.condition)
        if condition.is_constant:
            side = self._constant_side(node)
            return Held(content=side.content, present=side.present)
        if node.kind.depth == 0:
            return self._by_entry(node, condition)
        parts = [node.condition, node.yes or node.condition, node.no or node.condition]
        contents, present = self._aligned(parts)
        has_plain = any(
            isinstance(content, Number) and not self._held(part).is_constant
            for content, part in zip(contents, parts, strict=True)
        )
        contents = beside_entries(writer, contents, has_plain=has_plain)
        return Held(content=choose(writer, *contents), present=present)

    def _constant_side(self, node: Decision) -> Held:
        side = node.yes if constant_value(node.condition) else node.no
        return self._held(node.condition if side is None else side)

    def _by_entry(self, node: Decision, condition: Held) -> Held:
        """Write each side only for the entries that need it; those without a condition have no value."""
        writer = self._writer
        assert isinstance(condition.content, Number)
        flag = writer.compare("!=", condition.content.data, writer.double(0.0))
        known = is_there(writer, condition.content)
        is_known = known if condition.present is None else writer.both(known, condition.present)

        def side(part: Typed | None) -> Callable[[], list[Value]]:
            def write() -> list[Value]:
                held = condition if part is None else self._held(part)
                if not isinstance(held.content, Number):
                    raise NotWrittenError("a list for an entry")
                none = NO if held.content.none is None else held.content.none
                return [held.content.data, none, YES if held.present is None else held.present]

            return write

        def nothing() -> list[Value]:
            return [writer.double(0.0), NO, NO]

        def decided() -> list[Value]:
            return list(writer.decide(flag, side(node.yes), side(node.no)))

        data, none, present = writer.decide(is_known, decided, nothing)
        return Held(content=Number(data=data, none=none), present=present)


class ElementFormulas(EntryFormulas):
    """Writes formulas for one element of lists that share their offsets; `entry` is its place in all of them."""

    def branch(self, column: WrittenColumn, place: Value) -> Content:
        """Write the element of a branch."""
        return Number(data=column.value(place))


def shared_lists(rows: PythonRows, kinds: Kinds) -> str | None:
    """Return the name of the offsets of all lists of some rows that go element by element; None: they do not."""
    formulas = [formula for formula in (*rows.values, rows.cut, rows.weight) if formula is not None]
    if not all(_is_elementwise(formula.root) for formula in formulas):
        return None
    of_all = dict(kinds)
    lists = {(of_all[name].offsets, of_all[name].fixed_shape) for name in rows.columns}
    (offsets, fixed), *others = lists or {((), ())}
    # Formulas without a branch have one row an entry: they never stand alone here.
    is_shared = len(offsets) == 1 and not fixed and not others
    return offsets[0] if is_shared else None


def _is_elementwise(node: Typed) -> bool:
    if isinstance(node, Apply):
        return all(map(_is_elementwise, node.arguments))
    return isinstance(node, Constant | Column)


def constant_value(node: Typed) -> float:
    """Let the interpreter compute what is the same number everywhere.

    Raises:
        NotWrittenError: it is a list.
    """
    from overproof.columns.kernels.python.evaluate import compute  # stands on awkward, which takes long to load

    found = compute(Formula(root=node, text=""), {}, np.arange(0), name_entry=lambda _: "no entry")
    if found.entries is not None:
        raise NotWrittenError("lists without a branch")
    return float(found.data)


def is_cheap(node: Typed) -> bool:
    """Tell whether an element may as well be computed wherever it is used."""
    match node:
        case Constant() | Column():
            return True
        case Apply():
            return node.kernel in CHEAP and all(is_cheap(argument) for argument in node.arguments)
        case Pick():
            return is_cheap(node.base)
    return False
