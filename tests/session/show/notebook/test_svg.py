"""Histograms as inline SVG."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import boost_histogram as bh
import hist
import numpy as np
import pytest

from overproof.session.show.notebook.svg import MAX_BARS, MAX_BINS, histogram_svg

SVG = "{http://www.w3.org/2000/svg}"


def drawn(histogram: Any) -> ElementTree.Element:
    return ElementTree.fromstring(histogram_svg(histogram))


def texts(histogram: Any) -> list[str]:
    return ["".join(each.itertext()) for each in drawn(histogram).iter(f"{SVG}text")]


def heights(histogram: Any) -> list[float]:
    """The heights of the steps above the floor, in pixels."""
    path = next(each.attrib["d"] for each in drawn(histogram).iter(f"{SVG}path") if "fill-opacity" in each.attrib)
    floor = float(re.match(r"M\S+ (\S+?)V", path)[1])  # type: ignore[index]
    return [floor - float(each) for each in re.findall(r"V([\d.]+)H", path)]


def test_steps_are_as_high_as_the_contents() -> None:
    """The steps of a histogram stand in the proportion of its contents, below and above zero."""
    histogram = hist.Hist.new.Var([0, 1, 5, 6, 10]).Weight()
    histogram.fill([0.5, 2, 5.5, 7], weight=[10, 40, -20, 0])
    found = heights(histogram)
    assert found == pytest.approx(np.array([10, 40, -20, 0]) * found[1] / 40, abs=0.2)
    assert found[1] > 80


def test_many_bins_share_places() -> None:
    """More bins than there is room for are summed; the picture stays small."""
    histogram = bh.Histogram(bh.axis.Regular(1200, 0, 1200), storage=bh.storage.Double())
    histogram.view()[:] = np.repeat([1.0, 3.0], 600)
    found = heights(histogram)
    assert len(found) == MAX_BINS
    assert found == pytest.approx([found[-1] / 3] * 150 + [found[-1]] * 150, abs=0.2)
    assert len(histogram_svg(histogram)) < 8_000


def test_means_are_points_with_errors() -> None:
    """A profile has one point for each bin that has entries."""
    profile = hist.Hist.new.Reg(6, 0, 6, name="eta").Mean()
    profile.fill([0.5, 0.5, 2.5, 2.5], sample=[1, 3, 10, 14])
    paths = [each.attrib["d"] for each in drawn(profile).iter(f"{SVG}path")]
    assert [path.count("h.01") for path in paths].count(2) == 1


def test_categories_are_bars_with_their_names() -> None:
    """Each category is a bar as long as its content, with name and number; those without room are counted."""
    histogram = hist.Hist.new.StrCat([], growth=True).Double()
    for number in range(MAX_BARS + 3):
        histogram.fill([f"c{number}"] * (number + 1))
    bars = [float(each.attrib["width"]) for each in drawn(histogram).iter(f"{SVG}rect")]
    assert bars == pytest.approx([bars[0] * (number + 1) for number in range(MAX_BARS)], abs=1.5)
    told = texts(histogram)
    assert {"c0", f"c{MAX_BARS - 1}", "and 3 more"} <= set(told)
    assert f"c{MAX_BARS}" not in told


def test_maps_are_stronger_where_they_are_fuller() -> None:
    """Cells get sixteen strengths; the fullest is the strongest, and what is empty is not drawn."""
    histogram = hist.Hist.new.Reg(4, 0, 4, name="x").Reg(2, 0, 2, name="y").Double()
    histogram.fill([0.5] * 16 + [1.5] * 8 + [3.5], [0.5] * 25)
    strengths = {
        float(each.attrib["fill-opacity"]) for each in drawn(histogram).iter(f"{SVG}path") if "Z" in each.attrib["d"]
    }
    assert strengths == {1.0, 0.5, 0.062}
    assert {"x", "y"} <= set(texts(histogram))


def test_what_cannot_be_drawn_is_described() -> None:
    """Three dimensions, several values a bin, or no bins are a line of text."""
    cube = hist.Hist.new.Reg(2, 0, 1, name="a").Reg(3, 0, 1, name="b").Reg(4, 0, 1, name="c").Double()
    empty = hist.Hist.new.StrCat([], growth=True, name="channel").Double()
    for histogram, said in ((cube, "2 x 3 x 4 bins"), (empty, "channel")):
        assert "<svg" not in histogram_svg(histogram)
        assert said in histogram_svg(histogram)


AXES = {
    "regular": hist.axis.Regular(5, -1, 1, label="<b>m</b> & co"),
    "variable": hist.axis.Variable([0, 1, 10, np.inf]),
    "integer": hist.axis.Integer(-2, 3),
    "one": hist.axis.Regular(1, 0, 1),
    "circular": hist.axis.Regular(5, 0, 6, circular=True),
    "boolean": hist.axis.Boolean(),
    "categories": hist.axis.StrCategory(["<i>", "b" * 200]),
    "logarithmic": hist.axis.Regular(4, 1, 1000, transform=hist.axis.transform.log),
}
STORAGES = {
    "Double": hist.storage.Double, "Int64": hist.storage.Int64, "Weight": hist.storage.Weight,
    "Mean": hist.storage.Mean, "WeightedMean": hist.storage.WeightedMean, "Unlimited": hist.storage.Unlimited,
}  # fmt: skip


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("axis", AXES)
def test_every_kind_is_drawn(axis: str, storage: str) -> None:
    """Every axis with every storage, empty or with strange contents, makes well-formed SVG without broken numbers."""
    histograms = [hist.Hist(AXES[axis], storage=STORAGES[storage]()) for _ in range(2)]
    if storage in {"Double", "Weight"}:
        values = histograms[1].view(flow=True)
        (values if storage == "Double" else values["value"])[...] = np.resize(
            [1e300, np.nan, -np.inf, -3.0, 0.0], len(values)
        )
    for histogram in (*histograms, hist.Hist(AXES[axis], AXES["regular"], storage=STORAGES[storage]())):
        svg = histogram_svg(histogram)
        ElementTree.fromstring(svg)
        assert not re.search(r"\b(nan|inf)\b", svg.partition("</text>")[2])
        assert "<b>" not in svg
        assert "<i>" not in svg
