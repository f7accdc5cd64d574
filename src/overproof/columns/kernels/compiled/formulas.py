"""Write the value of a formula in a pass: see `kernels/evaluate.py` for the rules."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from overproof.analysis.draw.looping import Multiplicity, all_leaves, has_one_value, multiplicity, own_nodes
from overproof.analysis.draw.rows import Rows
from overproof.analysis.draw.typed import (
    Aggregate,
    Alternative,
    Constant,
    Decision,
    EntryNumber,
    Formula,
    Leaf,
    LoopIteration,
    LoopLength,
    Operation,
    Size,
    Text,
    TextOperation,
    Typed,
)
from overproof.columns.kernels.compiled.columns import Kinds, WrittenColumn
from overproof.columns.kernels.compiled.functions import write_function
from overproof.columns.kernels.compiled.functions.texts import write_contains, write_length, write_text
from overproof.columns.kernels.compiled.loops.counted import Counted
from overproof.columns.kernels.compiled.loops.flat import FlatLoop, shared_offsets
from overproof.columns.kernels.compiled.loops.leaves import locate
from overproof.columns.kernels.compiled.loops.loop import EntryLoop, Pass
from overproof.columns.kernels.compiled.loops.passes import lay_out
from overproof.columns.kernels.compiled.nodes import NodeNumbers
from overproof.columns.machine.writer import NO, YES, Value, Variable, Writer
from overproof.words.frozen import dataclass

TWO_TO_31 = 2.0**31


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Value of a part of a formula, and the flag that it reads what is not there; None: it reads nothing like that."""

    data: Value
    missing: Value | None = None


class Formulas:
    """Writes formulas of one plan or of several.

    Args:
        writer: of the function.
        columns: by name.
        kinds: what they are.
        by_entry: names of the numbers of entries that differ from entry to entry.
    """

    def __init__(
        self, writer: Writer, columns: Mapping[str, WrittenColumn], *, kinds: Kinds, by_entry: frozenset[str]
    ) -> None:
        self.writer = writer
        self.columns = columns
        self.by_entry = by_entry
        self.nodes = NodeNumbers()
        self._kinds = kinds
        self._counted: dict[int, Counted] = {}

    def loop_of(self, formulas: Sequence[Formula], entry: Value) -> EntryLoop:
        """Lay out the loop that formulas share in an entry."""
        return self.writer.known(
            ("loop", tuple(map(self.nodes.of, formulas)), entry),
            lambda: lay_out(self.writer, formulas, self.columns, entry, read_place=self.place),
        )

    def evaluate(self, formula: Formula, loop: EntryLoop, at: Pass) -> Value:
        """Write a formula in a pass; NaN where it reads an element that is not there.

        A formula without arrays that loop is computed in the first pass of each entry only, as in ROOT.
        """
        if multiplicity(formula) is Multiplicity.ONCE and not has_one_value(formula):
            at = self.writer.known(("first pass", loop), lambda: loop.at(self.writer.integer(0)))
        return self.compute(formula, loop, at)

    def compute(self, formula: Formula, loop: EntryLoop, at: Pass, *, is_loaded: bool = True) -> Value:
        """Write a formula in a pass, whatever it is made of; `is_loaded` as in `kernels/evaluate.py`."""
        part = _Walker(self, formula, loop, at, is_loaded=is_loaded).part(formula.root)
        if part.missing is None:
            return part.data
        return self.writer.select(part.missing, self.writer.double(float("nan")), part.data)

    def place(self, index: Formula, entry: Value, number: Value, *, is_loaded: bool = True) -> Value:
        """Write an index in a pass of its own loop; towards zero, and what is no number of 32 bits is negative."""
        writer = self.writer
        loop = self.loop_of([index], entry)
        value = self.compute(index, loop, loop.at(number), is_loaded=is_loaded)
        fits = writer.compare("<", writer.intrinsic("fabs", value), writer.double(TWO_TO_31))
        return writer.towards_zero(writer.select(fits, value, writer.double(-1.0)))

    def prepare(self, formula: Formula, entry: Value) -> None:
        """Write now what a formula needs once for an entry and what takes a loop, so that no pass repeats it."""
        for node in own_nodes(formula.root):
            if isinstance(node, Aggregate):
                self.aggregate(node, entry)

    def count_beforehand(self, rows: Sequence[Rows]) -> None:
        """Write the counts that every entry needs; before entries are gone through."""
        for each in rows:
            needed = each.values if each.selection is None else (each.selection,)
            for node in (node for formula in needed for node in needed_nodes(formula.root)):
                number = self.nodes.of(node)
                if isinstance(node, Aggregate) and number not in self._counted:
                    self._count(node, number)

    def _count(self, node: Aggregate, number: int) -> None:
        offsets = shared_offsets([node.formula], self._kinds)
        if node.kind != "sum" or offsets is None or not is_boolean(node.formula.root):
            return
        column = next(all_leaves(node.formula.root)).column
        counted = self._counted[number] = Counted(self.writer, number, offsets=offsets, column=column)

        def is_true(position: Value) -> Value:
            loop = FlatLoop(self.writer, position)
            with loop.passes() as at:
                return self.writer.compare("!=", self.compute(node.formula, loop, at), self.writer.double(0.0))

        counted.write(is_true)

    # -- aggregates ------------------------------------------------------------------------------------------------

    def aggregate(self, node: Aggregate, entry: Value) -> Value:
        """Write a formula with a loop of its own as one number for the entry; 0 where it makes no pass."""
        return self.writer.known(("aggregate", self.nodes.of(node), entry), lambda: self._aggregate(node, entry))

    def _aggregate(self, node: Aggregate, entry: Value) -> Value:
        writer = self.writer
        if (counted := self._counted.get(self.nodes.of(node))) is not None:
            return counted.of(entry)
        formulas = [node.formula] if node.condition is None else [node.formula, node.condition]
        loop = self.loop_of(formulas, entry)
        if node.kind == "length":
            return writer.as_double(loop.count)
        self.prepare(node.formula, entry)
        result = Variable(writer, writer.double(0.0))
        is_first = Variable(writer, YES)
        with loop.passes() as at, self._chosen(node.condition, loop, at):
            value = self.compute(node.formula, loop, at)
            if node.kind == "sum":
                result.set(writer.builder.fadd(result.get(), value))
            else:
                result.set(self._extreme(node.kind, result.get(), value, is_first.get()))
                is_first.set(NO)
        return result.get()

    def _chosen(self, condition: Formula | None, loop: EntryLoop, at: Pass) -> Any:
        if condition is None:
            return nullcontext()
        writer = self.writer
        return writer.when(writer.compare("!=", self.compute(condition, loop, at), writer.double(0.0)))

    def _extreme(self, kind: str, before: Value, value: Value, is_first: Value) -> Value:
        """Keep the larger or the smaller; NaN only where the first is NaN, since ROOT starts with it."""
        writer = self.writer
        is_better = writer.compare(">" if kind == "max" else "<", value, before)
        positive_zero = writer.builder.fadd(value, writer.double(0.0))
        return writer.select(writer.either(is_first, is_better), positive_zero, before)


class _Walker:
    """One formula in one pass."""

    def __init__(self, formulas: Formulas, formula: Formula, loop: EntryLoop, at: Pass, *, is_loaded: bool) -> None:
        self.formulas = formulas
        self.writer = formulas.writer
        self.loop = loop
        self.at = at
        self.is_loaded = is_loaded
        self.loads_indices = is_loaded and multiplicity(formula) is Multiplicity.VARIABLE

    def part(self, node: Typed) -> Part:
        key = (self.formulas.nodes.of(node), self.loop, self.at, self.is_loaded, self.loads_indices)
        return self.writer.known(key, functools.partial(self.write, node))

    def write(self, node: Typed) -> Part:
        writer, entry = self.writer, self.at.entry
        match node:
            case Constant():
                return Part(data=writer.double(node.value))
            case Leaf():
                return self.leaf(node)
            case Text():
                return Part(data=write_text(writer, node.value))
            case Operation():
                return self.operation(node)
            case TextOperation():
                return self.text_operation(node)
            case Size():
                return Part(data=writer.as_double(self.formulas.columns[node.leaf.column].length(0, entry)))
            case Decision():
                return self.decision(node)
            case Aggregate():
                return Part(data=self.formulas.aggregate(node, entry))
            case Alternative():
                return self.alternative(node)
            case EntryNumber():
                return Part(data=self.entry_number(node))
            case LoopLength():
                return Part(data=writer.as_double(self.loop.count))
            case LoopIteration():
                return Part(data=writer.as_double(self.at.number))

    def entry_number(self, node: EntryNumber) -> Value:
        name = f"number {node.kind}"
        if node.kind not in self.formulas.by_entry:
            return self.writer.real(name)
        return self.writer.read_double(self.writer.array(name, "f8"), self.at.entry)

    def leaf(self, leaf: Leaf) -> Part:
        writer, column = self.writer, self.formulas.columns[leaf.column]
        if self.at.position is not None:
            return Part(data=column.value(self.at.position))
        if not leaf.indices:
            return Part(data=column.value(self.at.entry))
        first_only = leaf.n_jagged == 1 and not self.is_loaded
        place = locate(
            writer, leaf, column, self.loop, self.at, read_place=self.index_place, first_only=first_only
        )  # fmt: skip
        position = writer.select(place.missing, writer.integer(0), place.position)
        return Part(data=column.value(position), missing=place.missing)

    def index_place(self, index: Formula, entry: Value, number: Value) -> Value:
        return self.formulas.place(index, entry, number, is_loaded=self.loads_indices)

    def operation(self, node: Operation) -> Part:
        parts = list(map(self.part, node.arguments))
        data = write_function(self.writer, node.kernel, [part.data for part in parts])
        return Part(data=data, missing=self.either(*(part.missing for part in parts)))

    def either(self, *flags: Value | None) -> Value | None:
        found = None
        for flag in flags:
            if flag is not None:
                found = flag if found is None else self.writer.either(found, flag)
        return found

    def decision(self, node: Decision) -> Part:
        """Write one of two sides; what is not chosen is not looked at, and may be missing."""
        condition = self.part(node.condition)
        is_chosen = self.writer.compare("!=", condition.data, self.writer.double(0.0))

        def side(of: Typed) -> Callable[[], list[Value]]:
            def write() -> list[Value]:
                part = self.part(of)
                return [part.data, NO if part.missing is None else part.missing]

            return write

        if is_cheap(node.yes) and is_cheap(node.no):
            pairs = zip(side(node.yes)(), side(node.no)(), strict=True)
            data, missing = (self.writer.select(is_chosen, yes, no) for yes, no in pairs)
        else:
            data, missing = self.writer.decide(is_chosen, side(node.yes), side(node.no))
        return Part(data=data, missing=self.either(condition.missing, missing))

    def alternative(self, node: Alternative) -> Part:
        """Write a formula in the passes that its own loop has, and something else in the others."""
        writer = self.writer
        own = self.formulas.loop_of([node.formula], self.at.entry)

        def formula() -> list[Value]:
            return [self.formulas.compute(node.formula, own, own.at(self.at.number)), NO]

        def otherwise() -> list[Value]:
            part = self.part(node.otherwise)
            return [part.data, NO if part.missing is None else part.missing]

        data, missing = writer.decide(writer.less(self.at.number, own.count), formula, otherwise)
        return Part(data=data, missing=missing)

    def text_operation(self, node: TextOperation) -> Part:
        parts = [self.part(argument) for argument in node.arguments]
        if node.kind == "length":
            data = write_length(self.writer, parts[0].data)
        else:
            what = node.arguments[1]
            known = what.value if isinstance(what, Text) else None
            data = write_contains(self.writer, parts[0].data, parts[1].data, known=known)
        return Part(data=data, missing=self.either(*(part.missing for part in parts)))


CHEAP = frozenset({"add", "subtract", "multiply", "negative", "abs", "truth", "logical_not", "identity"}) | {
    "equal", "not_equal", "less", "less_equal", "greater", "greater_equal",
}  # fmt: skip
"""Functions that cost less than a jump the processor did not expect."""

CHEAP_NODES = 8


def needed_nodes(node: Typed) -> Iterator[Typed]:
    """Walk over a node and what is below it that is computed in every pass, whatever is decided."""
    yield node
    match node:
        case Operation():
            for argument in node.arguments:
                yield from needed_nodes(argument)
        case Decision():
            yield from needed_nodes(node.condition)
        case _:
            return


def is_cheap(node: Typed) -> bool:
    """Tell whether something may as well be computed where it is not needed."""
    nodes = list(own_nodes(node))
    return len(nodes) <= CHEAP_NODES and all(_is_cheap(each) for each in nodes)


def _is_cheap(node: Typed) -> bool:
    match node:
        case Operation():
            return node.kernel in CHEAP
        case Leaf():
            return node.n_jagged < 2 and not any(isinstance(index, Formula) for index in node.indices)
        case _:
            return isinstance(node, Constant | Size | Text | EntryNumber | LoopIteration | Decision)


_BOOLEAN = frozenset({"equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "truth", "logical_not"})


def is_boolean(node: Typed) -> bool:
    """Tell whether something is 0 or 1 wherever it is there."""
    match node:
        case Operation(kernel="multiply"):
            return all(is_boolean(argument) for argument in node.arguments)
        case Operation():
            return node.kernel in _BOOLEAN
        case Decision():
            return is_boolean(node.yes) and is_boolean(node.no)
        case Constant():
            return node.value in {0.0, 1.0}
        case _:
            return False
