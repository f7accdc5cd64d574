"""Every error of the draw language: its text, and its caret."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
import root_sample
from python_sample import SCHEMA
from raise_sites import raise_sites, sites_passed
from refusals import Refusal, read_refusals

from overproof.analysis.draw.axes import parse_bins
from overproof.analysis.draw.beforehand import check_beforehand
from overproof.analysis.draw.listing import plan_listing, read_listing
from overproof.analysis.draw.names.aliases import check_aliases
from overproof.analysis.draw.plan import plan_of
from overproof.analysis.draw.python.beforehand import check_python_beforehand
from overproof.analysis.draw.python.rows import make_python_rows
from overproof.analysis.draw.request import read_request
from overproof.analysis.path import said_path
from overproof.words.errors import BranchError, ExpressionError, InputError, OptionError, pointed_at

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

ROOT = [
    *read_refusals("root"),
    Refusal(text="-(" * 31 + "met" + ")" * 31, caret=30, problem="more than 30 levels inside one another: simplify"),
    Refusal(text=" - ".join(["met"] * 300), caret=598, problem="more than 200 operations inside one another: simplify"),
    Refusal(text="  ", caret=0, problem="the expression is empty: name a branch or write a formula"),
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
    if refusal.caret is not None:  # what an alias stands for may have a caret of its own before
        assert pointed.endswith(pointed_at(refusal.text, refusal.caret))


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
            {"a": "-" * 90 + "b", "b": "-" * 90 + "c", "c": "-" * 99 + "pt"},
            "a",
            0,
            "what the alias `b` stands for cannot be used: more than 100 operations",
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


@pytest.mark.parametrize("refusal", ROOT, ids=shown)
def test_what_root_refuses(refusal: Refusal) -> None:
    """Law: what has two meanings, or none, is refused by name, says what to write, and has the caret under it."""
    with pytest.raises((ExpressionError, BranchError)) as caught:
        drawn(refusal.text)
    check(caught.value, refusal)


def drawn(text: str, **keywords: Any) -> None:
    """Make the plan of a draw, from its texts to its names."""
    plan_of(read_request(text, **{"bins": "10, 0, 1", **keywords}), schema=root_sample.SCHEMA)


def listed(columns: Any, **keywords: Any) -> None:
    """Make the plan of a table, from its texts to its names."""
    plan_listing(read_listing(columns, **keywords), schema=root_sample.SCHEMA)


OPTIONS: dict[str, tuple[Callable[[], object], str]] = {
    "dialect": (
        lambda: drawn("met", dialect="perl"),
        "dialect='perl' is not known: write 'root', which is the default",
    ),
    "two binnings": (lambda: drawn("met>>h(5)"), "the binning is given twice: bins='10, 0, 1' and `>>name(5)`"),
    "no bins": (lambda: drawn("met", bins="0, 0, 1"), "0 bins make no axis: give a whole number from 1"),
    "a long axis": (lambda: drawn("met", bins="10, -1.7e308, 1.7e308"), "an axis from -1.7e+308 to 1.7e+308 is longer"),
    "too many cells": (lambda: drawn("met:n", bins="99999, 0, 1, 99999, 0, 1"), "10,000,200,001 cells are more than"),
    "broken bins": (lambda: drawn("met", bins=(1.5, 0, 1)), "1.5 bins make no axis"),
    "empty axis": (lambda: drawn("met", bins=(10, 1, 1)), "an axis from 1 to 1 is empty: the low edge comes first"),
    "endless axis": (lambda: drawn("met", bins=(10, 0, float("inf"))), "an axis from 0 to inf is endless"),
    "one end": (lambda: drawn("met", bins="10, 0"), "bins='10, 0' has one end of an axis without the other"),
    "two numbers": (lambda: drawn("met", bins=(10, 0)), "bins=(10, 0) has 2 numbers where three are needed"),
    "one number": (lambda: drawn("met", bins=0.5), "bins=0.5 are not three numbers"),
    "nan": (lambda: drawn("met", bins="nan"), "nan bins make no axis"),
    "none": (lambda: parse_bins(None), "the binning is missing: write n, low, high"),
    "no numbers": (lambda: drawn("met", bins=("a", 0, 1)), "bins=('a', 0, 1) are not three numbers"),
    "bins of a list": (lambda: drawn(">>entries"), "`>>entries` records entries: it has no bins and is no profile"),
    "aliases": (lambda: drawn("met", aliases=["a"]), "aliases=['a']: give expressions by name"),
    "alias": (lambda: drawn("met", aliases={"1a": "met"}), "alias '1a' = 'met': give a name of letters, digits and _"),
    "name of an alias": (lambda: check_aliases({"a b": "met"}), "'a b' is no name for an alias"),
    "cut": (lambda: drawn("met", cut=3), "cut=3: give a text"),
    "profile": (lambda: drawn("met:n", profile="yes"), "profile='yes': give True or False"),
    "rows": (lambda: listed("met", rows=0), "rows=0: give a whole number, at least 1"),
    "columns": (lambda: listed(3), "columns=3: give expressions, as in 'nMuon:MET_pt'"),
    "path": (lambda: said_path("fast"), "OVERPROOF_PATH=fast: say compiled, interpreted or auto"),
}
"""What is wrong beside a text: there is nothing to point at."""


@pytest.mark.parametrize("case", OPTIONS)
def test_options_that_make_no_sense(case: str) -> None:
    """Law: a keyword that makes no sense is an error that shows what was given."""
    action, problem = OPTIONS[case]
    with pytest.raises(OptionError) as caught:
        action()
    assert str(caught.value).startswith(problem)


PLACES: dict[str, tuple[Callable[[], object], Refusal]] = {
    "profile of one": (
        lambda: drawn("met", profile=True),
        Refusal(text="met", caret=0, problem="a profile needs two expressions: what is averaged, `:`, and the axis"),
    ),
    "profile of a text": (
        lambda: drawn("label:met", profile=True),
        Refusal(text="label:met", caret=0, problem="a profile averages numbers: this is a text"),
    ),
    "text on numbers": (
        lambda: drawn("label>>+h"),
        Refusal(text="label", caret=0, problem="texts and numbers cannot be added to one axis of `h`"),
    ),
    "cut of two": (
        lambda: drawn("met", cut="n:n"),
        Refusal(text="n:n", caret=1, problem="`:` separates what is drawn: write one expression here"),
    ),
    "no number in bins": (
        lambda: drawn("met", bins="10, 0, x"),
        Refusal(text="10, 0, x", caret=7, problem="a number is expected"),
    ),
    "no number in all bins": (
        lambda: drawn("met", bins="10, , x"),
        Refusal(text="10, , x", caret=6, problem="a number is expected"),
    ),
    "too few bins": (
        lambda: parse_bins("10, 0"),
        Refusal(text="10, 0", caret=5, problem="three numbers are needed"),
    ),
    "too many in all bins": (
        lambda: parse_bins("10, 0, 1, 2"),
        Refusal(text="10, 0, 1, 2", caret=10, problem="three numbers are enough"),
    ),
    "too many bins": (
        lambda: drawn("met", bins="10, 0, 1, 2, 3"),
        Refusal(text="10, 0, 1, 2, 3", caret=10, problem="3 numbers are enough"),
    ),
}
"""Errors that need more than an expression."""


@pytest.mark.parametrize("case", PLACES)
def test_places_in_other_texts(case: str) -> None:
    """Law: cuts, binnings and profiles have their caret too."""
    action, refusal = PLACES[case]
    with pytest.raises(ExpressionError) as caught:
        action()
    check(caught.value, refusal)


BEFOREHAND: dict[str, tuple[Callable[[], object], Refusal]] = {
    "refused name": (
        lambda: check_beforehand("2*rndm", cut="", aliases={}),
        Refusal(text="2*rndm", caret=2, problem="`rndm` is refused: it is not reproducible"),
    ),
    "number of all entries": (
        lambda: check_beforehand("met", cut="Entry$ > 2", aliases={}),
        Refusal(text="Entry$ > 2", caret=0, problem="a selector sees one file, not all entries"),
    ),
    "long": (
        lambda: check_beforehand("met" + " + 1" * 200, cut="", aliases={}),
        Refusal(text="met" + " + 1" * 200, caret=0, problem="more than 200 operations inside one another: simplify"),
    ),
    "long alias in Python": (
        lambda: check_python_beforehand("a" + "*2" * 60, cut="", aliases={"a": "met" + "*2" * 60}),
        Refusal(
            text="a" + "*2" * 60, caret=0,
            problem="what the alias `a` stands for cannot be used: more than 100 operations inside one another",
        ),
    ),
    "circle in Python": (
        lambda: check_python_beforehand("2*a", cut="", aliases={"a": "b", "b": "a"}),
        Refusal(text="2*a", caret=2, problem="the alias `a` stands for itself: `a` -> `b` -> `a`"),
    ),
}  # fmt: skip
"""Errors of expressions for selectors, found before any file is."""


@pytest.mark.parametrize("case", BEFOREHAND)
def test_what_is_refused_beforehand(case: str) -> None:
    """Law: what no file could make right has its caret too."""
    action, refusal = BEFOREHAND[case]
    with pytest.raises(ExpressionError) as caught:
        action()
    check(caught.value, refusal)


def test_no_error_is_untested() -> None:
    """Law: every place of the language that raises an error is reached by one of the cases above."""
    sites = raise_sites()
    aliases = {"a": "b", "b": "a", "c": "nosuch", "d0": " + ".join(["pt"] * 90)}
    aliases |= {f"d{k}": f"d{k - 1} + 1" for k in range(1, 99)}

    def attempt(action: Callable[[], object]) -> None:
        with contextlib.suppress(InputError):
            action()

    def everything() -> None:
        for text in (*(refusal.text for refusal in PYTHON), "a", "c", "d98"):
            attempt(lambda text=text: make_python_rows(text, schema=SCHEMA, aliases=aliases))
        attempt(lambda: make_python_rows("pt", cut="n : n", schema=SCHEMA))
        for refusal in ROOT:
            attempt(lambda text=refusal.text: drawn(text))
        for action, _ in (*OPTIONS.values(), *PLACES.values(), *BEFOREHAND.values()):
            attempt(action)

    passed = sites_passed(everything, sites)
    assert sorted(sites[site] for site in sites.keys() - passed) == []
