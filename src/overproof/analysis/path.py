"""What the user says about the path of queries: machine code made for them, or the interpreter."""

from __future__ import annotations

from typing import Literal, TypeAlias

from overproof.words.errors import OptionError

Path: TypeAlias = Literal["compiled", "interpreted"]

VARIABLE = "OVERPROOF_PATH"
"""Environment variable: `compiled` or `interpreted` for every query, `auto` for the rule."""


def said_path(said: str) -> Path | None:
    """Return the path that the user wants; None: the rule's.

    Raises:
        OptionError: it is none.
    """
    match said.strip().lower():
        case "compiled":
            return "compiled"
        case "interpreted":
            return "interpreted"
        case "" | "auto":
            return None
    raise OptionError(f"{VARIABLE}={said}: say compiled, interpreted or auto")
