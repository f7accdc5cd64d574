"""How a binning is written."""

from __future__ import annotations

import pytest

from overproof.analysis.draw.axes.binning import Binning, parse_bins
from overproof.analysis.draw.axes.written import read_axes
from overproof.words.errors import ExpressionError, OptionError


@pytest.mark.parametrize("written", ["50, 0, 100", "50,0.0,1e2", (50, 0, 100), [50, 0.0, 100.0], (50.0, 0, 100)])
def test_spellings_of_one_binning(written: object) -> None:
    """Law: text and numbers mean the same axis."""
    assert parse_bins(written) == (Binning(n=50, low=0.0, high=100.0),)  # type: ignore[arg-type]  # lists of spellings


@pytest.mark.parametrize(
    ("text", "caret"), [("50, x, 100", 4), ("50, 0", 5), ("50, 0, 100, 2", 12), ("", 0), ("50,, 100", 3)]
)
def test_text_that_is_no_binning(text: str, caret: int) -> None:
    """Law: a text that is not three numbers is an error with the caret under the first wrong one."""
    with pytest.raises(ExpressionError) as caught:
        parse_bins(text)
    assert caught.value.position == caret
    assert "write n, low, high" in str(caught.value)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (None, "the binning is missing"),
        ((50, 0), "has 2 numbers"),
        ((50, "a", 3), "are not three numbers"),
        ("0, 0, 1", "0 bins make no axis"),
        ("2.5, 0, 1", "2.5 bins make no axis"),
        ("1e9, 0, 1", "make no axis"),
        ("nan, 0, 1", "make no axis"),
        ("10, 1, 1", "the low edge comes first"),
        ("10, 2, 1", "the low edge comes first"),
        ("10, 0, inf", "endless"),
    ],
)
def test_numbers_that_make_no_axis(written: object, says: str) -> None:
    """Law: an axis that cannot be is an error that says why."""
    with pytest.raises(OptionError, match=says):
        parse_bins(written)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(
    ("text", "caret"),
    [
        ("5, 0, 1, 0, 0, 1", 9),
        ("5, 0, 1, 2.5, 0, 1", 9),
        ("5, 0, 1, 7,  2, 1", 13),
        ("5, 0, inf, 7, 0, 1", 6),
        ("5, 0, 1, 7, -inf, 1", 12),
        ("5, 0, 1, 7, -1.7e308, 1.7e308", 12),
        ("5, 0, 1, 0", 9),
        ("5, 0, 1, 7, 2", 12),
        ("5, 0, 1, , , 2", 13),
        ("nan", 0),
    ],
)
def test_the_caret_is_under_the_number_that_makes_no_axis(text: str, caret: int) -> None:
    """Law: of a text that is all numbers the error shows the one that is wrong, also of the second axis."""
    with pytest.raises(OptionError) as caught:
        read_axes(text, defaults=(10, 10))
    _, line, below = str(caught.value).splitlines()
    assert line.strip() == text
    assert below == " " * (4 + caret) + "^"
