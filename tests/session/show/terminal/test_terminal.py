"""Histograms as pictures in the terminal."""

from __future__ import annotations

import re

import boost_histogram as bh
import hist
import numpy as np
import pytest

from overproof.session.show.style import Style
from overproof.session.show.terminal import shown_with, terminal_picture
from overproof.session.show.terminal.characters import GROWING, POINT, RISING, SHADES


def filled(contents: list[float]) -> hist.Hist:
    """A weighted histogram of unit bins with these contents."""
    histogram = hist.Hist.new.Reg(len(contents), 0, len(contents), name="x", label="x [GeV]").Weight()
    histogram.fill(np.arange(len(contents)) + 0.5, weight=contents)
    return histogram


def bars(picture: str) -> list[str]:
    """The part of a picture between its axes, row by row."""
    return [line.partition("│")[2] for line in picture.splitlines() if "│" in line]


def heights(picture: str) -> list[int]:
    """Height of each column, in eighths of a row."""
    rows = bars(picture)
    width = max(map(len, rows))
    return [sum(" ▁▂▃▄▅▆▇█".index(row.ljust(width)[column]) for row in rows) for column in range(width)]


def test_heights_are_proportional() -> None:
    """The heights of the columns are the contents, to an eighth of a row; every bin is equally wide."""
    contents = [1.0, 2.0, 4.0, 8.0]
    seen = heights(terminal_picture(filled(contents), columns=40, rows=8))
    width = len(seen) // 4
    assert [seen[i * width] for i in range(4)] == [8, 16, 32, 64]
    assert all(len(set(seen[i * width : (i + 1) * width])) == 1 for i in range(4))


def test_what_is_not_empty_is_seen() -> None:
    """A bin with one entry among millions shows; an empty one does not."""
    seen = heights(terminal_picture(filled([1.0, 0.0, 1e6]), columns=23, rows=5))
    assert [seen[0], seen[len(seen) // 2], seen[-1]] == [1, 0, 40]


@pytest.mark.parametrize("n_bins", [1, 7, 60, 500])
@pytest.mark.parametrize("columns", [20, 80, 100])
def test_pictures_fit_the_width(n_bins: int, columns: int) -> None:
    """No line is wider than the terminal, and bins that do not fit are summed: the last bin stays the highest."""
    contents = [1.0] * n_bins
    contents[-1] = 1e6
    picture = terminal_picture(filled(contents), columns=columns)
    assert all(len(line) <= columns for line in picture.splitlines() if "│" in line or "┼" in line)
    seen = heights(picture)
    assert seen[-1] == max(seen)
    assert n_bins == 1 or seen[0] == 1


def test_the_sums_are_told() -> None:
    """The title has label, sum and what lies outside; the x axis has its ends."""
    histogram = filled([1.0, 2.0, 3.0, 4.0])
    histogram.fill([-1, -1, 99])
    picture = terminal_picture(histogram, columns=60)
    assert picture.splitlines()[0] == "x [GeV]: sum 10, below 2, above 1"
    assert re.search(r"^ +0 .* 4$", picture, flags=re.M)


def test_negative_bins_hang() -> None:
    """Negative contents are drawn below the line, positive above it."""
    picture = terminal_picture(filled([2.0, -1.0]), columns=30, rows=6)
    above, below = picture.split("┼")
    assert "█" in above
    assert "█" in below.partition("\n")[2]
    assert "-1 │" in below


def test_categories_are_bars() -> None:
    """Categories are lines with their names and contents, longest bar for the largest."""
    histogram = hist.Hist.new.StrCat([], growth=True, name="channel").Double().fill(["mu", "e", "mu"])
    lines = terminal_picture(histogram, columns=40).splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["mu", "e"]
    assert lines[1].count("█") == 2 * lines[2].count("█") + 1 or lines[1].count("█") == 2 * lines[2].count("█")


@pytest.mark.parametrize(
    "histogram",
    [
        hist.Hist.new.Reg(5, 0, 1).Double(),
        hist.Hist.new.Reg(5, 0, 1).Mean(),
        hist.Hist.new.Reg(5, 0, 1, flow=False).Int64(),
        hist.Hist.new.StrCat([], growth=True).Weight(),
        hist.Hist.new.Bool().Double(),
        hist.Hist.new.Var([0, 1, 10]).WeightedMean(),
        hist.Hist.new.Int(0, 3).Reg(4, 0, 1).Double(),
        hist.Hist.new.Reg(4, 0, 1).Reg(400, 0, 1).WeightedMean(),
        hist.Hist.new.StrCat([], growth=True).Reg(4, 0, 1).Double(),
        hist.Hist.new.Reg(4, 0, 1).Reg(4, 0, 1).StrCat(["a"]).Double(),
        hist.Hist.new.Reg(4, 0, 1).Reg(4, 0, 1).Reg(4, 0, 1).Reg(1, 0, 1).Int64(),
        hist.Hist(hist.axis.Regular(4, 0, 1), storage=bh.storage.MultiCell(3)),
    ],
    ids=lambda histogram: f"{histogram.ndim}d-{histogram.storage_type.__name__}-{type(histogram.axes[0]).__name__}",
)
@pytest.mark.parametrize("style", [Style(), Style(norm=True, logx=True, logy=True, logz=True)], ids=["plain", "log"])
def test_nothing_breaks_the_picture(histogram: hist.Hist, style: Style) -> None:
    """Empty histograms of every axis and storage have a picture, and so have those with NaN or infinities in them."""
    assert terminal_picture(histogram, columns=40, style=style)
    if histogram.storage_type is hist.storage.Double and 0 not in histogram.axes.size:
        for bad in (np.nan, np.inf, -np.inf):
            histogram.view()[...] = bad
            assert terminal_picture(histogram, columns=40, style=style)


def test_plain_characters_where_there_are_no_others() -> None:
    """Every character that a picture is drawn with has a plain one for encodings without it; labels stay."""
    drawn = RISING + GROWING + SHADES + POINT + "▀│┼─┬┤≤ Größe"
    assert shown_with(drawn, encoding="utf-8") == drawn
    assert shown_with(drawn, encoding="ascii").removesuffix(" Größe").isascii()
    assert len(shown_with(drawn, encoding="ascii")) == len(drawn)


def test_a_logarithmic_picture_counts_decades() -> None:
    """With `logy` ten times as much is so many rows more; the rule stands at a power of ten below every content."""
    picture = terminal_picture(filled([1.0, 10.0, 100.0, 0.0, 1000.0]), columns=40, rows=8, style=Style(logy=True))
    seen = heights(picture)
    width = len(seen) // 5
    assert [seen[i * width] for i in range(5)] == [16, 32, 48, 0, 64]
    assert re.findall(r"^ *(\S+) [│┼]", picture, flags=re.M) == ["1000", "100", "10", "1", "0.1"]


@pytest.mark.parametrize("contents", [[0.0, 0.0], [-1.0, -5.0]])
def test_without_positive_contents_there_is_no_logarithm(contents: list[float]) -> None:
    """What has nothing above zero is drawn as without `logy`."""
    histogram = filled(contents)
    assert terminal_picture(histogram, columns=40, style=Style(logy=True)) == terminal_picture(histogram, columns=40)


def test_a_normalised_picture_has_the_same_shape() -> None:
    """With `norm` the scale is that of fractions, the columns are the same, and the title still tells the sum."""
    plain, normalised = (
        terminal_picture(filled([1.0, 3.0, 4.0]), columns=40, style=style) for style in (Style(), Style(norm=True))
    )
    assert list(dict.fromkeys(heights(plain))) == list(dict.fromkeys(heights(normalised))) == [24, 72, 96]
    assert normalised.splitlines()[0] == plain.splitlines()[0]
    assert normalised.splitlines()[1].startswith("0.5 │")


def marks(picture: str) -> dict[int, int]:
    """Row of the point in each column that has one, from the top."""
    return {column: row for row, line in enumerate(bars(picture)) for column, mark in enumerate(line) if mark == POINT}


def test_means_are_points() -> None:
    """A profile is one point a bin, at the height of its mean; bins without entries have none; errors stand behind."""
    eta = hist.axis.Regular(4, 0, 4, label="eta")
    profile = hist.Hist(eta, storage=hist.storage.WeightedMean(), label="pt / 2:eta")
    profile.fill([0.5, 0.5, 1.5, 1.5, 3.5, 3.5], sample=[0.0, 0.0, 5.0, 5.0, 8.0, 12.0], weight=np.ones(6))
    picture = terminal_picture(profile, columns=47, rows=12)
    assert picture.splitlines()[0] == "eta: profile of pt / 2"
    assert [row for _, row in sorted(marks(picture).items())] == [11, 7, 2]  # 0, 5 and 10 of 0 to 12
    assert sum(line.count("|") for line in bars(picture)) == 4  # 8 to 12 are five rows, in one of them the point
    assert re.findall(r"^ *(\S+) │", picture, flags=re.M) == ["12", "0"]


def test_means_that_share_a_place_are_averaged_by_weight() -> None:
    """Where bins do not fit, their common mean is that of their entries, not a sum of means."""
    profile = hist.Hist.new.Reg(40, 0, 40).WeightedMean()
    profile.fill([0.5, 1.5, 2.5], sample=[1.0, 4.0, 3.0], weight=[1.0, 2.0, 1.0])
    picture = terminal_picture(profile, columns=25)
    assert list(marks(picture).values()) == [6]
    assert re.findall(r"^ *(\S+) │", picture, flags=re.M) == ["4.5", "1.5"]  # the mean is in the middle: 3


def test_maps_are_dark_where_there_is_much() -> None:
    """In two dimensions x runs along the lines and y upwards; the darker the more, and all but zero is seen."""
    histogram = hist.Hist.new.Reg(3, 0, 3, label="x").Reg(2, 0, 2, label="y").Weight()
    histogram.fill([0.5, 1.5, 2.5, 0.5], [0.5, 0.5, 0.5, 1.5], weight=[100, 60, 0.01, -3])
    picture = terminal_picture(histogram, columns=40, rows=2)
    upper, lower = (re.split("[│┤]", line)[1] for line in picture.splitlines()[1:3])
    width = len(lower) // 3
    assert [lower[i * width] for i in range(3)] == ["█", "▒", "·"]
    assert upper == "-" * width
    assert "█ ≤ 100" in picture
    assert picture.splitlines()[0] == "y against x: 2 dimensions, 3 x 2 bins, sum 157.01, outside 0"


def test_edges_are_labelled() -> None:
    """Ticks are edges of bins, whole numbers are not cut, and zero is zero however the axis was rounded."""
    edges = np.linspace(-1, 1, 21) - 1.1e-16
    histogram = hist.Hist(hist.axis.Variable(edges), hist.axis.Regular(4, -1000, 1000), storage=hist.storage.Double())
    lines = terminal_picture(histogram, columns=60, rows=8).splitlines()
    assert lines[-1].split() == ["-1", "-0.5", "0", "0.5", "1"]
    assert [line.split("┤")[0].strip() for line in lines if "┤" in line] == ["1000", "0"]
    assert lines[-2].startswith("-1000 ┼")
    assert terminal_picture(histogram.project(0), columns=60).splitlines()[-1].split() == [
        "-1",
        "-0.5",
        "0",
        "0.5",
        "1",
    ]


@pytest.mark.parametrize("n_bins", [3, 50, 57, 100, 1000])
@pytest.mark.parametrize("limits", [(-0.123456789, 1234.56789), (-1.2723e-30, 4.5e-30), (-123456.0, -123455.0)])
def test_numbers_at_ticks_are_whole(n_bins: int, limits: tuple[float, float]) -> None:
    """No number is written over another: each is that of an edge."""
    axis = hist.axis.Regular(n_bins, *limits)
    ticks = terminal_picture(hist.Hist(axis), columns=60).splitlines()[-1].split()
    assert len(ticks) >= 2
    assert set(ticks) <= {f"{edge:.5g}" for edge in axis.edges}


def test_colours_of_maps_can_be_logarithmic() -> None:
    """With `logz` each shade is so many times as much as the one before."""
    histogram = hist.Hist.new.Reg(5, 0, 5).Reg(1, 0, 1).Weight()
    histogram.fill(np.arange(5) + 0.5, [0.5] * 5, weight=[1, 20, 200, 2_000, 100_000])
    lines = terminal_picture(histogram, columns=40, rows=2, style=Style(logz=True)).splitlines()
    assert "".join(dict.fromkeys(re.split("[│┤]", lines[1])[1])) == "·░▒▓█"


def test_maps_of_means_leave_blank_what_is_not_known() -> None:
    """Cells of a profile without entries are blank, and a mean of zero is not."""
    profile = hist.Hist.new.Reg(2, 0, 2).Reg(1, 0, 1).Mean().fill([0.5], [0.5], sample=[0.0])
    line = terminal_picture(profile, columns=30, rows=2).splitlines()[1]
    assert set(re.split("[│┤]", line)[1].rstrip()) == {"·"}


def test_categories_stand_beside_a_map() -> None:
    """Names of categories label rows and columns; those that do not fit are counted."""
    names = [f"trigger{i}" for i in range(30)]
    histogram = hist.Hist(
        hist.axis.StrCategory(["mu", "e"]), hist.axis.StrCategory(names), storage=hist.storage.Double()
    )
    histogram.fill(["mu", "e"], ["trigger0", "trigger3"])
    picture = terminal_picture(histogram, columns=40, rows=8)
    rows = [line.split("┤")[0].strip() for line in picture.splitlines() if "┤" in line]
    assert rows == names[7::-1]
    assert re.search(r"^ *mu +e$", picture, flags=re.M)
    assert "and 22 more along y" in picture


def test_many_categories_are_cut() -> None:
    """Of thousands of categories the first are drawn, and the others counted with their sum."""
    histogram = hist.Hist.new.StrCat([f"c{i}" for i in range(1000)]).Double().fill([f"c{i}" for i in range(1000)])
    lines = terminal_picture(histogram, columns=40, rows=8).splitlines()
    assert len(lines) == 10
    assert lines[-1].strip() == "and 992 more, together 992"


def test_three_dimensions_are_described() -> None:
    """What cannot be drawn in characters tells its axes, where the contents lie along them, and what lies outside."""
    histogram = hist.Hist.new.Reg(4, 0, 4, label="a").Reg(2, 0, 2, label="b").StrCat(["k"], label="c").Double()
    histogram.fill([0.5, 2.5, 9.0], [0.5, 0.5, 0.5], ["k", "k", "k"])
    assert terminal_picture(histogram).splitlines() == [
        "a, b, c: 3 dimensions, 4 x 2 x 1 bins, sum 2, outside 1",
        "  x: a: 0 to 4, mean 1.5, standard deviation 1",
        "  y: b: 0 to 2, mean 0.5, standard deviation 0",
        "  z: c: 1 categories",
    ]
