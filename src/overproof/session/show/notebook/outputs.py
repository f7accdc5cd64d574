"""Outputs of a query as HTML: pictures of histograms, and a line for everything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from overproof.session.show.histograms import histograms_of, is_histogram
from overproof.session.show.notebook.svg import histogram_svg
from overproof.words import markup

MAX_PICTURES: Final = 6
MAX_ROWS: Final = 40
MAX_TEXT: Final = 80


def outputs_html(outputs: Mapping[Any, Any]) -> str:
    """Write outputs by name, those of nested mappings as `outer/inner`; what does not fit is counted."""
    histograms = histograms_of(outputs)
    pictures = [
        f'<div style="max-width:30em">{markup.faint(name)}<div>{histogram_svg(histogram)}</div></div>'
        for name, histogram in list(histograms.items())[:MAX_PICTURES]
    ]
    drawn = {id(each) for each in list(histograms.values())[:MAX_PICTURES]}
    rest = [(name, each) for name, each in _flat(outputs) if id(each) not in drawn]
    rows = [(name, told(each)) for name, each in rest[:MAX_ROWS]]
    more = markup.faint(f"and {len(rest) - MAX_ROWS:,} more") if len(rest) > MAX_ROWS else ""
    gallery = f'<div style="display:flex;flex-wrap:wrap;gap:.6em 1.2em">{"".join(pictures)}</div>' if pictures else ""
    return gallery + (markup.table((), rows) if rows else "") + more


def told(value: Any) -> Any:
    """Say in short what a value is; the `repr` of users' types, which may be huge, or fail, is not asked for."""
    try:
        return _told(value)
    except Exception:  # noqa: BLE001 - a user's type may fail at anything
        return type(value).__name__


def _told(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return value if isinstance(value, int) else f"{value:.6g}"
    if isinstance(value, complex):
        return str(complex(value))
    if isinstance(value, str):
        return value if len(value) <= MAX_TEXT else f"{value[:MAX_TEXT]}…"
    if is_histogram(value):
        return f"histogram, {' x '.join(f'{axis.size:,}' for axis in value.axes)} bins"
    if (shape := getattr(value, "shape", None)) is not None and hasattr(value, "dtype"):
        return f"{value.dtype}, {' x '.join(f'{length:,}' for length in shape)}" if shape else _told_scalar(value)
    kind = type(value).__name__
    if isinstance(value, list | tuple | set | frozenset | Mapping) or hasattr(type(value), "__len__"):
        return f"{kind}, {_length(value)}"
    return kind


def _told_scalar(value: Any) -> Any:
    """Say what a single value of numpy is, as that of Python would be told."""
    match value.dtype.kind:
        case "b":
            return str(bool(value))
        case "i" | "u":
            return int(value)
        case "f":
            return f"{float(value):.6g}"
        case "c":
            return str(complex(value))
        case "M" | "m":  # Python's own are coarser
            return str(value)
        case "U" | "T":
            return _told(str(value))
    return f"{type(value).__name__} of {value.dtype}"


def _flat(outputs: Mapping[Any, Any], within: str = "") -> list[tuple[str, Any]]:
    """List outputs by name; mappings that hold others are gone into."""
    found: list[tuple[str, Any]] = []
    for key, value in outputs.items():
        name = f"{within}{key}"
        if isinstance(value, Mapping) and value and not is_histogram(value):
            found += _flat(value, f"{name}/")
        else:
            found.append((name, value))
    return found


def _length(value: Any) -> str:
    try:
        n = len(value)
    except Exception:  # noqa: BLE001 - a user's type may fail at anything
        return "of unknown length"
    return f"{n:,} {'item' if n == 1 else 'items'}"
