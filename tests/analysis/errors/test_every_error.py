"""Every error of the draw language: its text, and its caret."""

from __future__ import annotations

import contextlib

import pytest
from python_sample import SCHEMA
from raise_sites import ROOM, raise_sites, sites_passed
from refusals import Refusal, read_refusals

from overproof.analysis.draw.python.rows import make_python_rows
from overproof.words.errors import BranchError, ExpressionError, InputError, pointed_at

DEEP = "more than 100 operations inside one another: simplify"
PYTHON = [
    *read_refusals("python"),
    Refusal(text="-" * 150 + "pt", caret=100, problem=DEEP),
    Refusal(text="pt + " * 150 + "pt", caret=0, problem=DEEP),
    Refusal(text="pt" * 6000, caret=10_000, problem="more than 10,000 characters: simplify"),
    Refusal(text="(" * 5000 + "pt", caret=None, problem="this is no expression of Python"),
    Refusal(text="-" * 9000 + "pt", caret=0, problem="Python cannot read this: simplify"),
    Refusal(text=" < ".join(["pt"] * 102), caret=500, problem="more than 100 conditions in a row: simplify"),
    Refusal(text=" and ".join(["pt"] * 101), caret=700, problem="more than 100 conditions in a row: simplify"),
    Refusal(text="pt\0", caret=None, problem="this is no expression of Python"),
    Refusal(text="1" + "0" * 400, caret=0, problem="this number is too large for a double"),
]


def shown(refusal: object) -> str:
    """Name a case by its text, which is the same in every process."""
    return ascii(refusal.text[:40]) if isinstance(refusal, Refusal) else str(refusal)


def check(error: InputError, refusal: Refusal) -> None:
    """Compare an error with what it should say and point at."""
    said, _, pointed = str(error).partition("\n")
    assert said.startswith(refusal.problem)
    if isinstance(error, ExpressionError):
        assert error.text == refusal.text
        assert 0 <= error.position <= len(refusal.text)
    if refusal.caret is not None:
        assert pointed == pointed_at(refusal.text, refusal.caret)


@pytest.mark.parametrize("refusal", PYTHON, ids=shown)
def test_what_python_refuses(refusal: Refusal) -> None:
    """Law: what is not known is refused by name, says what to write, and has the caret under it."""
    with pytest.raises((ExpressionError, BranchError)) as caught:
        make_python_rows(refusal.text, schema=SCHEMA)
    check(caught.value, refusal)


def test_a_cut_in_python_is_one_expression() -> None:
    """Law: colons separate what is drawn, nothing else."""
    text = "n > 1 : n < 3"
    with pytest.raises(ExpressionError) as caught:
        make_python_rows("pt", cut=text, schema=SCHEMA)
    check(caught.value, Refusal(text=text, caret=6, problem="`:` separates what is drawn: write one expression here"))


@pytest.mark.parametrize(
    ("aliases", "text", "caret", "problem"),
    [
        ({"a": "b", "b": "a"}, "1 + a", 4, "the alias `a` stands for itself: `a` -> `b` -> `a`"),
        ({"a": "pt +"}, "1 + a", 4, "what the alias `a` stands for cannot be used: this is no expression of Python"),
        (
            {"a": "-" * 99 + "b", "b": "-" * 99 + "c", "c": "-" * 99 + "pt"},
            "a",
            0,
            "what the alias `b` stands for cannot be used: more than 200 operations",
        ),
        ({"a": "nosuch"}, "a", 0, "what the alias `a` stands for cannot be used: there is no branch `nosuch`"),
    ],
    ids=["circle", "grammar", "depth", "branch"],
)
def test_aliases_in_python(aliases: dict[str, str], text: str, caret: int, problem: str) -> None:
    """Law: an alias that stands for itself, or for nothing that can be understood, is named at its place."""
    with pytest.raises(ExpressionError) as caught:
        make_python_rows(text, schema=SCHEMA, aliases=aliases)
    assert caught.value.problem.startswith(problem)
    assert (caught.value.position, caught.value.text) == (caret, text)


def test_no_error_in_python_is_untested() -> None:
    """Law: every place of the dialect that raises an error is reached by one of the texts above."""
    sites = {site: text for site, text in raise_sites().items() if site[0].startswith(str(ROOM / "python"))}

    aliases = {"a": "b", "b": "a", "c": "nosuch", **{f"d{k}": f"d{k - 1} + 1" for k in range(1, 99)}}
    aliases |= {"d0": " + ".join(["pt"] * 90), "e": " + ".join(["d98"] * 30)}

    def everything() -> None:
        for text in (*(refusal.text for refusal in PYTHON), "a", "c", "e"):
            with contextlib.suppress(InputError):
                make_python_rows(text, schema=SCHEMA, aliases=aliases)
        with contextlib.suppress(InputError):
            make_python_rows("pt", cut="n : n", schema=SCHEMA)

    passed = sites_passed(everything, sites)
    assert sorted(sites[site] for site in sites.keys() - passed) == []
