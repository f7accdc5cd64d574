"""Small pieces of HTML."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

import pytest

from overproof.words import markup

EVIL = "<script>\"&'"


@dataclass
class Cost:
    name: str
    total_s: float
    read_bytes: int
    rate_per_s: float
    byte_rate_per_s: float
    n_files: int
    nothing: str = ""


COST = Cost(name=EVIL, total_s=75.2, read_bytes=2_500_000, rate_per_s=1e6, byte_rate_per_s=3.5e7, n_files=12_000)


@pytest.mark.parametrize(
    "piece",
    [markup.heading(EVIL, EVIL), markup.faint(EVIL), markup.lines([EVIL]), markup.shares([(EVIL, 3, "red")], total=9),
     markup.table([EVIL], [[EVIL, 3]]), markup.folded(EVIL, "body"), markup.record_table(COST),
     markup.records_table([COST])],
    ids=["heading", "faint", "lines", "shares", "table", "folded", "record", "records"],
)  # fmt: skip
def test_texts_are_no_markup(piece: str) -> None:
    """Whatever a text says, it is shown as it is: no piece opens an element of it, and each is well-formed."""
    assert "<script" not in piece
    assert EVIL in "".join("".join(each.itertext()) + "".join(each.attrib.values()) for each in parsed(piece).iter())


def parsed(piece: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<all>{piece}</all>")


def test_shares_are_drawn_in_proportion() -> None:
    """The parts of a bar have their share of its width; parts of nothing are not drawn, nor is a whole of nothing."""
    bar = markup.shares([("done", 3, "blue"), ("lost", 1, "red"), ("gone", 0, "grey")], total=8)
    widths = [each.attrib["style"].partition("%")[0] for each in parsed(bar)[0]]
    assert widths == ["width:37.50", "width:12.50"]
    assert parsed(bar)[0].attrib["aria-label"] == "3 done; 1 lost"
    assert "width:0%" in markup.shares([("done", 3, "blue")], total=0)


def test_units_come_from_names() -> None:
    """The unit at the end of a field's name goes onto its value; what is empty is left out."""
    rows = [["".join(cell.itertext()) for cell in row] for row in parsed(markup.record_table(COST)).iter("tr")]
    assert rows == [
        ["name", EVIL], ["total", "1 min 15 s"], ["read", "2.50 MB"], ["rate", "1,000,000/s"],
        ["byte rate", "35.00 MB/s"], ["n files", "12,000"],
    ]  # fmt: skip


def test_nothing_is_nothing() -> None:
    """No lines, no records and no body make no markup."""
    assert (markup.lines([]), markup.records_table([]), markup.folded("title", "")) == ("", "", "")
    assert markup.frame("", "").count("<div") == 1
