"""What the loss of a worker process tells."""

from __future__ import annotations

import signal

from overproof.engines.local.logbook import AtHand
from overproof.engines.local.watch.endings import (
    classify_exit,
    describe_verdict,
    failure_of_verdict,
    how_it_ended,
    is_own_doing,
)
from overproof.engines.local.watch.verdict import Verdict
from overproof.records.notices import WorkerLost
from overproof.records.outcome.failure import Failure
from overproof.words.ids import WorkerId


def explain_loss(
    worker: WorkerId,
    exit_code: int | None,
    *,
    at_hand: AtHand,
    verdict: Verdict | None = None,
    has_memory_record: bool = False,
    problem: str = "",
) -> WorkerLost:
    """Say what a worker had in hand when it was lost, and whether user code or a file may have ended it.

    Args:
        worker: its name.
        exit_code: as of `subprocess`; None when nobody can tell it.
        at_hand: its logbook, read when it could write no more.
        verdict: why we have ended it; None when we have not.
        has_memory_record: the kernel has just noted that it ended a process because memory ran out.
        problem: why nobody can tell the exit code.
    """
    is_evidence = False
    if verdict is not None:
        is_evidence = verdict.kind in ("memory", "timeout") and _task_of(verdict.at_hand) == _task_of(at_hand)
        failure = failure_of_verdict(verdict) if is_evidence else None
        reason = describe_verdict(verdict)
    elif exit_code is None:
        failure, reason = None, problem or "does not end, though it was killed"
    else:
        failure = classify_exit(exit_code, part=at_hand.part, has_memory_record=has_memory_record)
        reason = how_it_ended(exit_code)
        is_evidence = is_own_doing(exit_code) or (exit_code == -signal.SIGKILL and has_memory_record)
    opening = at_hand.opening if is_evidence else None
    if opening is not None:
        reason = f"{reason} while it looked into the file"
    was_reading = at_hand.is_reading and (verdict is None or verdict.at_hand.is_reading)
    read_failure = _read_failure(failure, verdict) if was_reading else ""
    return WorkerLost(
        worker=worker,
        reason=f"the process {reason}",
        block=at_hand.block,
        failure=None if read_failure else failure,
        read_failure=read_failure,
        opening=opening,
    )


def _task_of(at_hand: AtHand) -> tuple[object, ...]:
    return (at_hand.block, at_hand.part, at_hand.opening)


def _read_failure(failure: Failure | None, verdict: Verdict | None) -> str:
    """Say how reading failed; empty for what is no fault of a file: no user code stalls or crashes while it is read."""
    match failure:
        case Failure(kind="timeout") if verdict is not None:
            return f"not read within {verdict.limit:.3g} s"
        case Failure(kind="signal", reason=reason):
            return f"{reason} while it was read"
    return ""
