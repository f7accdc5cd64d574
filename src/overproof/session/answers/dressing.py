"""What becomes of a result, by the kind of its question."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from overproof.analysis.by_dataset import DatasetOutputs
from overproof.records.outcome.entries import Entries
from overproof.session.answers.count import Count
from overproof.session.answers.datasets import DatasetAnswers, part_of
from overproof.session.answers.table import Table
from overproof.session.entries import EntryList
from overproof.session.question import Kind
from overproof.session.result import TOLD, IncompleteWarning, Result

if TYPE_CHECKING:
    from overproof.records.account import Account


def dress(result: Result, *, kind: Kind) -> Any:
    """Return a result in the form in which it was asked for."""
    if kind == "process":
        return result
    if kind == "map":
        from overproof.session.mapping import mapped

        return mapped(result)
    if isinstance(result.outputs, DatasetOutputs):
        return DatasetAnswers({name: _dressed(part_of(result, name), kind) for name in result.outputs}, result=result)
    return _dressed(result, kind)


def _dressed(result: Result, kind: Kind) -> Any:
    told = {name: getattr(result, name) for name in TOLD}
    match kind:
        case "scan":
            return Table(**result.outputs, **told)
        case "count":
            return Count(**result.outputs, **told)
        case "draw":
            return _drawn(next(iter(result.outputs.values())), told)
    return {name: _drawn(output, told) for name, output in result.outputs.items()}


def _drawn(output: Any, told: Mapping[str, Any]) -> Any:
    """Put account and all that on a histogram, or make a list of entries one that can be saved."""
    if isinstance(output, Entries):
        return EntryList(name=output.name, files=output.files, **told)
    for name, value in told.items():
        setattr(output, name, value)
    return output


def _what(result: Result, kind: Kind) -> str:
    if kind in {"scan", "count"}:
        return {"scan": "table", "count": "count"}[kind]
    return "entry list" if any(isinstance(each, Entries) for each in result.outputs.values()) else "histogram"


def warn_of_gaps(result: Result, answer: Any, *, kind: Kind) -> None:
    """Warn whoever asked our caller for an answer that lacks entries or items; a `Result` says so itself.

    Args:
        result: that is over.
        answer: what `dress` made of it.
        kind: of its question.
    """
    is_complete = answer.is_complete if kind == "map" else result.is_complete
    if kind == "process" or is_complete:
        return
    text = answer.lack_text if kind == "map" else _lack_text(result.account, _what(result, kind))
    warnings.warn(text, IncompleteWarning, stacklevel=3)


def _lack_text(account: Account, what: str) -> str:
    return (
        f"the {what} lacks entries: {account.processed:,} of {account.total:,} are in it, {account.missing:,} "
        f"missing, {account.excluded:,} excluded, {account.unread:,} unread, "
        f"{account.files_unknown} files unknown; see its .account, .missing and .excluded"
    )
