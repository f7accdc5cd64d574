"""Outputs of a query as HTML."""

from __future__ import annotations

from collections import Counter
from typing import Any
from xml.etree import ElementTree

import hist
import numpy as np
import pytest

from overproof.session.show.notebook.outputs import MAX_PICTURES, MAX_ROWS, outputs_html, told


class Dangerous:
    """An object whose every method fails."""

    def __repr__(self) -> str:
        raise RuntimeError

    def __len__(self) -> int:
        raise RuntimeError


class Shapeless:
    """An object that fails where arrays have their shape."""

    @property
    def shape(self) -> tuple[int, ...]:
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "said"),
    [(3, 3), (2.5, "2.5"), (True, "True"), (None, "None"), (1 + 2j, "(1+2j)"), ("a<b", "a<b"),
     ("x" * 90, "x" * 80 + "…"),
     (np.ones((3, 2_000)), "float64, 3 x 2,000"), (np.float64(2.5), "2.5"), ([1], "list, 1 item"),
     (Counter("ab"), "Counter, 2 items"), (Dangerous(), "Dangerous, of unknown length"), (object(), "object"),
     (hist.Hist.new.Reg(4, 0, 1).Reg(2, 0, 1).Double(), "histogram, 4 x 2 bins"),
     (np.int64(370370367), 370370367), (np.uint8(7), 7), (np.bool_(True), "True"), (np.float32(2.5), "2.5"),
     (np.longdouble(2.5), "2.5"), (np.complex64(1 + 2j), "(1+2j)"), (np.array("a<b"), "a<b"),
     (np.datetime64("2020-01-01T00:00:00.000000001"), "2020-01-01T00:00:00.000000001"),
     (np.timedelta64(3, "s"), "3 seconds"), (np.array(Dangerous(), dtype=object), "ndarray of object"),
     (np.zeros((), "i4,f8")[()], "void of [('f0', '<i4'), ('f1', '<f8')]"), (Shapeless(), "Shapeless")],
    ids=["int", "float", "bool", "none", "complex", "text", "long", "array", "scalar", "list", "counter", "dangerous",
         "object", "histogram", "int64", "uint8", "bool_", "float32", "longdouble", "complex64", "array of text",
         "time", "span", "array of object", "record", "shapeless"],
)  # fmt: skip
def test_values_are_told_in_short(value: Any, said: Any) -> None:
    """Small things are told, large ones described; the `repr` of users' types is never asked for."""
    assert told(value) == said


def test_outputs_stand_under_their_names() -> None:
    """Histograms are drawn and everything else is listed, those of mappings under both names; texts are no markup."""
    html = outputs_html({"dy<b>": {"mass": hist.Hist.new.Reg(4, 0, 1).Double(), "n": 3}, "gone": {}, "who": "<i>"})
    rows = {
        tuple("".join(cell.itertext()) for cell in row) for row in ElementTree.fromstring(f"<a>{html}</a>").iter("tr")
    }
    assert rows == {("dy<b>/n", "3"), ("gone", "dict, 0 items"), ("who", "<i>")}
    assert html.count("<svg") == 1
    assert "dy&lt;b&gt;/mass" in html


def test_outputs_of_one_name_are_all_shown() -> None:
    """A key that looks like a path hides nothing, nor is it hidden."""
    html = outputs_html({"a/b": hist.Hist.new.Reg(4, 0, 1).Double(), "a": {"b": hist.Hist.new.Reg(5, 0, 1).Double()}})
    assert html.count("<svg") == 2
    assert "a/b (2)" in html
    assert "3" in outputs_html({"a/b": hist.Hist.new.Reg(4, 0, 1).Double(), "a": {"b": 3}}).rpartition("</svg>")[2]


def test_a_thousand_outputs_are_a_page() -> None:
    """Of very many outputs some are drawn and some listed; the rest is counted."""
    html = outputs_html({f"h{number}": hist.Hist.new.Reg(4, 0, 1).Double() for number in range(1000)})
    assert html.count("<svg") == MAX_PICTURES
    assert f"and {1000 - MAX_PICTURES - MAX_ROWS:,} more" in html
