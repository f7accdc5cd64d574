"""Cut the text of a draw expression into tokens that know where they stand."""

from __future__ import annotations

import re

from overproof.words.errors import ExpressionError
from overproof.words.frozen import dataclass

_NUMBER = r"0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_NAME = r"@?[A-Za-z_]\w*(?:\$|#\d+)?(?:(?:::|@?\.@?)[A-Za-z_]\w*)*"
_MEMBER = r"@?\.@?[A-Za-z_]\w*(?:@?\.@?[A-Za-z_]\w*)*"
_TEXT = r"\"[^\"]*\"|'[^']*'"
_OPERATOR = r"\*\*|&&|\|\||==|!=|<=|>=|<<|>>|[-+*%^&|<>!?:(),\[\]]|/(?!/)"
_TOKEN = re.compile(
    rf"(?P<space>\s+)|(?P<number>{_NUMBER})|(?P<name>{_NAME})|(?P<member>{_MEMBER})"
    rf"|(?P<text>{_TEXT})|(?P<operator>{_OPERATOR})"
)

_MENDING = {
    "=": "compare with `==`",
    "~": "there is no bitwise complement; compare with `==`, or use `!` for a logical not",
    '"': "close the text with another one",
    "'": "close the text with another one",
    "@": "the size of a container is `@x.size()`",
    ";": "write one expression",
    "{": "group with ( and )",
    "}": "group with ( and )",
    "$": "names with a dollar are written in one piece, such as `Sum$`, `Length$` and `Entry$`",
    "≥": "write `>=`",
    "≤": "write `<=`",
    "≠": "write `!=`",
    "−": "write `-`",  # what word processors make of it
    "//": "the floor of a quotient is `floor(a / b)`",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of the text.

    Attributes:
        kind: `"number"`, `"name"`, `"member"` (`.x` behind an index), `"text"` (with its quotes), `"operator"` or
            `"end"`.
        text: the piece as it stands; empty at the end.
        position: index of its first character in the whole text.
    """

    kind: str
    text: str
    position: int


def tokenize(text: str) -> tuple[Token, ...]:
    """Cut `text` into tokens; the last one is the end, just behind the last character that is not blank.

    Raises:
        ExpressionError: an empty text, or a character that belongs to nothing.
    """
    if not text.strip():
        raise ExpressionError("the expression is empty: name a branch or write a formula", text=text, position=0)
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or (match.lastgroup == "member" and not (tokens and tokens[-1].text == "]")):
            raise _stray(text, position)
        kind = str(match.lastgroup)
        if kind != "space":
            tokens.append(Token(kind=kind, text=match.group(), position=position))
            _check_number_end(tokens[-1], text=text)
        position = match.end()
    tokens.append(Token(kind="end", text="", position=len(text.rstrip())))
    return tuple(tokens)


def _stray(text: str, position: int) -> ExpressionError:
    stray = "//" if text.startswith("//", position) else text[position]
    mending = _MENDING.get(stray, "remove it")
    return ExpressionError(f"`{stray}` means nothing here: {mending}", text=text, position=position)


def _check_number_end(token: Token, *, text: str) -> None:
    """Refuse `2x` and `1.2.3`, which would otherwise read as two tokens."""
    end = token.position + len(token.text)
    if token.kind == "number" and end < len(text) and (text[end].isalnum() or text[end] in "._"):
        raise ExpressionError(
            f"`{token.text}{text[end]}` is not a number: write an operator between a number and a name",
            text=text,
            position=end,
        )
