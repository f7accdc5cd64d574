"""Histograms as pictures in files."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import boost_histogram as bh
import hist
import numpy as np
import pytest

import overproof as op
from overproof.session.show.histograms import histograms_of, is_histogram
from overproof.session.show.paper.picture import check_picture, make_picture, save_picture
from overproof.session.show.paper.texts import shown
from overproof.session.show.style import Style
from overproof.words.errors import OptionError, OutputError

pytestmark = pytest.mark.skipif(find_spec("mplhep") is None, reason="pictures need the extra `plot`")


@pytest.fixture(autouse=True)
def _no_warnings() -> Iterator[None]:
    """Whatever matplotlib warns of would be printed to users."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def filled(contents: list[float], *, label: str = "x [GeV]", width: float = 1.0) -> hist.Hist:
    """A weighted histogram of bins of one width with these contents, in each one entry of that weight."""
    axis = hist.axis.Regular(len(contents), 0, len(contents) * width, name="x", label=label)
    histogram = hist.Hist(axis, storage=hist.storage.Weight())
    return histogram.fill(axis.centers, weight=contents)


def profile() -> hist.Hist:
    storage = hist.storage.WeightedMean()
    filled_profile = hist.Hist(hist.axis.Regular(3, 0, 3, label="eta"), storage=storage, label="pt:eta")
    return filled_profile.fill([0.5, 0.5, 1.5], sample=[1.0, 3.0, 5.0], weight=[1, 1, 1])


def tops(axes: Any) -> list[list[float]]:
    """Upper borders of the steps that stand in a frame, in the order in which they were drawn."""
    return [step.get_data().values.tolist() for step in axes.patches if hasattr(step, "get_data")]


def marked(axes: Any) -> list[list[float]]:
    """Heights of the points in a frame, those of each histogram apart."""
    return [line.get_ydata().tolist() for line in axes.lines if line.get_marker() not in {"", "None", "_", "|"}]


def legend(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_each_histogram_has_a_frame_of_its_own() -> None:
    """Without a word on it outputs stand side by side, each under its name; other outputs are passed over."""
    figure = op.plot({"a": filled([1.0, 2.0]), "n": 3, "deep": {"b": filled([3.0])}}).figure
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["a", "deep/b"]
    assert tops(figure.axes[0])[-1] == [1.0, 2.0]
    assert figure.axes[0].get_xlabel() == "x [GeV]"
    assert figure.axes[0].get_ylim()[0] == 0


def test_an_overlay_stands_in_one_frame() -> None:
    """Histograms of one dimension lie over each other, whatever their bins, as wide as the widest, with a legend."""
    (axes,) = op.plot({"a": filled([1.0, 2.0]), "b": filled([3.0, 4.0, 5.0])}, overlay=True).figure.axes
    assert tops(axes) == [[1.0, 2.0], [3.0, 4.0, 5.0]]
    assert axes.get_xlim() == (0, 3)
    assert legend(axes) == ["a", "b"]


def test_a_stack_adds_up() -> None:
    """Each stands upon those before it; the legend reads from the top, points first."""
    named = {"data": filled([9.0, 9.0]), "a": filled([1.0, 2.0]), "b": filled([3.0, 4.0])}
    (axes,) = op.plot(named, stack=True, points="data").figure.axes
    assert sorted(tops(axes))[:2] == [[1.0, 2.0], [4.0, 6.0]]
    assert marked(axes) == [[9.0, 9.0]]
    assert legend(axes) == ["data", "b", "a"]


def test_the_error_of_a_stack_is_that_of_the_sum() -> None:
    """The hatched band is as wide as the root of the sum of all variances."""
    (axes,) = op.plot({"a": filled([3.0]), "b": filled([4.0])}, stack=True).figure.axes
    (band,) = (step.get_data() for step in axes.patches if step.get_hatch())
    assert (band.baseline.tolist(), band.values.tolist()) == ([2.0], [12.0])  # 7 and 5, from 3 and 4


def test_norm_divides_by_the_sum() -> None:
    """Each histogram of an overlay adds up to one, a stack does so as a whole; errors shrink as well."""
    named = {"a": filled([1.0, 3.0]), "b": filled([4.0, 8.0])}
    (overlay,) = op.plot(named, overlay=True, norm=True).figure.axes
    assert tops(overlay) == [[0.25, 0.75], pytest.approx([1 / 3, 2 / 3])]
    (stack,) = op.plot(named, stack=True, norm=True).figure.axes
    top = max(tops(stack)[: len(named)])
    assert top == pytest.approx([5 / 16, 11 / 16])
    (alone,) = op.plot(filled([1.0, 3.0]), norm=True).figure.axes
    ends = [segment[:, 1] for bars in alone.collections for segment in getattr(bars, "get_segments", list)()]
    assert np.array(ends) == pytest.approx(np.array([[0.0, 0.5], [0.0, 1.5]]))
    assert alone.get_ylabel() == "fraction of weighted entries / GeV"


def test_what_cannot_be_normalised_is_refused() -> None:
    """Contents that cancel have no norm; empty ones stay empty, and means stay means."""
    with pytest.raises(OutputError, match=r"h: its contents add up to 0, so it cannot be normalised"):
        op.plot({"h": filled([1.0, -1.0])}, norm=True)
    with pytest.raises(OutputError, match=r"the contents of the stack add up to -1"):
        op.plot({"h": filled([1.0]), "k": filled([-2.0])}, norm=True, stack=True)
    (axes,) = op.plot({"h": filled([0.0])}, norm=True).figure.axes
    assert tops(axes)[-1] == [0.0]
    (axes,) = op.plot({"p": profile()}, norm=True).figure.axes
    assert marked(axes) == [[2.0, 5.0, pytest.approx(np.nan, nan_ok=True)]]


def test_a_stack_needs_equal_axes() -> None:
    """Bins that do not lie upon each other are refused by name, with what differs."""
    with pytest.raises(
        OutputError, match=r"a and b cannot be stacked: x \[GeV\] of 2 bins from 0 to 2 is not .* 3 bins"
    ):
        op.plot({"a": filled([1.0, 2.0]), "b": filled([3.0, 4.0, 5.0])}, stack=True)


def test_categories_of_all_stand_together() -> None:
    """Categories that grew in different orders are brought into one: that of their first appearance."""
    named = {
        name: hist.Hist.new.StrCat([], growth=True).Weight().fill(filled_with)
        for name, filled_with in {"a": ["mu", "e"], "b": ["tau", "mu", "mu"]}.items()
    }
    (axes,) = op.plot(named, stack=True).figure.axes
    assert [text.get_text() for text in axes.get_xticklabels()] == ["mu", "e", "tau"]
    assert max(tops(axes)[:2]) == [3.0, 1.0, 1.0]


def test_categories_are_bars_under_their_names() -> None:
    """A histogram of categories is drawn like one of numbers, with names in the middle of the bins."""
    histogram = hist.Hist.new.StrCat(["mu", "e"], label="channel").Double().fill(["mu", "mu", "e"])
    (axes,) = op.plot(histogram).figure.axes
    assert tops(axes)[-1] == [2.0, 1.0]
    assert [
        (tick.get_text(), place) for tick, place in zip(axes.get_xticklabels(), axes.get_xticks(), strict=True)
    ] == [
        ("mu", 0.5),
        ("e", 1.5),
    ]


def test_means_never_stand_with_contents() -> None:
    """In an overlay profiles have a frame of their own, and so has every map."""
    map_ = hist.Hist.new.Reg(2, 0, 2).Reg(2, 0, 2).Double()
    figure = op.plot({"a": filled([1.0]), "p": profile(), "b": filled([2.0]), "m": map_}, overlay=True).figure
    first, second, *_ = figure.axes
    assert legend(first) == ["a", "b"]
    assert second.get_ylabel() == "mean of pt"


def test_maps_have_colours() -> None:
    """The colours of two dimensions are the contents, x along x; empty cells have none."""
    histogram = hist.Hist.new.Reg(2, 0, 2, label="u").Reg(3, 0, 3, label="v").Weight()
    histogram.fill([0.5, 1.5], [0.5, 2.5], weight=[7, 2])
    axes, bar = op.plot(histogram).figure.axes
    mesh = axes.collections[0]
    assert mesh.get_array().reshape(3, 2).filled(0).tolist() == [[7, 0], [0, 0], [0, 2]]
    assert (axes.get_xlabel(), axes.get_ylabel(), bar.get_ylabel()) == ("u", "v", "weighted entries")
    axes, bar = op.plot(histogram, logz=True).figure.axes
    assert (axes.collections[0].norm.vmin, axes.collections[0].norm.vmax) == (2, 7)
    assert bar.get_yscale() == "log"


def test_three_dimensions_are_projected() -> None:
    """A histogram of three dimensions is shown as its three projections."""
    histogram = hist.Hist.new.Reg(2, 0, 2, label="u").Reg(2, 0, 2, label="v").Reg(2, 0, 2, label="w").Double()
    histogram.fill([0.5], [1.5], [1.5])
    frames = [axes for axes in op.plot(histogram).figure.axes if axes.get_xlabel()]
    assert [(axes.get_xlabel(), axes.get_ylabel()) for axes in frames] == [("u", "v"), ("u", "w"), ("v", "w")]


def test_logarithmic_axes() -> None:
    """The y axis begins below the smallest content, the x axis at the first edge above zero."""
    (axes,) = op.plot(filled([0.0, 5.0, 1e6], width=2.0), logx=True, logy=True).figure.axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.get_xlim() == (2, 6)
    assert 0 < axes.get_ylim()[0] < 5
    (axes,) = op.plot(filled([0.0]), logy=True).figure.axes
    assert axes.get_yscale() == "linear"
    with pytest.raises(OutputError, match="the x axis has no bin above zero: it cannot be logarithmic"):
        op.plot(hist.Hist.new.Reg(2, -2, 0).Double().fill([-1.5]), logx=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$m_{\\ell\\ell}$ [GeV]", "$m_{\\ell\\ell}$ [GeV]"),
        ("Sum$(pt)/Length$(pt)", "Sum\\$(pt)/Length\\$(pt)"),
        ("$\\broken{$", "\\$\\broken{\\$"),
        ("a\nb", "a b"),
        ("x" * 99, "x" * 67 + "..."),
    ],
)
def test_labels_are_formulas_or_text(text: str, expected: str) -> None:
    """What lies between dollars is a formula, unless it is ROOT's or broken; long texts are cut."""
    assert shown(text) == expected


def test_what_is_counted_is_told() -> None:
    """The y axis tells whether weights were used, and how wide the bins are where all are equally wide."""
    ones = filled([1.0, 1.0], label="pt [GeV]", width=2.5)
    assert op.plot(ones).figure.axes[0].get_ylabel() == "entries / 2.5 GeV"
    assert op.plot(filled([2.0], label="Muon_pt[0]")).figure.axes[0].get_ylabel() == "weighted entries"
    assert op.plot(ones, norm=True).figure.axes[0].get_ylabel() == "fraction of entries / 2.5 GeV"
    third = hist.Hist(hist.axis.Regular(3, -1 - 1e-13, 2), storage=hist.storage.Weight())
    assert op.plot(third).figure.axes[0].get_ylabel() == "entries"
    uneven = hist.Hist.new.Var([0, 1, 10]).Weight().fill([0.5])
    assert op.plot(uneven).figure.axes[0].get_ylabel() == "entries"


def test_what_parts_do_not_share_is_not_said() -> None:
    """Different quantities in one frame leave the label of x to the legend, and tell no unit."""
    named = {"a": filled([1.0], label="x [GeV]", width=2.0), "b": filled([1.0], label="y [cm]", width=2.0)}
    (axes,) = op.plot(named, overlay=True).figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("", "entries / 2")


def test_axes_without_a_name_have_no_title() -> None:
    """What `hist` makes up for an axis without label and name is not shown."""
    assert op.plot(hist.Hist.new.Reg(1, 0, 1).Double()).figure.axes[0].get_xlabel() == ""
    assert op.plot(hist.Hist.new.Reg(1, 0, 1, name="x").Double()).figure.axes[0].get_xlabel() == "x"


def test_a_draw_without_a_name_is_titled_by_its_expression() -> None:
    """`draw` says nothing; what was drawn does."""
    histogram = hist.Hist(hist.axis.Regular(1, 0, 1), name="draw", label="Muon_pt * 2")
    assert op.plot(histogram).figure.axes[0].get_title(loc="left") == "Muon_pt * 2"
    assert op.plot(histogram, title="muons").figure.axes[0].get_title(loc="left") == "muons"


EVERYTHING = {
    "empty": hist.Hist.new.StrCat([], growth=True).Weight(),
    "mean": hist.Hist.new.Reg(5, 0, 1).Mean(),
    "flow": hist.Hist.new.Reg(5, 0, 1, flow=False).Int64(),
    "bool": hist.Hist.new.Bool().Double(),
    "log": hist.Hist.new.Reg(3, 1, 10, transform=hist.axis.transform.log).Double(),
    "map": hist.Hist.new.Int(0, 3).StrCat(["a", "b"]).Double(),
    "means": hist.Hist.new.Reg(2, 0, 1).Reg(2, 0, 1).WeightedMean(),
    "nothing": hist.Hist.new.Reg(2, 0, 1).StrCat([], growth=True).Double(),
    "nan": hist.Hist.new.Reg(2, 0, 1).Double(data=np.array([0, np.nan, np.inf, 2])),
    "cells": hist.Hist(hist.axis.Regular(4, 0, 1), storage=bh.storage.MultiCell(3)),
    "many": hist.Hist.new.Reg(1, 0, 1).Reg(1, 0, 1).Reg(1, 0, 1).Reg(1, 0, 1).Double(),
}


@pytest.mark.parametrize(
    "style",
    [Style(), Style(norm=True, logy=True, logz=True), Style(overlay=True, logy=True, points=("flow",))],
    ids=["apart", "logarithmic", "overlay"],
)
def test_nothing_breaks_the_picture(style: Style) -> None:
    """Empty, strange and infinite histograms of every axis and storage have a picture; others are passed over."""
    outputs = EVERYTHING if not style.is_together else {name: EVERYTHING[name] for name in ("flow", "bool", "log")}
    make_picture(outputs, style=style).figure.draw_without_rendering()


def test_sequences_are_named() -> None:
    """Histograms in a list have their own names; equal names are told apart by their place."""
    named = [hist.Hist(hist.axis.Regular(1, 0, 1), name=name) for name in ("h", "h")] + [
        hist.Hist.new.Reg(1, 0, 1).Int64()
    ]
    (axes,) = op.plot(named, overlay=True).figure.axes
    assert legend(axes) == ["h", "h (2)", "3"]
    with pytest.raises(OptionError, match="plot takes a histogram, a sequence of histograms, or a mapping"):
        op.plot("h.root")


def test_styles_that_make_no_sense() -> None:
    """Two arrangements at once, and points that are nowhere, are refused."""
    with pytest.raises(OptionError, match="overlay and stack"):
        Style(overlay=True, stack=True)
    with pytest.raises(OptionError, match="points data: no histogram has this name; there are a, b"):
        op.plot({"a": filled([1.0]), "b": filled([1.0])}, points="data")


def test_histograms_are_told_from_other_outputs() -> None:
    """Arrays, numbers and mappings are no histograms."""
    histogram = filled([1.0])
    assert is_histogram(histogram)
    assert not any(is_histogram(value) for value in (np.zeros(3), 1.0, {"axes": 1}, "x"))
    assert histograms_of({"a": {"b": {1: histogram}}, "c": [histogram]}) == {"a/b/1": histogram}


@pytest.mark.parametrize("suffix", ["png", "pdf", "svg"])
def test_the_same_histogram_makes_the_same_file(tmp_path: Path, suffix: str) -> None:
    """Two pictures of equal histograms are equal byte for byte, and nothing else is left behind."""
    map_ = hist.Hist.new.Reg(2, 0, 1).Reg(2, 0, 1).Double().fill([0.2], [0.7])
    several = {"x": filled([1.0, 2.0]), "p": profile(), "m": map_}
    for name in ("a", "b"):
        save_picture(tmp_path / f"{name}.{suffix}", several)
    assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


def test_a_notebook_shows_what_is_saved(tmp_path: Path) -> None:
    """The picture of a notebook is that of the file; saving can come later."""
    picture = op.plot(filled([1.0, 2.0]))
    picture.save(tmp_path / "a.png")
    assert picture._repr_png_() == (tmp_path / "a.png").read_bytes()


def test_what_cannot_be_drawn_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A format that is not known, outputs without a histogram and absent libraries are errors that say how to mend."""
    with pytest.raises(OutputError, match=r"\.png, \.pdf, \.svg"):
        check_picture(tmp_path / "x.gif")
    with pytest.raises(OutputError, match="nothing to draw"):
        save_picture(tmp_path / "x.png", {"n": 3})
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(OutputError, match=r"pip install 'overproof\[plot\]'"):
        check_picture(tmp_path / "x.png")
    with pytest.raises(OutputError, match=r"^pictures need"):
        op.plot(filled([1.0]))
    assert list(tmp_path.iterdir()) == []
