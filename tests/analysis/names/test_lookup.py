"""What is said of a name that is no branch."""

from __future__ import annotations

import pytest

from overproof.analysis.draw.rows import make_rows
from overproof.records.schema import Branch, Schema
from overproof.words.errors import BranchError


def number(name: str, *, friend: str = "") -> Branch:
    return Branch(name=name, typename="double", kind="number", dtype="float64", friend=friend)


SCHEMA = Schema(
    tree="t",
    format="RNTuple",
    branches=(
        number("Jets:pt"),
        number("Jets:.eta"),
        number("Jets:phi"),
        number("Leps:phi"),
        number("f.Leps:pt", friend="f"),
    ),
    beside=(("f", "other"),),
)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Jets:pt", "nearest: `Jets.pt`, `Jets.phi`, `Jets.eta`"),
        ("f.Leps:pt", "nearest: `f.Leps.pt`"),
        ("phi", "`phi` may be `Jets.phi`, `Leps.phi`: write one of them in full"),
        ("GT", "`overproof inspect` lists its branches, and a text stands between quotes"),
    ],
)
def test_names_are_told_as_they_are_to_be_written(written: str, said: str) -> None:
    """Fields with colons are told with the dots that an expression has; where nothing is near, where to look."""
    with pytest.raises(BranchError) as caught:
        make_rows(written, schema=SCHEMA)
    assert said in str(caught.value)
