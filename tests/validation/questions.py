"""Read the list of questions that the draw language is compared with ROOT on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

QUESTIONS = Path(__file__).with_name("draw_questions.txt")
NUMBERS = Path(__file__).with_name("root_numbers.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One line of the list, with the file and tree above it."""

    file: str
    tree: str
    expression: str
    cut: str
    weight: str
    bins: str

    @property
    def key(self) -> str:
        return " ; ".join((self.file, self.tree, self.expression, self.cut, self.weight, self.bins))

    @property
    def selection(self) -> str:
        """Return cut and weight as ROOT takes them: one expression."""
        if self.cut and self.weight:
            return f"({self.cut})*({self.weight})"
        return self.cut or self.weight


def read_questions() -> list[Question]:
    """Return all questions, in the order of the list."""
    questions = []
    file = tree = ""
    for line in map(str.strip, QUESTIONS.read_text(encoding="utf-8").splitlines()):
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            file, tree = line.strip("[]").split()
            continue
        expression, *middle, bins = (field.strip() for field in line.split(";"))
        cut, weight = (*middle, "", "")[:2]
        questions.append(Question(file=file, tree=tree, expression=expression, cut=cut, weight=weight, bins=bins))
    return questions
