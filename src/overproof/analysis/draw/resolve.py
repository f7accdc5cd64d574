"""Look up the names of a parsed expression in the schema of a tree, and settle what each node is."""

from __future__ import annotations

from overproof.analysis.draw.language import syntax
from overproof.analysis.draw.language.vocabulary import (
    AGGREGATES,
    CONSTANT_FUNCTIONS,
    CONSTANTS,
    FUNCTIONS,
    REFUSED,
    SPECIALS,
)
from overproof.analysis.draw.names.elsewhere import elsewhere
from overproof.analysis.draw.names.lookup import branch_error, find_branch, nearest, no_branch
from overproof.analysis.draw.typed import (
    Aggregate,
    Constant,
    Decision,
    Formula,
    Leaf,
    LoopIteration,
    LoopLength,
    Operation,
    Typed,
)
from overproof.records.schema import Branch, Schema
from overproof.words.errors import ExpressionError

BINARY_KERNELS: dict[str, str] = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "guarded_divide",
    "%": "remainder",
    "&": "bit_and",
    "|": "bit_or",
    "<<": "shift_left",
    ">>": "shift_right",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
    "==": "equal",
    "!=": "not_equal",
    "^": "pow",
}
"""Kernel of each operator; `&&`, `||` and `?:` are decisions."""

UNARY_KERNELS: dict[str, str] = {"-": "negative", "+": "identity", "!": "logical_not"}

MAX_DEPTH = 200
"""Operations inside one another that a formula may have."""


class Resolver:
    """Turns parsed nodes of one text into typed ones, with the branches of one tree."""

    def __init__(self, text: str, schema: Schema) -> None:
        self.text = text
        self.schema = schema
        self.depth = 0

    def formula(self, node: syntax.Node) -> Formula:
        """Resolve an expression that has a loop of its own."""
        leaves: list[Leaf] = []
        return Formula(root=self.typed(node, leaves), leaves=tuple(leaves))

    def error(self, problem: str, node: syntax.Node) -> ExpressionError:
        """Make an error with the caret under a node."""
        return ExpressionError(problem, text=self.text, position=node.position)

    def typed(self, node: syntax.Node, leaves: list[Leaf]) -> Typed:
        """Resolve one node and what is below it; the branches met are added to `leaves`."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"more than {MAX_DEPTH} operations inside one another: simplify", node)
        result = self._typed(node, leaves)
        self.depth -= 1
        return result

    def _typed(self, node: syntax.Node, leaves: list[Leaf]) -> Typed:
        match node:
            case syntax.Number():
                return Constant(value=node.value)
            case syntax.Group():
                return self.typed(node.inner, leaves)
            case syntax.Unary():
                kernel = UNARY_KERNELS[node.operator]
                return Operation(kernel=kernel, arguments=(self.typed(node.operand, leaves),))
            case syntax.Binary():
                return self.binary(node, leaves)
            case syntax.Choice():
                parts = [self.typed(part, leaves) for part in (node.condition, node.yes, node.no)]
                return Decision(condition=parts[0], yes=parts[1], no=parts[2])
            case syntax.Call():
                return self.call(node, leaves)
            case syntax.Name():
                return self.name(node, leaves)

    def binary(self, node: syntax.Binary, leaves: list[Leaf]) -> Typed:
        """Resolve an operator between two operands; `&&` and `||` look at the right one only when they must."""
        left, right = self.typed(node.left, leaves), self.typed(node.right, leaves)
        if node.operator in {"&&", "||"}:
            truth = Operation(kernel="truth", arguments=(right,))
            if node.operator == "&&":
                return Decision(condition=left, yes=truth, no=Constant(value=0.0))
            return Decision(condition=left, yes=Constant(value=1.0), no=truth)
        if node.operator == "^" and isinstance(node.right, syntax.Number) and node.right.text == "2":
            return Operation(kernel="square", arguments=(left,))  # as ROOT does, for this spelling only
        return Operation(kernel=BINARY_KERNELS[node.operator], arguments=(left, right))

    def call(self, node: syntax.Call, leaves: list[Leaf]) -> Typed:
        """Resolve a function, a constant written as one, or an aggregate with a loop of its own."""
        name = node.function
        if name in AGGREGATES or name == "Length$":
            self.check_arguments(node, 1)
            kind = AGGREGATES.get(name, "length")
            return Aggregate(kind=kind, formula=self.formula(node.arguments[0]))
        if name in CONSTANT_FUNCTIONS:
            self.check_arguments(node, 0)
            return Constant(value=CONSTANT_FUNCTIONS[name])
        function = FUNCTIONS.get(name)
        if function is None:
            raise self.unknown_function(node)
        self.check_arguments(node, function.n_arguments)
        arguments = tuple(self.typed(argument, leaves) for argument in node.arguments)
        return Operation(kernel=function.kernel, arguments=arguments)

    def check_arguments(self, node: syntax.Call, n_arguments: int) -> None:
        """Raise an ExpressionError for a wrong number of arguments."""
        given = len(node.arguments)
        if given != n_arguments:
            wanted = "no argument" if n_arguments == 0 else f"{n_arguments} argument{'s' * (n_arguments > 1)}"
            raise self.error(f"`{node.function}` takes {wanted}, not {given}", node)

    def unknown_function(self, node: syntax.Call) -> ExpressionError:
        """Say why a function cannot be called, with the nearest names."""
        name = node.function
        if name in REFUSED:
            return self.error(f"`{name}` is refused: {REFUSED[name]}", node)
        if any(branch.name == name for branch in self.schema.branches):
            return self.error(f"`{name}` is a branch, not a function: write an operator or an index [] behind it", node)
        if name.startswith(("np.", "ak.", "numpy.", "math.", "std::")):
            return self.error(f"`{name}` is not known here{elsewhere(name)}", node)
        known = [*FUNCTIONS, *CONSTANT_FUNCTIONS, *AGGREGATES, *SPECIALS]
        return self.error(f"there is no function `{name}`{nearest(name, known)}", node)

    def name(self, node: syntax.Name, leaves: list[Leaf]) -> Typed:
        """Resolve a name: a branch first, then constants and the specials with a `$`."""
        branch = find_branch(self.schema, node.text, text=self.text, position=node.position)
        if branch is not None:
            leaf = self.leaf(branch, node)
            leaves.append(leaf)
            return leaf
        if node.text in CONSTANTS or node.text in SPECIALS:
            if node.indices:
                raise self.error(f"`{node.text}` has no index: remove it", node)
            if node.text in CONSTANTS:
                return Constant(value=CONSTANTS[node.text])
            return LoopLength() if node.text == "Length$" else LoopIteration()
        if node.text in REFUSED:
            raise self.error(f"`{node.text}` is refused: {REFUSED[node.text]}", node)
        if node.text in FUNCTIONS or node.text in AGGREGATES or node.text in CONSTANT_FUNCTIONS:
            raise self.error(f"`{node.text}` is a function: write its arguments in parentheses behind it", node)
        raise no_branch(self.schema, node.text, text=self.text, position=node.position)

    def leaf(self, branch: Branch, node: syntax.Name) -> Leaf:
        """Give every dimension of a branch its index."""
        if branch.kind != "number":
            problem = f"`{branch.name}` is of type {branch.typename}: only numbers and arrays of numbers can be drawn"
            raise branch_error(problem, text=self.text, position=node.position)
        if branch.n_jagged > 2 or (branch.n_jagged == 2 and branch.fixed_shape):
            problem = f"`{branch.name}` is of type {branch.typename}: at most two nested lengths can be drawn"
            raise branch_error(problem, text=self.text, position=node.position)
        sizes: tuple[int | None, ...] = (None,) * branch.n_jagged + branch.fixed_shape
        is_scalar = not sizes and len(node.indices) == 1 and node.indices[0].value in {None, 0}  # x[0], x[] are x
        if len(node.indices) > len(sizes) and not is_scalar:
            extra = node.indices[len(sizes)]
            has = f"{len(sizes)} dimension{'s' * (len(sizes) != 1)}" if sizes else "no dimension"
            raise ExpressionError(
                f"`{branch.name}` has {has}: remove this index", text=self.text, position=extra.position
            )
        for index, size in zip(node.indices, sizes, strict=False):
            if size is not None and index.value is not None and index.value >= size:
                raise ExpressionError(
                    f"`{branch.name}` has {size} elements here: the last index is {size - 1}",
                    text=self.text,
                    position=index.position + 1,
                )
        given = tuple(index.value for index in node.indices[: len(sizes)])
        indices = given + (None,) * (len(sizes) - len(given))
        return Leaf(column=branch.name, n_jagged=branch.n_jagged, fixed_shape=branch.fixed_shape, indices=indices)
