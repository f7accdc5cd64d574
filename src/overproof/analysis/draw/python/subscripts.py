"""What stands between brackets: places, slices, masks and lists of places.

The first axis of awkward's arrays goes over entries. Which entry has which number changes with every block and file,
so that axis is only ever taken whole, or by a mask. A place or a slice without a comma therefore belongs to the
elements of each entry: `x[0]` is `x[:, 0]`, as in ROOT.
"""

from __future__ import annotations

from collections.abc import Callable

from overproof.analysis.draw.python import syntax
from overproof.analysis.draw.python.typed import Filter, Kind, Pick, Step, Typed
from overproof.words.errors import ExpressionError


def pick_items(base: Typed, node: syntax.Subscript, *, resolve: Callable[[syntax.Node], Typed], text: str) -> Typed:
    """Resolve the brackets behind a value.

    Raises:
        ExpressionError: an index that the value has not.
    """
    if base.kind.is_constant:
        raise ExpressionError("a number has no elements: remove this index", text=text, position=node.position)
    if not node.is_tuple and isinstance(node.items[0], syntax.Node):
        index = resolve(node.items[0])
        if not index.kind.is_constant:
            return _filtered(base, index, node, text=text)
    return _Steps(base, node, text=text).picked()


def _filtered(base: Typed, index: Typed, node: syntax.Subscript, *, text: str) -> Filter:
    at = node.items[0].position
    if index.kind.element == "real":
        problem = "an index is a place, a slice, a condition or a list of places, not a real number"
        raise ExpressionError(problem, text=text, position=at)
    if index.kind.depth > base.kind.depth:
        problem = "the condition is for elements, and what it should pick from has none: give it as the cut"
        raise ExpressionError(problem, text=text, position=at)
    if index.kind.depth == 0 and index.kind.element == "integer":
        problem = (
            "one place for each entry would be taken for numbers of entries: keep it a list, "
            "such as `ak.argmax(x, axis=1, keepdims=True)`, or write a condition on `ak.local_index(x)`"
        )
        raise ExpressionError(problem, text=text, position=at)
    return Filter(base=base, index=index, kind=base.kind, position=node.position)


class _Steps:
    """A walk over the items between brackets, from the outermost axis inwards."""

    def __init__(self, base: Typed, node: syntax.Subscript, *, text: str) -> None:
        self.base = base
        self.node = node
        self.text = text
        self.steps: list[Step] = []
        self.axis = 0
        self.depth = base.kind.depth

    def error(self, problem: str, item: syntax.Item) -> ExpressionError:
        return ExpressionError(problem, text=self.text, position=item.position)

    def picked(self) -> Typed:
        items = list(self.node.items)
        if not self.node.is_tuple and not isinstance(items[0], syntax.Rest):
            self.axis = 1  # no comma: elements of each entry
        for number, item in enumerate(items):
            self.take(item, behind=items[number + 1 :])
        kind = Kind(element=self.base.kind.element, depth=self.depth)
        return Pick(base=self.base, steps=tuple(self.steps), kind=kind, position=self.node.position)

    def take(self, item: syntax.Item, *, behind: list[syntax.Item]) -> None:
        match item:
            case syntax.Rest():
                taken = sum(not isinstance(each, syntax.NewAxis) for each in behind)
                self.axis = max(self.axis, self.depth + 1 - taken)
            case syntax.NewAxis():
                self.need_entries_first(item)
                self.steps.append(Step(axis=self.axis))
                self.axis += 1
                self.depth += 1
            case syntax.Slice():
                self.take_slice(item)
            case _:
                self.take_place(item)

    def take_slice(self, item: syntax.Slice) -> None:
        if not item.is_whole:
            self.need_entries_first(item)
        self.need_axis(item)
        if not item.is_whole:
            self.steps.append(Step(axis=self.axis, bounds=(item.start, item.stop, item.step)))
        self.axis += 1

    def take_place(self, item: syntax.Node) -> None:
        place = _whole_number(item)
        if place is None:
            what = "between commas stand" if self.node.is_tuple else "an index is a condition, a list of places, or"
            raise self.error(f"{what} whole numbers, slices, `...` and np.newaxis", item)
        self.need_entries_first(item)
        self.need_axis(item)
        self.steps.append(Step(axis=self.axis, at=place))
        self.depth -= 1

    def need_entries_first(self, item: syntax.Item) -> None:
        if self.axis == 0:
            raise self.error(
                "the first axis goes over entries, whose numbers change with every block: write `:` first, as in "
                "`x[:, 0]`; to pick entries, write a condition",
                item,
            )

    def need_axis(self, item: syntax.Item) -> None:
        if self.axis > self.depth:
            levels = f"{self.depth} level{'s' * (self.depth != 1)} of lists" if self.depth else "one value an entry"
            raise self.error(f"there is nothing to index here: this has {levels}", item)


def _whole_number(item: syntax.Node) -> int | None:
    match item:
        case syntax.Literal(element="integer", value=float(value)):
            return int(value)
        case syntax.Operation(operator="-x", operands=(syntax.Literal(element="integer", value=float(value)),)):
            return -int(value)
    return None
