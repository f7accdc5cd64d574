"""A histogram as a picture: in the terminal, or in a file."""

from __future__ import annotations

import importlib.util
import math
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from overproof.words.errors import OutputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SUFFIXES = (".png", ".pdf", ".svg")
ROWS = 12
MAX_COLUMNS = 100
RISING = " ▁▂▃▄▅▆▇█"
GROWING = " ▏▎▍▌▋▊▉█"
PLAIN = str.maketrans("▁▂▃▄▅▆▇█▏▎▍▌▋▊▉▀│┼─┬", "...#####...#####|+-+")
"""What stands for the characters of pictures where these cannot be shown."""


def is_histogram(value: object) -> bool:
    """Tell whether a value is a histogram, without importing one of the libraries that make them."""
    return hasattr(value, "axes") and hasattr(value, "values") and hasattr(value, "storage_type")


def check_picture(path: str | os.PathLike[str]) -> None:
    """Find out before the work whether a picture can be made.

    Raises:
        OutputError: its format is not known, the libraries for it are absent, or the place cannot be written.
    """
    if Path(path).suffix.lower() not in SUFFIXES:
        raise OutputError(f"{path}: a picture ends in one of {', '.join(SUFFIXES)}")
    if not all(importlib.util.find_spec(name) for name in ("matplotlib", "mplhep")):
        raise OutputError(f"{path}: pictures need matplotlib and mplhep: pip install 'overproof[plot]'")
    parent = Path(path).parent
    if Path(path).is_dir() or not parent.is_dir():
        raise OutputError(f"{path}: there is no directory {parent}, or the name itself is that of a directory")
    if not os.access(path if Path(path).exists() else parent, os.W_OK):
        raise OutputError(f"{path}: cannot be written; choose another place")


def terminal_picture(histogram: Any, *, columns: int | None = None, rows: int = ROWS) -> str:
    """Draw a histogram with block characters.

    Args:
        histogram: of any storage; one of more than one dimension is only described.
        columns: width of the picture; None takes the terminal's, at most 100.
        rows: height of the part with the bins.

    Returns:
        Lines without colours, so that they can go to a file too.
    """
    width = max(20, columns or min(MAX_COLUMNS, shutil.get_terminal_size().columns))
    values, under, over = _contents(histogram)
    title = _title(histogram, values=values, under=under, over=over)
    if len(histogram.axes) != 1 or not values.size:
        return title
    axis = histogram.axes[0]
    if not _is_ordered(axis):
        return "\n".join([title, *_bars(axis, values, width=width)])
    return "\n".join([title, *_columns(axis, values, width=width, rows=rows)])


def shown_with(picture: str, *, encoding: str | None) -> str:
    """Return a picture as it is, or in plain characters where an encoding has no others; None has all."""
    try:
        "".join(map(chr, PLAIN)).encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return picture.translate(PLAIN)
    return picture


def save_picture(path: str | os.PathLike[str], histograms: Any, *, title: str = "") -> None:
    """Save one histogram, or a mapping of them by name, as a PNG, PDF or SVG file.

    The file appears whole or not at all; equal histograms make equal files.

    Raises:
        OutputError: format unknown, libraries absent, nothing to draw, or the place cannot be written.
    """
    check_picture(path)
    named = histograms if isinstance(histograms, Mapping) else {title: histograms}
    panels = {str(name): value for name, value in named.items() if is_histogram(value) and len(value.axes) <= 2}
    if not panels:
        raise OutputError(f"{path}: no histogram of one or two dimensions among the outputs: nothing to draw")
    temporary = Path(f"{path}.{os.getpid()}.part")
    try:
        _render(temporary, panels, suffix=Path(path).suffix.lower())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


# -- terminal


def _contents(histogram: Any) -> tuple[NDArray[np.float64], float, float]:
    """Return the contents (means for profiles), and for one dimension what fell below and above."""
    values = np.nan_to_num(np.asarray(histogram.values(), dtype=np.float64), posinf=0.0, neginf=0.0)
    if len(histogram.axes) != 1:
        return values, 0.0, 0.0
    flow = np.nan_to_num(np.asarray(histogram.values(flow=True), dtype=np.float64))
    traits = histogram.axes[0].traits
    return values, float(flow[0]) if traits.underflow else 0.0, float(flow[-1]) if traits.overflow else 0.0


def _title(histogram: Any, *, values: NDArray[np.float64], under: float, over: float) -> str:
    name = ", ".join(filter(None, map(_axis_title, histogram.axes))) or getattr(histogram, "name", "") or "histogram"
    if len(histogram.axes) != 1:
        shape = " x ".join(str(axis.size) for axis in histogram.axes)
        return f"{name}: {len(histogram.axes)} dimensions, {shape} bins, sum {values.sum():,.6g}"
    if _is_profile(histogram):
        return f"{name}: profile"
    return f"{name}: sum {values.sum():,.6g}, below {under:,.6g}, above {over:,.6g}"


def _axis_title(axis: Any) -> str:
    label = getattr(axis, "label", "") or ""
    return label or getattr(axis, "name", "") or ""


def _is_profile(histogram: Any) -> bool:
    return str(getattr(histogram, "kind", "")).endswith("MEAN")


def _is_ordered(axis: Any) -> bool:
    """Tell an axis of numbers from one of categories."""
    return bool(axis.traits.ordered)


def _bars(axis: Any, values: NDArray[np.float64], *, width: int) -> list[str]:
    """Draw categories: one line each, its bar growing to the right."""
    labels = [str(axis.value(index)) for index in range(axis.size)]
    margin = min(max(map(len, labels)), width // 3)
    room = max(4, width - margin - 14)
    top = float(np.abs(values).max()) or 1.0
    lines = []
    for label, value in zip(labels, values.tolist(), strict=True):
        eighths = _steps(abs(value), top=top, n_steps=8 * room)
        bar = "█" * (eighths // 8) + GROWING[eighths % 8].strip()
        lines.append(f"{label[:margin]:>{margin}} │{bar} {value:,.6g}")
    return lines


def _columns(axis: Any, values: NDArray[np.float64], *, width: int, rows: int) -> list[str]:
    """Draw bins along x, upwards; negative ones hang below the line."""
    edges = np.asarray(axis.edges, dtype=np.float64)
    high, low = max(0.0, float(values.max())), min(0.0, float(values.min()))
    labels = [_short(value) for value in (high, 0.0, low)]
    margin = max(map(len, labels))
    room = width - margin - 3
    group = math.ceil(len(values) / room)
    grouped = _group(values, group=group)
    per_bin = max(1, room // len(grouped))
    below = math.ceil(rows * -low / (high - low)) if low < 0 else 0
    above = max(rows - below, 1) if high > 0 or not below else 0
    lines = _upper(grouped, top=float(max(grouped.max(), 0.0)), rows=above, per_bin=per_bin)
    hanging = _lower(grouped, bottom=float(min(grouped.min(), 0.0)), rows=below, per_bin=per_bin)
    top_label, bottom_label = _short(float(max(grouped.max(), 0.0))), _short(float(min(grouped.min(), 0.0)))
    text = [f"{top_label if row == 0 else '':>{margin}} │{line}" for row, line in enumerate(lines)]
    rule, ticks = _ruler(edges, group=group, per_bin=per_bin, n_columns=len(grouped) * per_bin)
    text.append(f"{'0':>{margin}} ┼{rule}")
    text += [f"{bottom_label if row == below - 1 else '':>{margin}} │{line}" for row, line in enumerate(hanging)]
    text.append(f"{'':>{margin}}  {ticks}".rstrip())
    if _axis_title(axis):
        text.append(f"{_axis_title(axis):>{margin + 2 + len(rule)}}")
    return [line.rstrip() for line in text]


def _group(values: NDArray[np.float64], *, group: int) -> NDArray[np.float64]:
    """Sum neighbours, so that the bins fit side by side."""
    sums: NDArray[np.float64] = np.concatenate([values, np.zeros(-len(values) % group)]).reshape(-1, group).sum(axis=1)
    return sums


def _steps(value: float, *, top: float, n_steps: int) -> int:
    """Scale to whole steps; what is not zero is seen."""
    return max(1, round(value / top * n_steps)) if value > 0 and top > 0 else 0


def _upper(values: NDArray[np.float64], *, top: float, rows: int, per_bin: int) -> list[str]:
    heights = [_steps(value, top=top, n_steps=8 * rows) for value in values.tolist()]
    return [
        "".join(RISING[min(8, max(0, height - 8 * row))] * per_bin for height in heights)
        for row in range(rows - 1, -1, -1)
    ]


def _lower(values: NDArray[np.float64], *, bottom: float, rows: int, per_bin: int) -> list[str]:
    depths = [_steps(-value, top=-bottom, n_steps=2 * rows) for value in values.tolist()]
    return ["".join(" ▀█"[min(2, max(0, depth - 2 * row))] * per_bin for depth in depths) for row in range(rows)]


def _ruler(edges: NDArray[np.float64], *, group: int, per_bin: int, n_columns: int) -> tuple[str, str]:
    """Draw the x axis with a labelled tick at least every ten columns, at edges of bins."""
    n_groups = n_columns // per_bin
    stride = next(step for step in _strides() if step * per_bin >= 10 or step >= n_groups)
    rule, ticks = ["─"] * (n_columns + 1), [" "] * (n_columns + 12)
    for index in range(0, n_groups + 1, stride):
        column = index * per_bin
        rule[column] = "┬"
        label = f"{edges[min(index * group, len(edges) - 1)]:.5g}"
        start = max(0, column - len(label) // 2)
        ticks[start : start + len(label)] = label
    return "".join(rule), "".join(ticks)


def _strides() -> list[int]:
    return [step * 10**power for power in range(7) for step in (1, 2, 5)]


def _short(value: float) -> str:
    return f"{value:.4g}"


# -- file


def _render(path: Path, panels: Mapping[str, Any], *, suffix: str) -> None:
    from matplotlib import style
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    n_columns = math.ceil(math.sqrt(len(panels)))
    n_rows = math.ceil(len(panels) / n_columns)
    # A fixed salt and no date: the same histograms make the same bytes.
    with style.context({"svg.hashsalt": "overproof", "font.size": 11}):
        figure = Figure(figsize=(6.4 * n_columns, 4.8 * n_rows), layout="constrained")
        FigureCanvasAgg(figure)
        for place, (name, histogram) in enumerate(panels.items(), start=1):
            _plot(figure.add_subplot(n_rows, n_columns, place), name, histogram)
        metadata: dict[str, Any] = {".png": {}, ".pdf": {"CreationDate": None}, ".svg": {"Date": None}}[suffix]
        figure.savefig(path, format=suffix[1:], dpi=150, metadata=metadata)


def _plot(axes: Axes, name: str, histogram: Any) -> None:
    import mplhep

    # Plain square roots of variances; mplhep's own choice of intervals would depend on whether scipy is installed.
    errors: dict[str, Any] = {"w2method": "sqrt"}
    if len(histogram.axes) == 2:
        mesh = mplhep.hist2dplot(histogram, ax=axes, cbar=False)
        axes.figure.colorbar(mesh[0], ax=axes)
        axes.set_ylabel(_axis_title(histogram.axes[1]))
    elif _is_profile(histogram) or not _is_ordered(histogram.axes[0]):
        mplhep.histplot(histogram, ax=axes, histtype="errorbar", color="black", **errors)
    else:
        mplhep.histplot(histogram, ax=axes, histtype="fill", color="#5790fc", alpha=0.5, yerr=False, **errors)
        mplhep.histplot(histogram, ax=axes, histtype="step", color="#1f3f7f", yerr=True, **errors)
        axes.set_ylabel("entries")
    axes.set_title(name, loc="left")
    axes.set_xlabel(_axis_title(histogram.axes[0]))
