"""What the loss of a worker process tells."""

from __future__ import annotations

from overproof.engines.local.logbook import AtHand
from overproof.engines.local.watch.endings import (
    classify_exit,
    describe_verdict,
    failure_of_verdict,
    how_it_ended,
)
from overproof.engines.local.watch.verdict import Verdict
from overproof.records.notices import WorkerLost
from overproof.words.ids import WorkerId


def explain_loss(
    worker: WorkerId,
    exit_code: int | None,
    *,
    at_hand: AtHand,
    verdict: Verdict | None = None,
    has_memory_record: bool = False,
) -> WorkerLost:
    """Say what a worker had in hand when it was lost, and whether user code may have ended it.

    Args:
        worker: its name.
        exit_code: as of `subprocess`; None when the process was given up before it ended.
        at_hand: its logbook, read when it could write no more.
        verdict: why we have ended it; None when we have not.
        has_memory_record: the kernel has just noted that it ended a process because memory ran out.
    """
    if verdict is not None:
        is_still_at_it = (verdict.at_hand.block, verdict.at_hand.part) == (at_hand.block, at_hand.part)
        failure = failure_of_verdict(verdict) if is_still_at_it else None
        reason = describe_verdict(verdict)
    elif exit_code is None:
        failure, reason = None, "does not end, though it was killed"
    else:
        failure = classify_exit(exit_code, part=at_hand.part, has_memory_record=has_memory_record)
        reason = how_it_ended(exit_code)
    return WorkerLost(worker=worker, reason=f"the process {reason}", block=at_hand.block, failure=failure)
