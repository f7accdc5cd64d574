"""`>>name(n, low, high)` behind what is drawn: the name of the histogram, and its axes."""

from __future__ import annotations

import re

from overproof.words.errors import ExpressionError
from overproof.words.frozen import dataclass

_TARGET = re.compile(r"\s*(?P<adds>\+?)\s*(?P<name>[A-Za-z_][\w./-]*)\s*(?:\((?P<bins>[^()]*)\))?\s*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirection:
    """Where the values go.

    Attributes:
        name: name of the histogram or entry list.
        adds: the values are added to what has that name (`>>+name`).
        bins: text between the parentheses; None without them.
        bins_position: place of that text.
    """

    name: str
    adds: bool = False
    bins: str | None = None
    bins_position: int = 0


def split_redirection(text: str) -> tuple[str, Redirection | None]:
    """Cut the redirection off; what is left has its places as before.

    Only a `>>` outside of all parentheses, brackets and strings is one.

    Raises:
        ExpressionError: what stands behind it is no name.
    """
    at = _place(text)
    if at is None:
        return text, None
    match = _TARGET.match(text, at + 2)
    if match is None:
        raise ExpressionError(
            "`>>` means two things here: write `(a >> b)` for a shift of bits, and `>>name`, `>>name(n, low, high)` or "
            "`>>+name` for the name of the histogram",
            text=text,
            position=at,
        )
    redirection = Redirection(
        name=match["name"], adds=bool(match["adds"]), bins=match["bins"], bins_position=max(match.start("bins"), 0)
    )
    return text[:at], redirection


def _place(text: str) -> int | None:
    depth, quote = 0, ""
    for position, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif depth == 0 and text.startswith(">>", position):
            return position
    return None
