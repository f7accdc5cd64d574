"""Read what Python parsed into nodes of our own: a strict list of what is known, and nothing else.

Nothing is ever run: what is not on the list is refused with the caret under it.
"""

from __future__ import annotations

import ast

from overproof.analysis.draw.python.source import Piece, parse_pieces
from overproof.analysis.draw.python.syntax import (
    Call,
    Choice,
    Dimension,
    Item,
    Listing,
    Literal,
    Logic,
    Name,
    NewAxis,
    Node,
    Operation,
    Rest,
    Slice,
    Subscript,
)
from overproof.words.errors import ExpressionError

MAX_DEPTH = 100
"""Nodes inside one another; beyond, it is no question of a person."""

BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}
UNARY: dict[type[ast.unaryop], str] = {ast.USub: "-x", ast.UAdd: "+x", ast.Invert: "~", ast.Not: "not"}
COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
LIBRARIES = {"numpy": "np", "awkward": "ak"}
"""Long names of libraries, with the short ones under which their functions are known."""

_REFUSED: dict[type[ast.expr], str] = {
    ast.Lambda: "functions are not defined here",
    ast.ListComp: "there are no loops here: an operation goes over all elements, a mask picks some",
    ast.SetComp: "there are no loops here: an operation goes over all elements, a mask picks some",
    ast.DictComp: "there are no loops here: an operation goes over all elements, a mask picks some",
    ast.GeneratorExp: "there are no loops here: an operation goes over all elements, a mask picks some",
    ast.Dict: "write an expression of numbers",
    ast.Set: "write an expression of numbers",
    ast.NamedExpr: "nothing gets a name here",
    ast.JoinedStr: "strings are not drawn",
    ast.Starred: "write every argument",
    ast.Slice: "a slice stands between the brackets behind a branch",
}


def read_dimensions(text: str) -> tuple[Dimension, ...]:
    """Read expressions with colons between them, in the order of the text.

    Raises:
        ExpressionError: with the caret under what is no expression of the dialect.
    """
    return tuple(
        Dimension(node=_Reader(piece).read(piece.tree), text=piece.source, position=piece.shift)
        for piece in parse_pieces(text)
    )


def read_expression(text: str) -> Node:
    """Read one expression.

    Raises:
        ExpressionError: with the caret under what is no expression of the dialect.
    """
    dimensions = read_dimensions(text)
    if len(dimensions) > 1:
        raise ExpressionError(
            "`:` separates what is drawn: write one expression here",
            text=text,
            position=text.rindex(":", 0, dimensions[1].position),
        )
    return dimensions[0].node


class _Reader:
    """A walk over one piece."""

    def __init__(self, piece: Piece) -> None:
        self.piece = piece
        self.depth = 0

    def read(self, node: ast.expr) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.piece.error(f"more than {MAX_DEPTH} operations inside one another: simplify", node)
        found = self._read(node)
        self.depth -= 1
        return found

    def _read(self, node: ast.expr) -> Node:
        match node:
            case ast.Constant():
                return self.literal(node)
            case ast.Name() | ast.Attribute():
                return Name(text=self.dotted(node), position=self.piece.start_of(node))
            case ast.BinOp():
                return self.binary(node)
            case ast.UnaryOp():
                operands = (self.read(node.operand),)
                return Operation(operator=UNARY[type(node.op)], operands=operands, position=self.piece.start_of(node))
            case ast.Compare():
                return self.comparison(node)
            case ast.BoolOp():
                self.check_length(node.values)
                return self.logic(node, node.values)
            case ast.IfExp():
                condition, yes, no = (self.read(part) for part in (node.test, node.body, node.orelse))
                position = self.piece.between("if", node.body, node.test)
                return Choice(condition=condition, yes=yes, no=no, position=position)
            case ast.Call():
                return self.call(node)
            case ast.Subscript():
                return self.subscript(node)
            case ast.List() | ast.Tuple():
                return Listing(items=tuple(map(self.read, node.elts)), position=self.piece.start_of(node))
        reason = _REFUSED.get(type(node), "write operators, indices, and functions of `np` and `ak`")
        raise self.piece.error(f"this Python is not known here: {reason}", node)

    def check_length(self, nodes: list[ast.expr]) -> None:
        if len(nodes) > MAX_DEPTH:
            raise self.piece.error(f"more than {MAX_DEPTH} conditions in a row: simplify", nodes[MAX_DEPTH])

    def literal(self, node: ast.Constant) -> Literal:
        position = self.piece.start_of(node)
        match node.value:
            case bool(value):
                return Literal(value=float(value), element="boolean", position=position)
            case int(value):
                return Literal(value=self.number(value, node), element="integer", position=position)
            case float(value):
                return Literal(value=value, element="real", position=position)
            case None:
                return Literal(value=None, element="nothing", position=position)
        kind = "a string" if isinstance(node.value, str) else "this value"
        raise self.piece.error(f"{kind} is not known here: only numbers, True and False are drawn", node)

    def number(self, value: int, node: ast.AST) -> float:
        try:
            return float(value)
        except OverflowError:
            raise self.piece.error("this number is too large for a double", node) from None

    def dotted(self, node: ast.expr) -> str:
        """Put a name with dots together: `Jets.fPt`, `np.pi`."""
        parts: list[str] = []
        inner = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name):
            parts.append(LIBRARIES.get(inner.id, inner.id))
            return ".".join(reversed(parts))
        if not parts:
            raise self.piece.error("only functions of `np` and `ak` are called, by their name", node)
        raise ExpressionError(
            f"`.{parts[-1]}` belongs to no name: values have no attributes or methods here, "
            "write a function of `ak` or `np`",
            text=self.piece.text,
            position=self.piece.text.index(".", self.piece.end_of(inner)),
        )

    def binary(self, node: ast.BinOp) -> Node:
        if isinstance(node.op, ast.MatMult):
            raise self.piece.error("this Python is not known here: `@` is no operation on numbers", node)
        operator = BINARY[type(node.op)]
        position = self.piece.between(operator, node.left, node.right)
        operands = (self.read(node.left), self.read(node.right))
        return Operation(operator=operator, operands=operands, position=position)

    def comparison(self, node: ast.Compare) -> Node:
        """Read `a < b < c` as `a < b and b < c`, as Python does."""
        sides = [node.left, *node.comparators]
        self.check_length(sides)
        pairs: list[Node] = []
        for left, operation, right in zip(sides, node.ops, sides[1:], strict=False):
            operator = COMPARISONS.get(type(operation))
            if operator is None:
                raise self.piece.error("`in` and `is` are not known here: compare with `==`", right)
            position = self.piece.between(operator, left, right)
            pairs.append(Operation(operator=operator, operands=(self.read(left), self.read(right)), position=position))
        found = pairs.pop()
        while pairs:
            left_pair = pairs.pop()
            found = Logic(is_and=True, left=left_pair, right=found, position=left_pair.position)
        return found

    def logic(self, node: ast.BoolOp, values: list[ast.expr]) -> Node:
        if len(values) == 1:
            return self.read(values[0])
        is_and = isinstance(node.op, ast.And)
        position = self.piece.between("and" if is_and else "or", values[0], values[1])
        return Logic(is_and=is_and, left=self.read(values[0]), right=self.logic(node, values[1:]), position=position)

    def call(self, node: ast.Call) -> Call:
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                raise self.piece.error("this Python is not known here: write every argument", argument)
        keywords = []
        for keyword in node.keywords:
            if keyword.arg is None:
                raise self.piece.error("this Python is not known here: write every argument", keyword)
            keywords.append((keyword.arg, self.read(keyword.value)))
        arguments = tuple(map(self.read, node.args))
        function = self.dotted(node.func)
        position = self.piece.start_of(node)
        return Call(function=function, arguments=arguments, keywords=tuple(keywords), position=position)

    def subscript(self, node: ast.Subscript) -> Subscript:
        is_tuple = isinstance(node.slice, ast.Tuple)
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        position = self.piece.text.index("[", self.piece.end_of(node.value))
        read = tuple(map(self.item, items))
        if not read:
            raise self.piece.error("the index is empty", node.slice)
        return Subscript(base=self.read(node.value), items=read, is_tuple=is_tuple, position=position)

    def item(self, node: ast.expr) -> Item:
        position = self.piece.start_of(node)
        match node:
            case ast.Slice():
                start, stop, step = (self.bound(part) for part in (node.lower, node.upper, node.step))
                if step == 0:
                    raise self.piece.error("the step of a slice cannot be 0", node)
                return Slice(start=start, stop=stop, step=step, position=position)
            case ast.Constant(value=None):
                return NewAxis(position=position)
            case ast.Attribute() if self.dotted(node) == "np.newaxis":
                return NewAxis(position=position)
            case ast.Constant() if node.value is Ellipsis:
                return Rest(position=position)
        return self.read(node)

    def bound(self, node: ast.expr | None) -> int | None:
        """Read the whole number at one end of a slice."""
        match node:
            case None | ast.Constant(value=None):
                return None
            case ast.Constant(value=int(value)) if not isinstance(value, bool):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))) if not isinstance(value, bool):
                return -value
        raise self.piece.error("a slice goes between whole numbers: `x[:, 1:3]`, `x[:, :-1]`", node)
