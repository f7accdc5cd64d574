"""Results as JSON documents, equal byte for byte when the results are equal."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, Final

import numpy as np

from overproof.outputs.kinds import is_histogram
from overproof.outputs.kinds.sequences import family_of
from overproof.outputs.limits import limits_of
from overproof.records.account import Account, ExcludedRange, MissingRange, SplitRange, UnreadRange
from overproof.records.outcome.entries import Entries
from overproof.records.outcome.failure import EventName
from overproof.words.errors import OutputError

Document = dict[str, Any]

_AXIS_TYPES: Final = {
    "Regular": "regular",
    "Variable": "variable",
    "Integer": "integer",
    "IntCategory": "category_int",
    "StrCategory": "category_str",
    "Boolean": "boolean",
}


def outputs_document(outputs: Mapping[str, Any]) -> Document:
    """Turn outputs into what JSON can hold; keys are sorted.

    Histograms become `{"name", "axes", "contents", "variances"}` (see `histogram_document`), arrays, tables and sets
    lists (sets sorted), complex numbers `{"real", "imag"}`. NaN is null, infinities are `"Infinity"`, `"-Infinity"`.

    Raises:
        OutputError: naming the first output that has no such form.
    """
    return _mapping(outputs, where="")


def columns_document(columns: Mapping[str, Any]) -> Document:
    """Turn the arrays of a table into lists; its columns stay in their order, which is part of the table."""
    return {name: _value(column, where=repr(name)) for name, column in columns.items()}


def histogram_document(histogram: Any) -> Document:
    """Describe a histogram; flow bins are included, the first axis is the outermost list.

    `variances` is null where they are not known. Mean storages have means for contents, the variances of the means,
    and `counts`; weighted ones `sum_of_weights` and `sum_of_weights_squared` instead.
    """
    view = histogram.view(flow=True)
    names = view.dtype.names or ()
    document: Document = {"name": getattr(histogram, "name", None) or ""}
    document["axes"] = [_axis(histogram, place) for place in range(len(histogram.axes))]
    if histogram.storage_type.__name__ == "MultiCell":
        # The view has its values outermost; bins come first everywhere else.
        document |= {"contents": _array(np.moveaxis(np.asarray(view), 0, -1)), "variances": None}
        return document
    variances = histogram.variances(flow=True)
    document["contents"] = _array(histogram.values(flow=True))
    document["variances"] = None if variances is None else _array(variances)
    for field, key in (
        ("count", "counts"),
        ("sum_of_weights", "sum_of_weights"),
        ("sum_of_weights_squared", "sum_of_weights_squared"),
    ):
        if field in names:
            document[key] = _array(np.asarray(view)[field])
    return document


def account_document(
    account: Account,
    excluded: Iterable[ExcludedRange] = (),
    missing: Iterable[MissingRange] = (),
    split: Iterable[SplitRange] = (),
    *,
    unread: Iterable[UnreadRange] = (),
    accounts: Mapping[str, Account] | None = None,
) -> Document:
    """Say where every entry is: `{"account", "excluded", "missing"}`, ranges in the order of the dataset given.

    `"split"` is there only when a range was computed in two, `"unread"` when something was not read for another reason
    than that the user stopped the query, `"accounts"` when there are several datasets.
    """
    document: Document = {
        "account": _account_document(account),
        "excluded": [excluded_document(each) for each in excluded],
        "missing": [asdict(each) for each in missing],
    }
    if accounts is not None and len(accounts) > 1:
        document["accounts"] = {name: _account_document(each) for name, each in accounts.items()}
    if left := [asdict(each) for each in unread]:
        document["unread"] = left
    splits = [asdict(each) for each in split]
    return document | ({"split": splits} if splits else {})


def _account_document(account: Account) -> Document:
    figures = {field.name: getattr(account, field.name) for field in fields(account)}
    return figures | {"complete": account.is_complete}


def excluded_document(failed: ExcludedRange) -> Document:
    """Describe excluded entries; not where it happened, which may differ between equal results."""
    event = failed.event or EventName()
    return {
        "file": failed.file,
        "tree": failed.tree,
        "entry": failed.first if failed.stop == failed.first + 1 else None,
        "first": failed.first,
        "stop": failed.stop,
        "kind": failed.kind,
        "reason": failed.reason,
        "run": event.run,
        "luminosityBlock": event.luminosity_block,
        "event": event.event,
    }


def dump_json(document: Mapping[str, Any]) -> str:
    """Write a document as one line of JSON, numbers with as many digits as tell them apart."""
    return json.dumps(document, allow_nan=False) + "\n"


def _axis(histogram: Any, place: int) -> Document:
    axis = histogram.axes[place]
    kind, traits = type(axis).__name__, axis.traits
    document: Document = {
        "type": _AXIS_TYPES.get(kind, kind),
        "name": getattr(axis, "name", "") or "",
        "label": getattr(axis, "label", "") or "",
        "bins": axis.size,
        "underflow": traits.underflow,
        "overflow": traits.overflow,
        "growth": traits.growth,
        "circular": traits.circular,
    }
    if kind in ("IntCategory", "StrCategory"):
        return document | {"categories": list(axis)}
    edges = axis.edges.tolist()
    if kind == "Variable":
        return document | {"edges": edges}
    number = int if kind in ("Integer", "Boolean") else float
    transform = getattr(axis, "transform", None)
    low, high = limits_of(histogram, place) if transform is None else (edges[0], edges[-1])
    document |= {"lo": number(low), "hi": number(high)}
    return document if transform is None else document | {"transform": str(transform), "edges": edges}


def _value(value: Any, *, where: str) -> Any:
    """Turn any value into what JSON can hold."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, complex):
        return {"real": _number(value.real), "imag": _number(value.imag)}
    if isinstance(value, Mapping):
        return _mapping(value, where=where)
    if isinstance(value, (set, frozenset)):
        return _sorted([_value(element, where=where) for element in value])
    if isinstance(value, (list, tuple)):
        return _sequence(value, where=where)
    return _object(value, where=where)


def _object(value: Any, *, where: str) -> Any:
    if is_histogram(value):
        return histogram_document(value)
    if isinstance(value, Entries):
        return value.document()
    if isinstance(value, np.ndarray) and value.dtype.names is None:
        return _array(value) if value.dtype.kind in "biuf" else _value(value.tolist(), where=where)
    family = family_of(value)
    if family == "awkward":
        return _value(value.to_list(), where=where)
    if family == "pandas":
        return _value(value.to_list() if value.ndim == 1 else value.to_dict("list"), where=where)
    if family == "pyarrow":
        return _value(value.to_pydict(), where=where)
    raise OutputError(
        f"output {where}: values of type {type(value).__name__} have no form in JSON; "
        "save as .pkl, or turn it into numbers, lists or dicts in `terminate`"
    )


def _number(number: float) -> float | str | None:
    if math.isfinite(number):
        return number
    return None if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _array(array: Any) -> Any:
    array = np.asarray(array)
    if array.dtype.kind != "f" or np.isfinite(array).all():
        return array.tolist()
    return _sequence(array.tolist(), where="")


def _sequence(values: Sequence[Any], *, where: str) -> list[Any]:
    return [_value(value, where=where) for value in values]


def _mapping(mapping: Mapping[Any, Any], *, where: str) -> Document:
    document: Document = {}
    for key, value in mapping.items():
        name, inside = _key(key, where=where), f"{where}[{key!r}]" if where else repr(key)
        if name in document:
            raise OutputError(f"output {inside}: two keys become {name!r} in JSON; rename one, or save as .pkl")
        document[name] = _value(value, where=inside)
    return dict(sorted(document.items()))


def _key(key: Any, *, where: str) -> str:
    plain = key.item() if isinstance(key, np.generic) else key
    if isinstance(plain, str):
        return str(plain)
    if plain is None or isinstance(plain, (bool, int, float)):
        return json.dumps(plain)
    if isinstance(plain, tuple):
        return ", ".join(_key(each, where=where) for each in plain)
    raise OutputError(
        f"output {where or 'keys'}: a key of type {type(key).__name__} has no form in JSON; "
        "use strings for keys, or save as .pkl"
    )


def _sorted(elements: list[Any]) -> list[Any]:
    """Sort numbers by value and everything else by its JSON, so that the order is the same everywhere."""
    try:
        return sorted(elements)
    except TypeError:
        return sorted(elements, key=json.dumps)
