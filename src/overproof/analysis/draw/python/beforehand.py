"""What is wrong with an expression in Python whatever the branches are: found before any file is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from overproof.analysis.draw.python import syntax
from overproof.analysis.draw.python.calls import resolve_call, unflattened
from overproof.analysis.draw.python.reading import read_dimensions, read_expression
from overproof.analysis.draw.python.resolve import MAX_DEPTH, Resolver
from overproof.analysis.draw.python.vocabulary import ELEMENTWISE, LIST_FUNCTIONS
from overproof.records.schema import Schema
from overproof.words.errors import ExpressionError

_NOTHING = Schema(tree="", format="", branches=())


def check_python_beforehand(text: str, *, cut: str, aliases: Mapping[str, str]) -> None:
    """Refuse what no file could make right.

    Raises:
        ExpressionError: a function that is not known, an alias that cannot be read or stands for itself, or too many
            operations inside one another.
    """
    for each in read_dimensions(text):
        _Reading(text, aliases).see(unflattened(each.node))
    if cut:
        _Reading(cut, aliases).see(unflattened(read_expression(cut)))


class _Reading:
    """A walk over one expression, that counts operations inside one another as it is done when names are known."""

    def __init__(self, text: str, aliases: Mapping[str, str]) -> None:
        self.resolver = Resolver(text, _NOTHING, calls=resolve_call, aliases=aliases)
        self.aliases = aliases
        self.inside: tuple[str, ...] = ()
        self.outermost: tuple[str, int] | None = None
        self.depth = 0

    def see(self, node: syntax.Node) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.resolver.error(f"more than {MAX_DEPTH} operations inside one another: simplify", node)
        if isinstance(node, syntax.Name) and node.text in self.aliases:
            self.see_alias(node)
        if isinstance(node, syntax.Call) and node.function not in {*ELEMENTWISE, *LIST_FUNCTIONS}:
            resolve_call(self.resolver, node)  # says why
        for below in _below(node):
            self.see(below)
        self.depth -= 1

    def see_alias(self, node: syntax.Name) -> None:
        """Go through what an alias stands for; what is wrong with it is said at the outermost name, as in a draw."""
        text, position = place = self.outermost or (self.resolver.text, node.position)
        if node.text in self.inside:
            way = " -> ".join(f"`{each}`" for each in (*self.inside[self.inside.index(node.text) :], node.text))
            raise ExpressionError(f"the alias `{node.text}` stands for itself: {way}", text=text, position=position)
        meaning = self.aliases[node.text]
        inner = _Reading(meaning, self.aliases)
        inner.inside, inner.depth, inner.outermost = (*self.inside, node.text), self.depth, place
        try:
            inner.see(read_expression(meaning))
        except ExpressionError as error:
            if (error.text, error.position) == place:
                raise
            problem = f"what the alias `{node.text}` stands for cannot be used: {error}"
            raise ExpressionError(problem, text=text, position=position) from None


def _below(node: syntax.Node) -> Iterator[syntax.Node]:
    match node:
        case syntax.Operation():
            yield from node.operands
        case syntax.Logic():
            yield from (node.left, node.right)
        case syntax.Choice():
            yield from (node.condition, node.yes, node.no)
        case syntax.Call():
            yield from node.arguments
            yield from (value for _, value in node.keywords)
        case syntax.Listing():
            yield from node.items
        case syntax.Subscript():
            yield node.base
            skipped = (syntax.Slice, syntax.NewAxis, syntax.Rest)
            yield from (item for item in node.items if not isinstance(item, skipped))
