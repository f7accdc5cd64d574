"""The page on the draw language and the tables of the parser, in both directions."""

from __future__ import annotations

import re
from pathlib import Path

from overproof.analysis.draw.language.vocabulary import (
    AGGREGATES,
    ALTERNATIVE,
    CONDITIONAL_AGGREGATES,
    CONSTANT_FUNCTIONS,
    CONSTANTS,
    FUNCTIONS,
    REFUSED,
    SPECIALS,
    TEXT_FUNCTIONS,
)
from overproof.analysis.draw.names.formulas import SYSTEMS
from overproof.analysis.draw.names.methods import LENGTHS, SIZES
from overproof.analysis.draw.python import vocabulary as python
from overproof.analysis.draw.python.resolve import BIT_KERNELS, KERNELS
from overproof.analysis.draw.resolve import BINARY_KERNELS, UNARY_KERNELS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "draw-language.md"
KNOWN = {
    *AGGREGATES,
    *CONDITIONAL_AGGREGATES,
    ALTERNATIVE,
    *CONSTANT_FUNCTIONS,
    *CONSTANTS,
    *FUNCTIONS,
    *REFUSED,
    *SPECIALS,
    *TEXT_FUNCTIONS,
}


def section(title: str) -> str:
    """Return the text under one heading."""
    return PAGE.read_text(encoding="utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0]


def names(text: str) -> set[str]:
    """Return the bare names in backticks: those of examples have parentheses or operators."""
    return set(re.findall(r"`((?:(?:np|ak)\.)?[A-Za-z_]\w*(?:::\w+)?\$?)`", text))


def test_every_known_name_is_on_the_page() -> None:
    """Law: the parser knows no name that the page does not."""
    assert names(PAGE.read_text(encoding="utf-8")) >= KNOWN


def test_every_name_on_the_page_is_known() -> None:
    """Law: the sections on functions, aggregates and refused names list nothing that the parser does not know."""
    loop = section("The implicit loop").split("| name | means | example |")[1]
    listed = names(section("Functions")) | names(section("Refused by name")) | names(loop)
    assert listed - KNOWN == set()


def test_every_operator_is_on_the_page() -> None:
    """Law: the table of operators has those of the parser, no more and no less."""
    rows = [line for line in section("Operators").splitlines() if line.startswith("| `")][:14]
    cells = [re.split(r"(?<!\\)\|", row) for row in rows]
    listed = {text.replace("\\", "") for row in cells for text in re.findall(r"`([^`]+)`", row[1])}
    assert listed == {*BINARY_KERNELS, *UNARY_KERNELS, "&&", "||", "? :"}


def test_every_method_is_on_the_page() -> None:
    """Law: the section on objects has the methods that the parser knows, no more and no less."""
    listed = set(re.findall(r"`([A-Za-z]\w*)\(\)`", section("Objects")))
    assert listed == {
        *SIZES,
        *LENGTHS,
        *(name for system in SYSTEMS.values() for name in system.formulas if name[0] != "_"),
    }


def test_every_name_of_python_is_on_the_page() -> None:
    """Law: the section on the Python dialect has the names that the resolver knows, no more and no less."""
    known = {*python.ELEMENTWISE, *python.LIST_FUNCTIONS, *python.FLATTENING, *python.CONSTANTS, *python.REFUSED}
    listed = names(section("The Python dialect").split("| all pairs of an entry |")[1])
    assert listed == known


def test_every_operator_of_python_is_on_the_page() -> None:
    """Law: the section on the Python dialect has every operator that the resolver knows."""
    listed = set(re.findall(r"`([^`]+)`", section("The Python dialect").split("| operator |")[1].split("\n\n")[0]))
    known = {each.replace("|", "\\|") for each in (*KERNELS, *BIT_KERNELS)} | {"and", "or"}
    assert {*listed} >= known
