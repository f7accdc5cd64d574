"""Read tokens into a tree, with the precedence of C and the association of ROOT.

From loose to tight::

    c ? a : b      one level; nested ones in parentheses or behind the colon
    ||  or
    &&  and
    |
    &
    < <= > >= == !=    not chained
    +              loosest of the two: a + b - c is a + (b - c)
    -
    %              not chained, nothing of * and / behind it
    << >>          not chained, not beside + - %
    *              from the right: a * b * c is a * (b * c)
    /              tighter than *, from the left
    - + (sign)
    ^  **          from the left: 2^3^2 is 64
    !  not

Where ROOT and C differ in rounding only (sums and products), ROOT is followed, so that the last bit is ROOT's.
Where they differ in meaning (`a % b * c`, `a << b + c`), or where Python would read it otherwise, it is an error
that shows both spellings.

Source: ROOT::v5::TFormula::Analyze, the order in which it looks for operators.
"""

from __future__ import annotations

from collections.abc import Callable

from overproof.analysis.draw.language.ambiguity import (
    COMPARISONS,
    NEGATIVE_INDEX,
    between_values,
    bits_beside_comparison,
    chained,
    condition_as_index,
    is_condition,
    shift_beside,
)
from overproof.analysis.draw.language.syntax import (
    Binary,
    Call,
    Choice,
    Dimension,
    Group,
    Index,
    Name,
    Node,
    Number,
    Text,
    Unary,
)
from overproof.analysis.draw.language.tokens import Token, tokenize
from overproof.words.errors import ExpressionError

SYNONYMS = {"and": "&&", "or": "||", "not": "!", "**": "^"}
MAX_DEPTH = 30
"""Parentheses inside one another; beyond, it is no question of a person."""

_TIGHTER_THAN_AND = frozenset({*COMPARISONS, "|", "&", "+", "-", "*", "/", "%", "^", "**", "<<", ">>"})


def parse(text: str) -> Node:
    """Parse one expression.

    Raises:
        ExpressionError: with the caret under the character that cannot be understood.
    """
    parser = _Parser(text)
    node = parser.choice()
    parser.finish()
    return node


def parse_dimensions(text: str) -> tuple[Dimension, ...]:
    """Parse expressions with colons between them, in the order of the text.

    Raises:
        ExpressionError: with the caret under the character that cannot be understood.
    """
    parser = _Parser(text)
    dimensions = [parser.dimension()]
    while parser.sees(":"):
        parser.take()
        dimensions.append(parser.dimension())
    parser.finish()
    return tuple(dimensions)


class _Parser:
    """A walk over the tokens of one expression; each method reads one level of precedence."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.next = 0
        self.depth = 0

    # -- the walk ------------------------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.next]

    def error(self, problem: str, *, at: int | None = None) -> ExpressionError:
        return ExpressionError(problem, text=self.text, position=self.token.position if at is None else at)

    def sees(self, *operators: str) -> bool:
        """Tell whether the next token is one of these, in any spelling."""
        token = self.token
        if token.kind == "name" and token.text not in SYNONYMS:
            return False
        return token.kind in {"operator", "name"} and SYNONYMS.get(token.text, token.text) in operators

    def take(self) -> Token:
        token = self.token
        self.next += 1
        return token

    def expect(self, operator: str, *, opened: Token) -> None:
        if not self.sees(operator):
            place = f"`{opened.text}` at character {opened.position + 1}"
            raise self.error(f"`{operator}` is missing: it closes the {place}")
        self.take()

    def finish(self) -> None:
        if self.token.kind == "end":
            return
        if self.sees(")", "]"):
            raise self.error(f"`{self.token.text}` closes nothing: remove it, or open it before")
        if self.sees(":"):
            raise self.error("`:` separates what is drawn: write one expression here")
        if self.sees(","):
            raise self.error("`,` stands between the arguments of a function only: leave one expression")
        raise self.error(between_values(self.token.text))

    def dimension(self) -> Dimension:
        start = self.token.position
        node = self.choice()
        return Dimension(node=node, text=self.text[start : self.token.position].rstrip(), position=start)

    # -- the levels, loose to tight --------------------------------------------------------------------------------

    def choice(self) -> Node:
        condition = self.disjunction()
        if not self.sees("?"):
            return condition
        mark = self.take()
        yes = self.disjunction()
        if self.sees("?"):
            raise self.error("a choice between `?` and `:` needs parentheses: write `a ? (b ? c : d) : e`")
        if not self.sees(":"):
            raise self.error("`:` is missing: a choice is `condition ? yes : no`")
        self.take()
        no = self.deeper(self.choice, opened=mark)
        return Choice(condition=condition, yes=yes, no=no, position=mark.position)

    def disjunction(self) -> Node:
        return self.from_left(self.conjunction, "||")

    def conjunction(self) -> Node:
        return self.from_left(self.bit_or, "&&")

    def bit_or(self) -> Node:
        return self.from_left(self.bit_and, "|", check=self.refuse_comparison)

    def bit_and(self) -> Node:
        return self.from_left(self.comparison, "&", check=self.refuse_comparison)

    def comparison(self) -> Node:
        left = self.sum()
        if not self.sees(*COMPARISONS):
            return left
        mark = self.take()
        node = Binary(operator=mark.text, left=left, right=self.sum(), position=mark.position)
        if self.sees(*COMPARISONS):
            raise self.error(chained(mark.text, self.token.text))
        return node

    def sum(self) -> Node:
        """Read `a - b + c - d` as `(a - b) + (c - d)`, and `a + -b` as `a - b`, as ROOT does."""
        groups, marks = [self.remainder()], []
        while self.sees("+", "-"):
            mark = self.take()
            operator = mark.text
            while self.sees("+", "-"):
                operator = "+" if self.take().text == operator else "-"
            term = self.remainder()
            if operator == "+":
                self.refuse_shift(Binary(operator="+", left=groups[-1], right=term, position=mark.position))
                groups.append(term)
                marks.append(mark)
            else:
                difference = Binary(operator="-", left=groups[-1], right=term, position=mark.position)
                self.refuse_shift(difference)
                groups[-1] = difference
        node = groups[0]
        for group, mark in zip(groups[1:], marks, strict=True):
            node = Binary(operator="+", left=node, right=group, position=mark.position)
        return node

    def remainder(self) -> Node:
        left = self.shift()
        if not self.sees("%"):
            return left
        mark = self.take()
        right = self.product()
        node: Node = Binary(operator="%", left=left, right=right, position=mark.position)
        if isinstance(left, Unary) and left.operator == "-":  # ROOT reads -a % b as -(a % b); the value is that of C
            inner = Binary(operator="%", left=left.operand, right=right, position=mark.position)
            node = Unary(operator="-", operand=inner, position=left.position)
        if isinstance(right, Binary) and right.operator in {"*", "/"}:
            operator = right.operator
            raise self.two_ways(operator, f"(a % b) {operator} c", f"a % (b {operator} c)", at=right.position)
        if self.sees("%", "<<", ">>"):
            operator = self.token.text
            raise self.two_ways(operator, f"(a % b) {operator} c", f"a % (b {operator} c)")
        return node

    def shift(self) -> Node:
        left = self.product()
        if not self.sees("<<", ">>"):
            return left
        mark = self.take()
        right = self.product()
        if isinstance(left, Unary) and left.operator == "-":
            raise self.two_ways(mark.text, f"(-a) {mark.text} b", f"-(a {mark.text} b)", at=mark.position)
        if self.sees("+", "-", "<<", ">>", "%", mark.text[0]):
            operator = self.token.text
            raise self.two_ways(operator, f"(a {mark.text} b) {operator} c", f"a {mark.text} (b {operator} c)")
        return Binary(operator=mark.text, left=left, right=right, position=mark.position)

    def product(self) -> Node:
        """Read `a / b * c / d * e` as `(a / b) * ((c / d) * e)`, as ROOT does."""
        factors, marks = [self.from_left(self.signed, "/")], []
        while self.sees("*"):
            marks.append(self.take())
            factors.append(self.from_left(self.signed, "/"))
        node = factors.pop()
        while factors:
            node = Binary(operator="*", left=factors.pop(), right=node, position=marks.pop().position)
        return node

    def signed(self) -> Node:
        if not self.sees("-", "+"):
            return self.power()
        mark = self.take()
        with_sign = self.deeper(self.signed, opened=mark)
        return Unary(operator=mark.text, operand=with_sign, position=mark.position)

    def power(self) -> Node:
        left = self.negation()
        spelling = None
        while self.sees("^"):
            mark = self.take()
            if spelling == "**" or (spelling and mark.text == "**"):
                raise self.two_ways(mark.text, "(a ** b) ** c", "a ** (b ** c)", at=mark.position)
            spelling = mark.text
            right = self.exponent()
            left = Binary(operator="^", left=left, right=right, position=mark.position)
        return left

    def exponent(self) -> Node:
        if not self.sees("-", "+"):
            return self.negation()
        mark = self.take()
        return Unary(operator=mark.text, operand=self.negation(), position=mark.position)

    def negation(self) -> Node:
        if not self.sees("!"):
            return self.primary()
        mark = self.take()
        node = Unary(operator="!", operand=self.deeper(self.negation, opened=mark), position=mark.position)
        if mark.text == "not" and self.token.text in _TIGHTER_THAN_AND:
            operator = self.token.text
            raise self.two_ways(operator, f"not (a {operator} b)", f"(not a) {operator} b", at=mark.position)
        return node

    def primary(self) -> Node:
        token = self.token
        if token.kind == "number":
            self.take()
            value = float(int(token.text, 16)) if token.text[:2] in {"0x", "0X"} else float(token.text)
            return Number(value=value, text=token.text, position=token.position)
        if token.kind == "text":
            self.take()
            return Text(value=token.text[1:-1], position=token.position)
        if token.kind == "name" and token.text not in SYNONYMS:
            self.take()
            return self.call(token) if self.sees("(") else self.name(token)
        if self.sees("("):
            self.take()
            inner = self.deeper(self.choice, opened=token)
            self.expect(")", opened=token)
            return Group(inner=inner, position=token.position)
        if token.kind == "end":
            raise self.error("the expression ends where a value is expected: write a name, a number or `(`")
        raise self.error(f"a value is expected before `{token.text}`: write a name, a number or `(`")

    def call(self, name: Token, *, indices: tuple[Index, ...] = ()) -> Node:
        opened = self.take()
        arguments: list[Node] = []
        if not self.sees(")"):
            arguments.append(self.deeper(self.choice, opened=opened))
            while self.sees(","):
                self.take()
                arguments.append(self.deeper(self.choice, opened=opened))
        self.expect(")", opened=opened)
        if "." in name.text and not arguments:
            indices += tuple(self.indices())  # a method with an index behind it is that of the element
        if self.sees("["):
            raise self.error("only a branch has an index: write it behind the name of the branch")
        return Call(function=name.text, arguments=tuple(arguments), position=name.position, indices=indices)

    def name(self, name: Token) -> Node:
        """Read `a[0].b[1]` as `a.b[0][1]`, and `a[0].f()` as a method with an index."""
        indices = self.indices()
        while self.token.kind == "member":
            name = Token(kind="name", text=name.text + self.take().text, position=name.position)
            if self.sees("("):
                return self.call(name, indices=tuple(indices))
            indices += self.indices()
        return Name(text=name.text, indices=tuple(indices), position=name.position)

    def indices(self) -> list[Index]:
        indices: list[Index] = []
        while self.sees("["):
            opened = self.take()
            indices.append(Index(value=self.index(opened=opened), position=opened.position))
            self.expect("]", opened=opened)
        return indices

    def index(self, *, opened: Token) -> int | Node | None:
        token = self.token
        if self.sees("]"):
            return None
        if self.sees("-"):
            raise self.error(NEGATIVE_INDEX)
        if token.kind == "number" and self.tokens[self.next + 1].text == "]":
            if not token.text.isdigit():
                raise self.error(f"`{token.text}` is not a place: an index is a whole number from 0, or empty to loop")
            self.take()
            return int(token.text)
        node = self.deeper(self.choice, opened=opened)
        if is_condition(node):
            written = self.text[token.position : self.token.position].strip()
            raise self.error(condition_as_index(written), at=token.position)
        return node

    # -- what several levels need ----------------------------------------------------------------------------------

    def from_left(
        self, operand: Callable[[], Node], operator: str, *, check: Callable[[Binary], None] | None = None
    ) -> Node:
        left = operand()
        while self.sees(operator):
            mark = self.take()
            node = Binary(operator=operator, left=left, right=operand(), position=mark.position)
            if check is not None:
                check(node)
            left = node
        return left

    def deeper(self, level: Callable[[], Node], *, opened: Token) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"more than {MAX_DEPTH} levels inside one another: simplify", at=opened.position)
        node = level()
        self.depth -= 1
        return node

    def refuse_comparison(self, node: Binary) -> None:
        problem = bits_beside_comparison(node)
        if problem is not None:
            raise self.error(problem, at=node.position)

    def refuse_shift(self, node: Binary) -> None:
        spellings = shift_beside(node)
        if spellings is not None:
            raise self.two_ways(node.operator, *spellings, at=node.position)

    def two_ways(self, operator: str, one: str, other: str, *, at: int | None = None) -> ExpressionError:
        histogram = "; a histogram gets its name by --name (name= in Python)" if ">>" in one and not self.depth else ""
        return self.error(f"`{operator}` means two things here: write `{one}` or `{other}`{histogram}", at=at)
