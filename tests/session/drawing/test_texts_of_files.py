"""Texts, objects and aliases of real files, drawn by whole queries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from overproof.session.session import Session
from overproof.words.errors import ExpressionError

SharedFile = Callable[[str], Path]


@pytest.mark.parametrize("address", ["inline", "local:2"])
def test_bins_are_in_the_order_of_entries_whoever_computes(shared_file: SharedFile, address: str) -> None:
    """Law: an axis of texts is ROOT's, from many blocks of several files, by any engine."""
    files = [f"{shared_file(name)}:events" for name in ("uproot-Zmumu.root", "uproot-Zmumu-zstd.root")]
    with Session(address) as session:
        histogram = session.draw(files, "Type", cut="pt1 > 60", block_entries=200)

    assert list(histogram.axes[0]) == ["GT", "TT", "GG"]
    assert histogram.values().tolist() == [132.0, 66.0, 66.0]
    assert histogram.axes[0].label == "Type"


def test_aliases_given_with_the_question(shared_file: SharedFile) -> None:
    """Law: an alias of the user stands for its expression, in the values, the cut and other aliases."""
    file = f"{shared_file('treemaker.root')}:PreSelection"
    aliases = {"jetpt": "Jets.Pt()", "hard": "jetpt > 30"}
    with Session("inline") as session:
        named = session.draw(file, "jetpt", cut="hard", bins="60, 0, 600", aliases=aliases)
        plain = session.draw(file, "Jets.Pt()", cut="Jets.Pt() > 30", bins="60, 0, 600")

    assert named.values().sum() > 0
    assert named.values(flow=True).tolist() == plain.values(flow=True).tolist()


def test_texts_are_added_to_texts(shared_file: SharedFile) -> None:
    """Law: `>>+name` unites the texts of two queries, and refuses numbers."""
    file = f"{shared_file('uproot-Zmumu.root')}:events"
    with Session("inline") as session:
        session.draw(file, "Type>>kinds", cut='Type != "GT"')
        both = session.draw(file, "Type>>+kinds", cut='Type == "GT"')
        with pytest.raises(ExpressionError, match="texts and numbers cannot be added to one axis of `kinds`"):
            session.draw(file, "E1>>+kinds")

    assert dict(zip(both.axes[0], both.values(), strict=True)) == {"TT": 643, "GG": 516, "GT": 1145}
