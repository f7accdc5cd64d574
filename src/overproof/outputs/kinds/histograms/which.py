"""Which values are histograms: told by their names, so that neither their libraries nor their sums are loaded."""

from __future__ import annotations

from typing import Any


def is_histogram(value: Any) -> bool:
    """Tell whether a value is a histogram of boost-histogram or hist, without importing them."""
    return any(
        cls.__name__ == "Histogram" and cls.__module__.partition(".")[0] == "boost_histogram"
        for cls in type(value).__mro__
    )
