"""The text of an expression in Python: cut at its colons, parsed by Python itself, with the places kept."""

from __future__ import annotations

import ast
import re
import tokenize
import warnings
from collections.abc import Iterator

from overproof.words.errors import ExpressionError
from overproof.words.frozen import dataclass

MAX_LENGTH = 10_000
"""Characters; beyond, it is no question of a person."""

_OF_ROOT = {
    "&&": "write `and`, or `&` between parentheses",
    "||": "write `or`, or `|` between parentheses",
    "?": "write `a if condition else b`",
    "$": "write functions of `ak`, such as `ak.sum(x, axis=1)` or `ak.num(x)`",
    "::": "write functions of `np`, such as `np.sqrt(x)`",
    "!": "write `not x`, or `~x`",
    "[]": "leave the brackets: a branch is all its elements",
    "[ ]": "leave the brackets: a branch is all its elements",
}
"""What ROOT's dialect has and Python has not, with what to write."""

_FOREIGN = re.compile(r"&&|\|\||\?|\$|::|!(?!=)|\[\s*\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One of the expressions between colons, parsed.

    Attributes:
        tree: what Python makes of it.
        text: the whole text, all of its pieces.
        shift: place in `text` at which the piece begins.
        source: the piece itself.
    """

    tree: ast.expr
    text: str
    shift: int
    source: str

    def start_of(self, node: ast.AST) -> int:
        """Return the place of the first character of a node in the whole text."""
        return self.shift + self._characters(getattr(node, "col_offset", 0))

    def end_of(self, node: ast.AST) -> int:
        """Return the place behind the last character of a node in the whole text."""
        return self.shift + self._characters(getattr(node, "end_col_offset", None) or 0)

    def between(self, operator: str, left: ast.AST, right: ast.AST) -> int:
        """Return the place of an operator between two nodes."""
        return self.text.index(operator, self.end_of(left), self.start_of(right))

    def error(self, problem: str, node: ast.AST) -> ExpressionError:
        """Make an error with the caret under a node."""
        return ExpressionError(problem, text=self.text, position=self.start_of(node))

    def _characters(self, n_bytes: int) -> int:
        return len(self.source.encode()[:n_bytes].decode(errors="ignore"))


def parse_pieces(text: str) -> tuple[Piece, ...]:
    """Cut a text at the colons that stand outside of all brackets, and let Python parse what is between them.

    Raises:
        ExpressionError: a piece that is no expression of Python.
    """
    plain = re.sub(r"\s", " ", text)
    if len(plain) > MAX_LENGTH:
        raise ExpressionError("more than 10,000 characters: simplify", text=text, position=MAX_LENGTH)
    return tuple(_parse(text, first, stop, plain) for first, stop in _between_colons(plain))


def _between_colons(text: str) -> Iterator[tuple[int, int]]:
    depth, quote, first = 0, "", 0
    for place, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == ":" and depth == 0 and ":" not in {text[place - 1 : place], text[place + 1 : place + 2]}:
            yield first, place
            first = place + 1
    yield first, len(text)


def _parse(text: str, first: int, stop: int, plain: str) -> Piece:
    piece = plain[first:stop]
    shift = first + len(piece) - len(piece.lstrip())
    source = piece.strip()
    if not source:
        raise ExpressionError("the expression is empty: name a branch or write a formula", text=text, position=first)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # of what is refused anyhow, such as calling a number
            tree = ast.parse(source, mode="eval").body
    except SyntaxError as error:
        raise _no_python(text, source, shift, error) from None
    except (ValueError, RecursionError, MemoryError, tokenize.TokenError):  # null characters, and towers of brackets
        raise ExpressionError("Python cannot read this: simplify", text=text, position=shift) from None
    return Piece(tree=tree, text=text, shift=shift, source=source)


def _no_python(text: str, source: str, shift: int, error: SyntaxError) -> ExpressionError:
    foreign = _FOREIGN.search(source)
    if foreign is not None:
        found = foreign.group()
        mending = _OF_ROOT.get(found, _OF_ROOT["[]"])
        return ExpressionError(f"`{found}` is no Python: {mending}", text=text, position=shift + foreign.start())
    place = min(error.offset - 1, len(source)) if error.offset else len(source)  # 0: the end came too early
    return ExpressionError(f"this is no expression of Python: {error.msg}", text=text, position=shift + place)
