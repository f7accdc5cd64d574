"""Read the lists of questions that the draw language is compared with ROOT on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
QUESTIONS = HERE / "questions"
NUMBERS = HERE / "numbers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the questions below a line in brackets are put to.

    Attributes:
        files: names in the shared collection; several make a chain.
        tree: name of the tree.
        friends: (name, files with `+` between them, tree) of each friend.
    """

    files: tuple[str, ...]
    tree: str
    friends: tuple[tuple[str, str, str], ...] = ()

    @property
    def key(self) -> str:
        parts = [" + ".join(self.files), self.tree, *(f"{name}={file}:{tree}" for name, file, tree in self.friends)]
        return " ; ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One line of a list.

    Attributes:
        aliases: (name, text) of the aliases that stand above it.
        bins: numbers for each axis; `auto`, or `auto` and the number of bins of each axis.
        profile: the first expression is averaged.
    """

    source: Source
    aliases: tuple[tuple[str, str], ...]
    expression: str
    cut: str
    weight: str
    bins: str
    profile: bool

    @property
    def key(self) -> str:
        bins = f"prof {self.bins}" if self.profile else self.bins
        return " ; ".join((self.source.key, self.expression, self.cut, self.weight, bins))

    @property
    def selection(self) -> str:
        """Return cut and weight as ROOT takes them: one expression."""
        if self.cut and self.weight:
            return f"({self.cut})*({self.weight})"
        return self.cut or self.weight

    @property
    def redirection(self) -> str:
        """Return what stands between the parentheses behind `>>name`, for both sides; empty without any."""
        return self.bins.removeprefix("auto").strip() if self.bins.startswith("auto") else ""

    @property
    def axes(self) -> list[tuple[int, float, float]] | None:
        """Return bins, low and high of each axis, x first; None: automatic."""
        if self.bins.startswith("auto"):
            return None
        numbers = [float(number) for number in self.bins.split(",")]
        return [(int(numbers[at]), numbers[at + 1], numbers[at + 2]) for at in range(0, len(numbers), 3)]


def topics() -> list[str]:
    """Return the names of all lists."""
    return sorted(path.stem for path in QUESTIONS.glob("*.txt"))


def read_questions(topic: str) -> list[Question]:
    """Return all questions of a list, in its order."""
    return list(_questions((QUESTIONS / f"{topic}.txt").read_text(encoding="utf-8")))


def read_numbers(topic: str) -> dict[str, Any]:
    """Return ROOT's answers to a list, by key of the question."""
    answers: dict[str, Any] = json.loads((NUMBERS / f"{topic}.json").read_text(encoding="utf-8"))
    return answers


def _questions(text: str) -> Iterator[Question]:
    source = Source(files=(), tree="")
    aliases: tuple[tuple[str, str], ...] = ()
    for line in map(str.strip, text.splitlines()):
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            source, aliases = _source(line[1:-1]), ()
        elif line.startswith("alias "):
            name, _, meaning = line.removeprefix("alias ").partition("=")
            aliases = (*aliases, (name.strip(), meaning.strip()))
        else:
            yield _question(line, source, aliases)


def _source(text: str) -> Source:
    files, tree, *friends = text.split()
    split = [(name, *what.rsplit(":", 1)) for name, what in (friend.split("=", 1) for friend in friends)]
    return Source(files=tuple(files.split("+")), tree=tree, friends=tuple((n, f, t) for n, f, t in split))


def _question(line: str, source: Source, aliases: tuple[tuple[str, str], ...]) -> Question:
    expression, *middle, bins = (field.strip() for field in line.split(";"))
    cut, weight = (*middle, "", "")[:2]
    return Question(
        source=source, aliases=aliases, expression=expression, cut=cut, weight=weight,
        bins=bins.removeprefix("prof").strip(), profile=bins.startswith("prof"),
    )  # fmt: skip
