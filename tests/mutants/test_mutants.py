"""The table of mutants: it cannot rot, and there are enough of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from mutants import MUTANTS, Mutant

QUERY = Path(__file__).resolve().parents[2] / "src" / "overproof" / "query"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_place_is_still_there(mutant: Mutant) -> None:
    """What a mutant changes is there exactly once, and what it becomes is still Python."""
    text = (QUERY / mutant.file).read_text(encoding="utf-8")
    assert text.count(mutant.old) == 1
    assert ast.dump(ast.parse(text.replace(mutant.old, mutant.new))) != ast.dump(ast.parse(text))


def test_there_are_enough_mutants() -> None:
    """At least fifteen promises have a mutant, each its own."""
    assert len(MUTANTS) >= 15
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert len({mutant.promise for mutant in MUTANTS}) == len(MUTANTS)
