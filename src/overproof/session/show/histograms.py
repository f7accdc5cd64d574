"""What pictures have to know of a histogram, whatever library made it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from overproof.outputs.outline import untaken

UNNAMED_AXIS: Final = re.compile(r"Axis \d+")


def is_histogram(value: object) -> bool:
    """Tell whether a value is a histogram, without importing one of the libraries that make them."""
    return hasattr(value, "axes") and hasattr(value, "values") and hasattr(value, "storage_type")


def histograms_of(outputs: Mapping[Any, Any], *, within: str = "") -> dict[str, Any]:
    """Return the histograms among outputs by name; those of nested mappings as `outer/inner`."""
    found: dict[str, Any] = {}
    for key, value in outputs.items():
        name = f"{within}{key}"
        if is_histogram(value):
            found[untaken(name, found)] = value
        elif isinstance(value, Mapping):
            for inner, histogram in histograms_of(value, within=f"{name}/").items():
                found[untaken(inner, found)] = histogram
    return found


def is_profile(histogram: Any) -> bool:
    """Tell means of samples from sums."""
    return str(getattr(histogram, "kind", "")).endswith("MEAN")


def has_several_values(histogram: Any) -> bool:
    """Tell whether bins hold more than one number, of which no picture can be made."""
    return str(histogram.storage_type.__name__) == "MultiCell"


def is_ordered(axis: Any) -> bool:
    """Tell an axis of numbers from one of categories."""
    return bool(axis.traits.ordered)


def axis_title(axis: Any) -> str:
    """Return what stands beside an axis: its label, or else its name; not what `hist` calls one that has neither."""
    name, label = getattr(axis, "name", "") or "", getattr(axis, "label", "") or ""
    return name if not name and UNNAMED_AXIS.fullmatch(label) else label or name


def categories_of(axis: Any) -> list[str]:
    """Return the names of the bins of an axis of categories, in its order."""
    return [str(axis.value(index)) for index in range(axis.size)]


def averaged_in(histogram: Any) -> str:
    """Say of what a profile has the means: of `pt`, when it is labelled `pt:eta` and its axis `eta`."""
    label = str(getattr(histogram, "label", None) or "")
    return label.removesuffix("".join(f":{axis_title(axis)}" for axis in reversed(histogram.axes)))
