"""What tables are made with: medians, ratios, rows."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

Case = dict[str, Any]
"""A question over a sample, as the document keeps it."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table, its first column to the left, the others to the right."""
    line = "|".join(["---", *(["--:"] * (len(head) - 1))])
    return "\n".join([_row(head), f"|{line}|", *(_row(row) for row in rows)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def has(case: Case, name: str) -> bool:
    """Tell whether somebody was measured and gave an answer."""
    outcome = case["outcomes"].get(name)
    return bool(outcome and not outcome["failure"] and outcome["rounds"])


def together(case: Case, *names: str) -> bool:
    """Tell whether all of these were measured in turn; times of different days are not compared."""
    return all(has(case, name) for name in names) and len({case["outcomes"][name]["measured"] for name in names}) == 1


def wall(case: Case, name: str) -> float | None:
    """Return the median of the whole time, in seconds; None of who was not measured."""
    return median(case, name, "wall_s")


def loop(case: Case, name: str) -> float | None:
    """Return the median of the loop alone."""
    return median(case, name, "loop_s")


def median(case: Case, name: str, what: str) -> float | None:
    """Return the median of `wall_s`, `start_s`, `loop_s` or `with_reading_s`."""
    return statistics.median(each[what] for each in case["outcomes"][name]["rounds"]) if has(case, name) else None


def times(ratio: float) -> str:
    """Write how many times something is something else."""
    return f"{ratio:.1f}x" if ratio >= 1 else f"{ratio:.2f}x"


def seconds(value: float | None) -> str:
    """Write seconds, with two or three digits that count."""
    if value is None:
        return "-"
    return f"{value:.2f}" if value >= 0.1 else f"{value:.4f}" if value < 0.01 else f"{value:.3f}"
