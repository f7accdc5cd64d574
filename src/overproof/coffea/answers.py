"""What coffea's Runner would say of a result."""

from __future__ import annotations

from typing import Any

from overproof.analysis.processors import BareOutput
from overproof.analysis.processors.processor import METRICS, OUTPUT
from overproof.coffea.items import items_of_result, n_blocks
from overproof.session.result import Result
from overproof.words.errors import AbortedError, OverproofError, ReadError, UserCodeError


def output_of(result: Result) -> Any:
    """Return what the processor put out, which need be no mapping."""
    return result.outputs[OUTPUT] if isinstance(result.outputs, BareOutput) else result.outputs


def answer_of(result: Result, *, has_metrics: bool) -> dict[str, Any]:
    """Return the document that `Runner.run` gives: `out`, `processed`, `exception`, and maybe `metrics`."""
    assert result.origin is not None
    answer: dict[str, Any] = {
        "out": output_of(result),
        "processed": items_of_result(result.origin),
        "exception": what_lacks(result) or 0,
    }
    return answer | ({"metrics": metrics_of(result)} if has_metrics else {})


def metrics_of(result: Result) -> dict[str, Any]:
    """Return what coffea tells with `savemetrics`, from our account and statistics."""
    assert result.origin is not None
    assert result.unrounded is not None
    touched = result.unrounded.value().get(METRICS, {})
    return {
        "bytesread": result.statistics.read_bytes,
        "columns": sorted(touched.get("columns", ())),
        "entries": result.account.processed,
        "processtime": sum(worker.compute_s for worker in result.statistics.workers),
        "chunks": n_blocks(result.origin),
    }


def what_lacks(result: Result) -> OverproofError | None:
    """Return what an incomplete result lacks, as an error; None for a complete one."""
    if result.is_complete:
        return None
    error: OverproofError
    if result.excluded:
        first = result.excluded[0]
        where = f"{first.file}: entries {first.first:,} to {first.stop - 1:,}"
        error = UserCodeError(f"{first.reason}; {_counted(result)}", where=where, traceback=first.traceback)
    elif result.missing:
        lost = result.missing[0]
        error = ReadError(f"{lost.reason}; {_counted(result)}", file=lost.file, phase=lost.phase)
    else:
        error = AbortedError(_counted(result))
    error.result = result
    return error


def _counted(result: Result) -> str:
    account = result.account
    return (
        f"the output lacks entries: {account.processed:,} of {account.total:,} are in it, {account.missing:,} missing, "
        f"{account.excluded:,} excluded, {account.unread:,} unread, {account.files_unknown} files unknown; see "
        "runner.result, its .missing and .excluded"
    )
