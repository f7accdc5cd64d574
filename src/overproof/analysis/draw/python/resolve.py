"""Look up the names of an expression in Python in the schema of a tree, and settle the kind of every value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from overproof.analysis.draw.names.lookup import branch_error, find_branch, nearest, no_branch
from overproof.analysis.draw.python import syntax
from overproof.analysis.draw.python.reading import read_expression
from overproof.analysis.draw.python.subscripts import pick_items
from overproof.analysis.draw.python.typed import Apply, Column, Constant, Decision, Kind, Typed, moved
from overproof.analysis.draw.python.vocabulary import (
    CONSTANTS,
    ELEMENTWISE,
    FLATTENING,
    LIST_FUNCTIONS,
    REFUSED,
)
from overproof.records.schema import Branch, Schema
from overproof.words.errors import ExpressionError, InputError

KERNELS: dict[str, str] = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "//": "floored_quotient",
    "%": "floored_remainder",
    "**": "pow",
    "-x": "negative",
    "+x": "identity",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
    "==": "equal",
    "!=": "not_equal",
    "not": "logical_not",
}
"""Kernel of each operator of arithmetic and comparison."""

BIT_KERNELS: dict[str, tuple[str, str | None]] = {
    "&": ("signed_and", "both"),
    "|": ("signed_or", "either"),
    "^": ("signed_xor", "one_of_two"),
    "<<": ("signed_shift_left", None),
    ">>": ("signed_shift_right", None),
    "~": ("complement", "logical_not"),
}
"""Kernel of each operator of bits: of integers, and of booleans."""

_TRUTHS = {"<", "<=", ">", ">=", "==", "!=", "not"}
_WHOLE = {"+", "-", "*", "//", "%", "-x", "+x"}
"""Operators that make integers of integers."""

MAX_DEPTH = 100
"""Operations inside one another, those of aliases included."""

CallResolver = Callable[["Resolver", syntax.Call], Typed]


class Resolver:
    """Turns the nodes of one text into typed ones, with the branches of one tree.

    Args:
        text: what the user wrote.
        schema: of the tree.
        calls: resolves functions.
        aliases: names of the user for expressions in this dialect.
    """

    def __init__(self, text: str, schema: Schema, *, calls: CallResolver, aliases: Mapping[str, str]) -> None:
        self.text = text
        self.schema = schema
        self.calls = calls
        self.aliases = aliases
        self.depth = 0
        self.inside: tuple[str, ...] = ()
        self.outermost: tuple[str, int] | None = None

    def error(self, problem: str, node: syntax.Node | syntax.Item) -> ExpressionError:
        """Make an error with the caret under a node."""
        return ExpressionError(problem, text=self.text, position=node.position)

    def typed(self, node: syntax.Node) -> Typed:
        """Resolve one node and what is below it."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"more than {MAX_DEPTH} operations inside one another: simplify", node)
        found = self._typed(node)
        self.depth -= 1
        return found

    def _typed(self, node: syntax.Node) -> Typed:
        match node:
            case syntax.Literal():
                return self.literal(node)
            case syntax.Name():
                return self.name(node)
            case syntax.Operation():
                return self.operation(node)
            case syntax.Logic():
                return self.logic(node)
            case syntax.Choice():
                condition, yes, no = (self.typed(part) for part in (node.condition, node.yes, node.no))
                self.check_sides(node, condition, yes, no)
                kind = joined(yes.kind, no.kind, depth_of=(condition, yes, no))
                return Decision(condition=condition, yes=yes, no=no, kind=kind, position=node.position)
            case syntax.Call():
                return self.calls(self, node)
            case syntax.Subscript():
                return pick_items(self.typed(node.base), node, resolve=self.typed, text=self.text)
            case syntax.Listing():
                raise self.error("a list is an argument of `ak.concatenate` only: write one expression", node)

    def literal(self, node: syntax.Literal) -> Constant:
        """Resolve a number."""
        if node.value is None:
            raise self.error("None is no number: write `ak.mask(x, condition)` for values that are left out", node)
        return Constant(value=node.value, kind=Kind(element=node.element, is_constant=True), position=node.position)

    def name(self, node: syntax.Name) -> Typed:
        """Resolve a name: a branch first, then an alias, then the constants of numpy."""
        branch = find_branch(self.schema, node.text, text=self.text, position=node.position)
        if branch is not None:
            return self.column(branch, node)
        if node.text in self.aliases:
            return self.alias(node)
        if node.text in CONSTANTS:
            kind = Kind(element="real", is_constant=True)
            return Constant(value=CONSTANTS[node.text], kind=kind, position=node.position)
        if node.text in dict(self.schema.aliases):
            problem = f"`{node.text}` is an alias of the file, written for ROOT: write out what it stands for"
            raise self.error(problem, node)
        if node.text in {*ELEMENTWISE, *LIST_FUNCTIONS, *FLATTENING, *REFUSED}:
            raise self.error(f"`{node.text}` is a function: write its arguments in parentheses behind it", node)
        if node.text in {"np", "ak", "math"}:
            raise self.error(f"`{node.text}` is a library: write one of its functions", node)
        if node.text in {"pi", "math.pi"}:
            raise self.error(f"`{node.text}` is not known here: write `np.pi`", node)
        if node.text.startswith("np."):
            raise self.error(f"there is no number `{node.text}`{nearest(node.text, list(CONSTANTS))}", node)
        raise no_branch(self.schema, node.text, text=self.text, position=node.position)

    def alias(self, node: syntax.Name) -> Typed:
        """Resolve what an alias stands for, at the place of its name."""
        outermost = self.outermost or (self.text, node.position)
        text, position = outermost
        if node.text in self.inside:
            way = " -> ".join(f"`{each}`" for each in (*self.inside[self.inside.index(node.text) :], node.text))
            raise ExpressionError(f"the alias `{node.text}` stands for itself: {way}", text=text, position=position)
        before = (self.text, self.inside, self.outermost)
        meaning = self.aliases[node.text]
        self.text, self.inside, self.outermost = meaning, (*self.inside, node.text), outermost
        try:
            found = self.typed(read_expression(meaning))
        except InputError as error:
            if isinstance(error, ExpressionError) and (error.text, error.position) == outermost:
                raise
            problem = f"what the alias `{node.text}` stands for cannot be used: {error}"
            raise ExpressionError(problem, text=text, position=position) from None
        finally:
            self.text, self.inside, self.outermost = before
        return moved(found, position=node.position)

    def column(self, branch: Branch, node: syntax.Name) -> Column:
        """Make a column of a branch of numbers."""
        if branch.kind != "number":
            problem = f"`{branch.name}` is of type {branch.typename}: only numbers and arrays of numbers can be drawn"
            raise branch_error(problem, text=self.text, position=node.position)
        element = "boolean" if branch.dtype == "bool" else "real" if branch.dtype.startswith("float") else "integer"
        kind = Kind(element=element, depth=branch.n_jagged + len(branch.fixed_shape))
        return Column(name=branch.name, kind=kind, position=node.position)

    def operation(self, node: syntax.Operation) -> Typed:
        """Resolve an operator."""
        operands = tuple(self.typed(operand) for operand in node.operands)
        if node.operator in BIT_KERNELS:
            return self.bits(node, operands)
        kernel, elements = KERNELS[node.operator], {operand.kind.element for operand in operands}
        element = "boolean" if node.operator in _TRUTHS else "real"
        if node.operator in _WHOLE and "real" not in elements:
            element = "integer"
        if node.operator == "**":
            kernel, element = _power(operands)
            operands = operands[:1] if kernel == "square" else operands
        return applied(kernel, operands, element=element, position=node.position)

    def bits(self, node: syntax.Operation, operands: tuple[Typed, ...]) -> Typed:
        """Resolve an operator of bits, which is one of truth between booleans."""
        of_integers, of_booleans = BIT_KERNELS[node.operator]
        elements = {operand.kind.element for operand in operands}
        if "real" in elements:
            hints = {
                "^": "; a power is `**`",
                "&": "; conditions need parentheses: `(a > 1) & (b > 2)`",
                "|": "; conditions need parentheses: `(a > 1) | (b > 2)`",
                "~": "; a condition needs parentheses: `~(a > 1)`",
            }
            hint = hints.get(node.operator, "")
            raise self.error(f"`{node.operator}` goes between integers or conditions, not real numbers{hint}", node)
        if elements == {"boolean"} and of_booleans is not None:
            return applied(of_booleans, operands, element="boolean", position=node.position)
        return applied(of_integers, operands, element="integer", position=node.position)

    def check_sides(self, node: syntax.Node, condition: Typed, yes: Typed, no: Typed) -> None:
        """Refuse a choice by entry between a list and one value, of which awkward would make a mixture of both."""
        deepest = max(yes.kind.depth, no.kind.depth)
        if condition.kind.depth < deepest and yes.kind.depth != no.kind.depth:
            raise self.error(
                "the condition has one value for a list and a single value to choose from: make both lists, as in "
                "`ak.where(condition, x, ak.ones_like(x)*value)`, or give a condition on the elements",
                node,
            )

    def logic(self, node: syntax.Logic) -> Typed:
        """Resolve `and` and `or`: as in Python, one of the two operands comes out."""
        left, right = self.typed(node.left), self.typed(node.right)
        if left.kind.element == right.kind.element == "boolean" and max(left.kind.depth, right.kind.depth):
            kernel = "both" if node.is_and else "either"
            return applied(kernel, (left, right), element="boolean", position=node.position)
        self.check_sides(node, left, left, right)
        kind = joined(left.kind, right.kind, depth_of=(left, right))
        yes, no = (right, None) if node.is_and else (None, right)
        return Decision(condition=left, yes=yes, no=no, kind=kind, position=node.position)


def applied(kernel: str, arguments: tuple[Typed, ...], *, element: str, position: int) -> Apply:
    """Make a function of numbers; it is as deep as its deepest argument."""
    depth = max(argument.kind.depth for argument in arguments)
    is_constant = all(argument.kind.is_constant for argument in arguments)
    kind = Kind(element=element, depth=depth, is_constant=is_constant)
    return Apply(kernel=kernel, arguments=arguments, kind=kind, position=position)


def joined(*kinds: Kind, depth_of: Sequence[Typed]) -> Kind:
    """Return the kind of what is one of some values, broadcast with others."""
    elements = {kind.element for kind in kinds}
    element = "real" if "real" in elements else elements.pop() if len(elements) == 1 else "integer"
    depth = max(each.kind.depth for each in depth_of)
    return Kind(element=element, depth=depth, is_constant=all(each.kind.is_constant for each in depth_of))


def _power(operands: tuple[Typed, ...]) -> tuple[str, str]:
    """Return the kernel of a power, and its element: squares are products, as in numpy."""
    base, exponent = operands
    is_whole = isinstance(exponent, Constant) and exponent.kind.element == "integer" and exponent.value >= 0
    element = "integer" if is_whole and base.kind.element != "real" else "real"
    is_square = isinstance(exponent, Constant) and exponent.value == 2.0
    return ("square" if is_square else "pow"), element
