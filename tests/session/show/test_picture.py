"""Histograms as pictures."""

from __future__ import annotations

import re
from pathlib import Path

import hist
import numpy as np
import pytest

from overproof.session.show.picture import (
    GROWING,
    RISING,
    check_picture,
    is_histogram,
    save_picture,
    shown_with,
    terminal_picture,
)
from overproof.words.errors import OutputError


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
    ],
)
def test_nothing_breaks_the_picture(histogram: hist.Hist) -> None:
    """Empty histograms of every axis and storage have a picture, and so have those with NaN in them."""
    assert terminal_picture(histogram, columns=40)
    if histogram.storage_type is hist.storage.Double and histogram.ndim == 1:
        histogram[0] = np.nan
        assert terminal_picture(histogram, columns=40)


def test_histograms_are_told_from_other_outputs() -> None:
    """Arrays, numbers and mappings are no histograms."""
    assert is_histogram(filled([1.0]))
    assert not any(is_histogram(value) for value in (np.zeros(3), 1.0, {"axes": 1}, "x"))


@pytest.mark.parametrize("suffix", ["png", "pdf", "svg"])
def test_the_same_histogram_makes_the_same_file(tmp_path: Path, suffix: str) -> None:
    """Two pictures of equal histograms are equal byte for byte, and nothing else is left behind."""
    pytest.importorskip("mplhep", reason="pictures need the extra `plot`")
    both = {"x": filled([1.0, 2.0]), "p": hist.Hist.new.Reg(2, 0, 1).Mean().fill([0.2, 0.7], sample=[1, 2])}
    for name in ("a", "b"):
        save_picture(tmp_path / f"{name}.{suffix}", both)
    assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


def test_what_cannot_be_drawn_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A format that is not known, outputs without a histogram and absent libraries are errors that say how to mend."""
    with pytest.raises(OutputError, match=r"\.png, \.pdf, \.svg"):
        check_picture(tmp_path / "x.gif")
    with pytest.raises(OutputError, match="nothing to draw"):
        save_picture(tmp_path / "x.png", {"n": 3})
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(OutputError, match=r"pip install 'overproof\[plot\]'"):
        check_picture(tmp_path / "x.png")
    assert list(tmp_path.iterdir()) == []


def test_plain_characters_where_there_are_no_others() -> None:
    """Every character that a picture is drawn with has a plain one for encodings without it; labels stay."""
    drawn = RISING + GROWING + "▀│┼─┬ Größe"
    assert shown_with(drawn, encoding="utf-8") == drawn
    assert shown_with(drawn, encoding="ascii").removesuffix(" Größe").isascii()
    assert len(shown_with(drawn, encoding="ascii")) == len(drawn)
