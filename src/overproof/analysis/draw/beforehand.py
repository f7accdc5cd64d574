"""What is wrong with an expression whatever the branches are: found before any file is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from overproof.analysis.draw.language import syntax
from overproof.analysis.draw.language.grammar import parse, parse_dimensions
from overproof.analysis.draw.language.vocabulary import (
    AGGREGATES,
    ALTERNATIVE,
    CONDITIONAL_AGGREGATES,
    CONSTANT_FUNCTIONS,
    FUNCTIONS,
    REFUSED,
    TEXT_FUNCTIONS,
)
from overproof.analysis.draw.names.aliases import check_aliases, expand_alias
from overproof.analysis.draw.resolve import MAX_DEPTH, Resolver
from overproof.records.schema import Schema

OF_ALL_FILES = "a selector sees one file, not all entries: write `LocalEntry$`"
"""Why numbers of entries of the chain have no answer."""

_CHAIN = ("Entry$", "Entries$")

_LIBRARIES = ("np", "numpy", "ak", "math")
"""What stands before the dot of a function, not of a method."""


def check_beforehand(text: str, *, cut: str, aliases: Mapping[str, str]) -> None:
    """Refuse what no file could make right in an expression for selectors.

    Names that the language refuses are refused here, though a branch might have them.

    Raises:
        ExpressionError: a refused name, a number of all entries, a function that is not there or has too many or too
            few arguments, an alias that stands for itself, or too many operations inside one another.
        OptionError: the name of an alias that no expression can name.
    """
    check_aliases(aliases)
    nothing = Schema(tree="", format="", branches=(), aliases=tuple(aliases.items()))
    for each in parse_dimensions(text):
        _Reading(text, nothing).see(each.node)
    if cut:
        _Reading(cut, nothing).see(parse(cut))


class _Reading:
    """A walk over one expression, that counts operations inside one another as it is done when names are known."""

    def __init__(self, text: str, schema: Schema) -> None:
        self.resolver = Resolver(text, schema)
        self.schema = schema
        self.depth = 0

    def see(self, node: syntax.Node) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.resolver.error(f"more than {MAX_DEPTH} operations inside one another: simplify", node)
        if isinstance(node, syntax.Name):
            self.see_name(node)
        if isinstance(node, syntax.Call):
            self.see_call(node)
        for below in _below(node):
            self.see(below)
        self.depth -= 1

    def see_name(self, node: syntax.Name) -> None:
        aliases = self.resolver.aliases
        meant = expand_alias(node, self.schema, text=self.resolver.text, inside=aliases)
        if meant is not None:
            aliases.append(node.text)
            self.see(meant)
            aliases.pop()
        elif node.text in REFUSED:
            raise self.resolver.error(f"`{node.text}` is refused: {REFUSED[node.text]}", node)
        elif node.text in _CHAIN:
            raise self.resolver.error(OF_ALL_FILES, node)

    def see_call(self, node: syntax.Call) -> None:
        name, n_optional = node.function, 0
        if name in FUNCTIONS:
            n_arguments, n_optional = FUNCTIONS[name].n_arguments, len(FUNCTIONS[name].defaults)
        elif name in AGGREGATES or name == "Length$":
            n_arguments = 1
        elif name in CONDITIONAL_AGGREGATES or name in TEXT_FUNCTIONS or name == ALTERNATIVE:
            n_arguments = 2
        elif name in CONSTANT_FUNCTIONS:
            n_arguments = 0
        elif "." in name and "::" not in name and name.partition(".")[0] not in _LIBRARIES:
            return  # a method, of what only files tell
        else:
            raise self.resolver.unknown_function(node)
        self.resolver.check_arguments(node, n_arguments, n_optional=n_optional)


def _below(node: syntax.Node) -> Iterator[syntax.Node]:
    match node:
        case syntax.Group() | syntax.Single():
            yield node.inner
        case syntax.Unary():
            yield node.operand
        case syntax.Binary():
            yield from (node.left, node.right)
        case syntax.Choice():
            yield from (node.condition, node.yes, node.no)
        case syntax.Call():
            yield from node.arguments
    if isinstance(node, syntax.Name | syntax.Call):
        yield from (each.value for each in node.indices if not isinstance(each.value, int | None))
