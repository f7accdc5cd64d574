"""Look up the names of a parsed expression in the schema of a tree, and settle what each node is."""

from __future__ import annotations

from overproof.analysis.draw.language import syntax
from overproof.analysis.draw.language.ambiguity import condition_as_index
from overproof.analysis.draw.language.vocabulary import (
    AGGREGATES,
    ALTERNATIVE,
    CONDITIONAL_AGGREGATES,
    CONSTANT_FUNCTIONS,
    CONSTANTS,
    ENTRY_NUMBERS,
    FUNCTIONS,
    REFUSED,
    SPECIALS,
    TEXT_FUNCTIONS,
)
from overproof.analysis.draw.looping import loops_once
from overproof.analysis.draw.names.aliases import expand_alias, is_alias
from overproof.analysis.draw.names.elsewhere import elsewhere
from overproof.analysis.draw.names.lookup import branch_error, find_branch, nearest, no_branch
from overproof.analysis.draw.names.methods import Method, counted, find_method
from overproof.analysis.draw.names.single import in_single
from overproof.analysis.draw.names.texts import NOT_A_NUMBER, characters, is_text
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

CALLED = (*FUNCTIONS, *CONSTANT_FUNCTIONS, *AGGREGATES, *CONDITIONAL_AGGREGATES, ALTERNATIVE)
"""Names that stand before parentheses."""

MAX_DEPTH = 200
"""Operations inside one another that a formula may have."""


class Resolver:
    """Turns parsed nodes of one text into typed ones, with the branches of one tree."""

    def __init__(self, text: str, schema: Schema) -> None:
        self.text = text
        self.schema = schema
        self.depth = 0
        self.aliases: list[str] = []

    def formula(self, node: syntax.Node, *, takes_text: bool = False) -> Formula:
        """Resolve an expression that has a loop of its own; a text is refused unless it may be one."""
        leaves: list[Leaf] = []
        return Formula(root=self.typed(node, leaves, takes_text=takes_text), leaves=tuple(leaves))

    def error(self, problem: str, node: syntax.Node) -> ExpressionError:
        """Make an error with the caret under a node."""
        return ExpressionError(problem, text=self.text, position=node.position)

    def typed(self, node: syntax.Node, leaves: list[Leaf], *, takes_text: bool = False) -> Typed:
        """Resolve one node and what is below it; the branches met are added to `leaves`."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"more than {MAX_DEPTH} operations inside one another: simplify", node)
        result = self._typed(node, leaves)
        self.depth -= 1
        if not takes_text and is_text(result):
            raise self.error(NOT_A_NUMBER, node)
        return result

    def _typed(self, node: syntax.Node, leaves: list[Leaf]) -> Typed:
        match node:
            case syntax.Number():
                return Constant(value=node.value)
            case syntax.Text():
                return Text(value=node.value)
            case syntax.Group():
                return self.typed(node.inner, leaves, takes_text=True)
            case syntax.Single():
                return in_single(self.typed(node.inner, leaves), throughout=node.throughout)
            case syntax.Unary():
                kernel = UNARY_KERNELS[node.operator]
                return Operation(kernel=kernel, arguments=(self.typed(node.operand, leaves),))
            case syntax.Binary():
                return self.binary(node, leaves)
            case syntax.Choice():
                condition = self.typed(node.condition, leaves)
                yes, no = self.same_kind(node.yes, node.no, leaves)
                return Decision(condition=condition, yes=yes, no=no)
            case syntax.Call():
                return self.call(node, leaves)
            case syntax.Name():
                return self.name(node, leaves)

    def binary(self, node: syntax.Binary, leaves: list[Leaf]) -> Typed:
        """Resolve an operator between two operands; `&&` and `||` look at the right one only when they must."""
        if node.operator in {"==", "!="}:
            sides = self.same_kind(node.left, node.right, leaves)
            return Operation(kernel=BINARY_KERNELS[node.operator], arguments=sides)
        left, right = self.typed(node.left, leaves), self.typed(node.right, leaves)
        if node.operator in {"&&", "||"}:
            truth = Operation(kernel="truth", arguments=(right,))
            if node.operator == "&&":
                return Decision(condition=left, yes=truth, no=Constant(value=0.0))
            return Decision(condition=left, yes=Constant(value=1.0), no=truth)
        if node.operator == "^" and isinstance(node.right, syntax.Number) and node.right.text == "2":
            return Operation(kernel="square", arguments=(left,))  # as ROOT does, for this spelling only
        return Operation(kernel=BINARY_KERNELS[node.operator], arguments=(left, right))

    def same_kind(self, left: syntax.Node, right: syntax.Node, leaves: list[Leaf]) -> tuple[Typed, Typed]:
        """Resolve two numbers, or two texts; an array of characters beside a text is a text."""
        one, other = (self.typed(each, leaves, takes_text=True) for each in (left, right))
        if is_text(one) == is_text(other):
            return one, other
        if not is_text(one):
            return self.as_text(one, left, leaves), other
        return one, self.as_text(other, right, leaves)

    def as_text(self, node: Typed, written: syntax.Node, leaves: list[Leaf]) -> Typed:
        """Take an array of characters for a text."""
        if is_text(node):
            return node
        text = characters(node, self.schema)
        if text is None or not isinstance(node, Leaf):
            raise self.error("a text can only be compared with a text: this is a number", written)
        leaves[leaves.index(node)] = text
        return text

    def call(self, node: syntax.Call, leaves: list[Leaf]) -> Typed:
        """Resolve a function, a constant written as one, or an aggregate with a loop of its own."""
        name = node.function
        if name in AGGREGATES or name == "Length$":
            self.check_arguments(node, 1)
            kind = AGGREGATES.get(name, "length")
            if kind == "length":
                return Aggregate(
                    kind=kind, formula=self.formula(counted(node.arguments[0], self.schema), takes_text=True)
                )
            return Aggregate(kind=kind, formula=self.formula(node.arguments[0]))
        if name in CONDITIONAL_AGGREGATES:
            self.check_arguments(node, 2)
            formula, condition = map(self.formula, node.arguments)
            return Aggregate(kind=CONDITIONAL_AGGREGATES[name], formula=formula, condition=condition)
        if name == ALTERNATIVE:
            return self.alternative(node, leaves)
        if name in CONSTANT_FUNCTIONS:
            self.check_arguments(node, 0)
            return Constant(value=CONSTANT_FUNCTIONS[name])
        if name in TEXT_FUNCTIONS:
            self.check_arguments(node, 2)
            texts = [self.typed(argument, leaves, takes_text=True) for argument in node.arguments]
            texts = [self.as_text(text, each, leaves) for text, each in zip(texts, node.arguments, strict=True)]
            return TextOperation(kind=TEXT_FUNCTIONS[name], arguments=tuple(texts))
        function = FUNCTIONS.get(name)
        if function is None:
            method = find_method(node, self.schema, text=self.text)
            if method is None:
                raise self.unknown_function(node)
            return self.method(method, leaves)
        self.check_arguments(node, function.n_arguments, n_optional=len(function.defaults))
        arguments = [self.typed(argument, leaves) for argument in node.arguments]
        n_missing = function.n_arguments - len(arguments)
        arguments += map(_constant, function.defaults[len(function.defaults) - n_missing :])
        return Operation(kernel=function.kernel, arguments=tuple(arguments))

    def method(self, method: Method, leaves: list[Leaf]) -> Typed:
        """Resolve a method of an object: a formula of its members, the size of a container, the length of a text."""
        if method.kind == "formula":
            return self.typed(method.node, leaves)
        of = self.typed(method.node, leaves, takes_text=True)
        if method.kind == "length":
            return TextOperation(kind="length", arguments=(of,))
        assert isinstance(of, Leaf)
        leaves.pop()  # the size is one number an entry, and makes no loop
        return Size(leaf=of)

    def alternative(self, node: syntax.Call, leaves: list[Leaf]) -> Typed:
        """Resolve `Alt$(x, y)`: the loop of `x` is its own, and `y` is one number for each entry."""
        self.check_arguments(node, 2)
        formula, otherwise = map(self.formula, node.arguments)
        if not loops_once(otherwise):
            raise self.error(f"what `{ALTERNATIVE}` gives instead is one number for each entry", node.arguments[1])
        leaves += otherwise.leaves
        return Alternative(formula=formula, otherwise=otherwise.root)

    def check_arguments(self, node: syntax.Call, n_arguments: int, *, n_optional: int = 0) -> None:
        """Raise an ExpressionError for a wrong number of arguments."""
        given = len(node.arguments)
        if not n_arguments - n_optional <= given <= n_arguments:
            wanted = "no argument" if n_arguments == 0 else f"{n_arguments} argument{'s' * (n_arguments > 1)}"
            if n_optional:
                wanted = f"{n_arguments - n_optional} to {wanted}"
            raise self.error(f"`{node.function}` takes {wanted}, not {given}", node)

    def unknown_function(self, node: syntax.Call) -> ExpressionError:
        """Say why a function cannot be called, with the nearest names."""
        name = node.function
        if name in REFUSED:
            return self.error(f"`{name}` is refused: {REFUSED[name]}", node)
        if name in SPECIALS:
            return self.error(f"`{name}` takes no argument: remove the parentheses", node)
        if any(branch.name == name for branch in self.schema.branches):
            return self.error(f"`{name}` is a branch, not a function: write an operator or an index [] behind it", node)
        if name.startswith(("np.", "ak.", "numpy.", "math.", "std::")):
            hint = elsewhere(name) or nearest(f"np.{name.replace('::', '.').partition('.')[2]}", [*CALLED])
            return self.error(f"`{name}` is not known here{hint}", node)
        near = nearest(name, [*CALLED])
        if not near and "." in name:
            near = f", and no branch `{name.rpartition('.')[0]}` that has it; `overproof inspect` lists the branches"
        return self.error(f"there is no function `{name}`{near}", node)

    def name(self, node: syntax.Name, leaves: list[Leaf]) -> Typed:
        """Resolve a name: a branch first, then constants and the specials with a `$`."""
        branch = None
        if not is_alias(node.text, self.schema):
            branch = find_branch(self.schema, node.text, text=self.text, position=node.position)
        if branch is not None:
            leaf = self.leaf(branch, node)
            leaves.append(leaf)
            return leaf
        alias = expand_alias(node, self.schema, text=self.text, inside=self.aliases)
        if alias is not None:
            self.aliases.append(node.text)
            resolved = self.typed(alias, leaves, takes_text=True)
            self.aliases.pop()
            return resolved
        if node.text in CONSTANTS or node.text in SPECIALS:
            if node.indices:
                raise self.error(f"`{node.text}` has no index: remove it", node)
            if node.text in CONSTANTS:
                return Constant(value=CONSTANTS[node.text])
            if node.text in ENTRY_NUMBERS:
                return EntryNumber(kind=ENTRY_NUMBERS[node.text])
            return LoopLength() if node.text == "Length$" else LoopIteration()
        if node.text in REFUSED:
            raise self.error(f"`{node.text}` is refused: {REFUSED[node.text]}", node)
        if node.text in CALLED:
            raise self.error(f"`{node.text}` is a function: write its arguments in parentheses behind it", node)
        raise no_branch(self.schema, node.text, text=self.text, position=node.position)

    def index(self, index: syntax.Index) -> int | Formula | None:
        """Resolve what stands between brackets; an expression there has a loop of its own."""
        if index.value is None or isinstance(index.value, int):
            return index.value
        formula = self.formula(index.value)
        if isinstance(formula.root, Leaf) and self.dtype(formula.root) == "bool":
            problem = condition_as_index(formula.root.column)
            raise ExpressionError(problem, text=self.text, position=index.position + 1)
        return formula

    def dtype(self, leaf: Leaf) -> str:
        """Return the type of the numbers of a leaf; empty for texts."""
        return next((branch.dtype for branch in self.schema.branches if branch.name == leaf.column), "")

    def leaf(self, branch: Branch, node: syntax.Name) -> Leaf:
        """Give every dimension of a branch its index."""
        if branch.kind not in {"number", "string"}:
            problem = (
                f"`{branch.name}` is of type {branch.typename}: only numbers, texts and arrays of them can be drawn"
            )
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
            if size is not None and isinstance(index.value, int) and index.value >= size:
                raise ExpressionError(
                    f"`{branch.name}` has {size} elements here: the last index is {size - 1}",
                    text=self.text,
                    position=index.position + 1,
                )
        given = tuple(self.index(index) for index in node.indices[: len(sizes)])
        indices = given + (None,) * (len(sizes) - len(given))
        return Leaf(
            column=branch.name,
            n_jagged=branch.n_jagged,
            fixed_shape=branch.fixed_shape,
            indices=indices,
            text_of=branch.name if branch.kind == "string" else "",
        )


def _constant(value: float) -> Constant:
    return Constant(value=value)
