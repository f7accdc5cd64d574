"""Results as ROOT files: histograms as TH1D to TH3D, means as TProfile to TProfile3D, tables and arrays as TTrees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from overproof.outputs.kinds import is_histogram
from overproof.outputs.kinds.sequences import family_of
from overproof.outputs.limits import limits_of

_AXES: Final = "xyz"


class _CannotHoldError(Exception):
    """ROOT, or uproot, has no form for a value; says why."""


def write_root(path: Path, outputs: Mapping[str, Any]) -> list[str]:
    """Write a new ROOT file; nested dicts become directories.

    Returns:
        For each output that was left out, its name and the reason.
    """
    import uproot

    left_out: list[str] = []
    written: set[str] = set()
    folders: set[str] = set()
    with uproot.recreate(path) as file:
        for name, value in _leaves(outputs, ""):
            above = {name[:place] for place, letter in enumerate(name) if letter == "/"}
            try:
                _check_apart(is_taken=name in folders or not above.isdisjoint(written))
                _write(file, name, value)
                written.add(name)
                folders |= above
            except _CannotHoldError as reason:
                left_out.append(f"{name}: {reason}")
    return left_out


def _check_apart(*, is_taken: bool) -> None:
    if is_taken:
        raise _CannotHoldError("in a ROOT file, a directory and something else cannot have one name")


def _leaves(outputs: Mapping[Any, Any], folder: str) -> Iterator[tuple[str, Any]]:
    for key, value in outputs.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{folder}{key}/")
        else:
            yield f"{folder}{key}", value


def _write(file: Any, name: str, value: Any) -> None:
    if is_histogram(value):
        file[name] = _histogram(value)
        return
    table = _table(value)
    try:
        tree = file.mktree(name, {branch: _branch_type(column) for branch, column in table.items()})
        tree.extend(table)
    except (TypeError, ValueError, NotImplementedError) as error:
        raise _CannotHoldError(f"no TTree can be made of it ({error})") from error


def _table(value: Any) -> dict[str, Any]:
    """Turn a table or an array into columns by name."""
    if isinstance(value, np.ndarray) and value.ndim >= 1 and value.dtype.kind in "biuf":
        return {"value": value}
    family = family_of(value)
    if family == "awkward":
        return {field: value[field] for field in value.fields} or {"value": value}
    if family == "pandas" and value.ndim == 2:
        return {str(column): value[column].to_numpy() for column in value.columns}
    raise _CannotHoldError(f"a ROOT file cannot hold a value of type {type(value).__name__}; save as .json or .pkl")


def _branch_type(column: Any) -> Any:
    return np.dtype((column.dtype, column.shape[1:])) if isinstance(column, np.ndarray) else column.type.content


def _histogram(histogram: Any) -> Any:
    """Convert a histogram of one to three dimensions.

    Raises:
        _CannotHoldError: more dimensions, or a storage that ROOT does not have in them.
    """
    storage, n_dim = histogram.storage_type.__name__, len(histogram.axes)
    if storage == "MultiCell":
        raise _CannotHoldError("ROOT has no histograms with several values a bin")
    if not 1 <= n_dim <= 3:
        raise _CannotHoldError(f"ROOT holds histograms of one to three dimensions, not {n_dim}")
    if 0 in histogram.axes.size:
        raise _CannotHoldError("ROOT has no axes without bins")
    if "Mean" not in storage:
        return _counts(histogram)
    return _profile(histogram)


def _counts(histogram: Any) -> Any:
    """Make a TH1D, TH2D or TH3D with every flow bin, and Sumw2 where the storage has variances."""
    from uproot.writing import identify

    values = _with_flow(histogram, histogram.values(flow=True))
    weighted = histogram.storage_type.__name__ == "Weight"
    squares = _with_flow(histogram, histogram.variances(flow=True)) if weighted else None
    statistics = _statistics(histogram, values, values if squares is None else squares)
    make = (identify.to_TH1x, identify.to_TH2x, identify.to_TH3x)[len(histogram.axes) - 1]
    return make(
        fName=None,
        fTitle=_title(histogram),
        data=values.T.reshape(-1),
        fSumw2=None if squares is None else squares.T.reshape(-1),
        **statistics,
        **_axes(histogram),
    )


def _profile(histogram: Any) -> Any:
    """Make a TProfile, TProfile2D or TProfile3D, which keep the sums of w, w*w, w*y and w*y*y of each bin."""
    from uproot.writing import identify

    view = np.asarray(histogram.view(flow=True))
    unweighted = histogram.storage_type.__name__ == "Mean"
    n = _with_flow(histogram, view["count" if unweighted else "sum_of_weights"])
    mean = _with_flow(histogram, view["value"])
    m2 = _with_flow(histogram, view["_sum_of_deltas_squared" if unweighted else "_sum_of_weighted_deltas_squared"])
    squares = n if unweighted else _with_flow(histogram, view["sum_of_weights_squared"])
    first, second = _products(mean, n), m2 + n * mean**2
    inner = (slice(1, -1),) * n.ndim
    letter = "yzt"[n.ndim - 1]  # the averaged value counts as one more axis
    sums = {f"fTsumw{letter}": float(first[inner].sum()), f"fTsumw{letter}2": float(second[inner].sum())}
    make = (identify.to_TProfile, identify.to_TProfile2D, identify.to_TProfile3D)[n.ndim - 1]
    return make(
        fName=None,
        fTitle=_title(histogram),
        data=first.T.reshape(-1),
        fSumw2=second.T.reshape(-1),
        fBinEntries=n.T.reshape(-1),
        fBinSumw2=squares.T.reshape(-1),
        **_axes(histogram),
        **_statistics(histogram, n, squares),
        **sums,
    )


def _products(mean: npt.NDArray[Any], n: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Multiply so that the quotient, which ROOT shows as content, is the mean to the last bit."""
    products = mean * n
    with np.errstate(all="ignore"):
        for direction in (np.inf, -np.inf):
            neighbour = np.nextafter(products, direction)
            products = np.where((products / n != mean) & (neighbour / n == mean), neighbour, products)
    return np.asarray(products, dtype=">f8")


def _title(histogram: Any) -> str:
    return str(getattr(histogram, "label", None) or getattr(histogram, "name", None) or "")


def _with_flow(histogram: Any, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Give every axis an underflow and an overflow bin, as ROOT's have."""
    missing = [(int(not axis.traits.underflow), int(not axis.traits.overflow)) for axis in histogram.axes]
    return np.pad(np.asarray(values, dtype=np.float64), missing).astype(">f8")


def _statistics(histogram: Any, values: npt.NDArray[Any], squares: npt.NDArray[Any]) -> dict[str, float]:
    """Sum up what ROOT keeps beside the bins; positions are taken at the centres of bins.

    The number of entries is not known to a weighted histogram: the effective number stands for it.
    """
    total, total_squares = float(values.sum()), float(squares.sum())
    inner = values[(slice(1, -1),) * values.ndim]
    sums = {
        "fEntries": total * total / total_squares if total_squares else 0.0,
        "fTsumw": float(inner.sum()),
        "fTsumw2": float(squares[(slice(1, -1),) * values.ndim].sum()),
    }
    centres = np.meshgrid(*(_centres(axis) for axis in histogram.axes), indexing="ij")
    for i, x in enumerate(centres):
        sums[f"fTsumw{_AXES[i]}"] = float((inner * x).sum())
        sums[f"fTsumw{_AXES[i]}2"] = float((inner * x * x).sum())
        for j in range(i):
            sums[f"fTsumw{_AXES[j]}{_AXES[i]}"] = float((inner * centres[j] * x).sum())
    return sums


def _centres(axis: Any) -> npt.NDArray[np.float64]:
    if type(axis).__name__ in ("IntCategory", "StrCategory"):
        return np.arange(axis.size) + 0.5
    return np.asarray((axis.edges[1:] + axis.edges[:-1]) / 2)


def _axes(histogram: Any) -> dict[str, Any]:
    return {f"f{_AXES[i].upper()}axis": _axis(histogram, i) for i in range(len(histogram.axes))}


def _axis(histogram: Any, place: int) -> Any:
    from uproot.writing.identify import to_TAxis, to_THashList, to_TObjString

    axis = histogram.axes[place]
    categories = type(axis).__name__ in ("IntCategory", "StrCategory")
    even = type(axis).__name__ == "Regular" and getattr(axis, "transform", None) is None
    edges = np.arange(axis.size + 1.0) if categories else axis.edges
    low, high = limits_of(histogram, place) if even else (float(edges[0]), float(edges[-1]))
    labels = None
    if categories:
        labels = to_THashList([to_TObjString(str(label)) for label in axis])
        for number, label in enumerate(labels, start=1):
            # TAxis finds the bin of a label in its unique id; uproot has no public name for it.
            label._bases[0]._members["@fUniqueID"] = number
    return to_TAxis(
        fName=f"{_AXES[place]}axis",
        fTitle=str(getattr(axis, "label", "") or ""),
        fNbins=axis.size,
        fXmin=low,
        fXmax=high,
        fXbins=np.array([], dtype=">f8") if even or categories else np.asarray(edges, dtype=">f8"),
        fLabels=labels,
    )
