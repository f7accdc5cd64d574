"""Lists of what is refused: each text has a line below it, with the caret and how the problem begins.

A `~` instead of the caret: it is Python's own parser that complains, and its places change from version to version.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A text, where its error points, and how its problem begins; `caret` is None where the place does not matter."""

    text: str
    caret: int | None
    problem: str


def read_refusals(name: str) -> list[Refusal]:
    """Read the list of one dialect."""
    lines = (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    refusals = []
    for text, below in zip(lines[::2], lines[1::2], strict=True):
        marker, _, problem = below.strip().partition(" ")
        caret = len(below) - len(below.lstrip()) if marker == "^" else None
        refusals.append(Refusal(text=text, caret=caret, problem=problem))
    return refusals
