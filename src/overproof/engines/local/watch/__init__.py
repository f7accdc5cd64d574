"""Watch: what worker processes take, and what is to be done when it is too much.

Lives here: `verdict.py`, the rules, without any reading; `proc.py` and `machine.py`, what the kernel tells;
`endings.py`, how processes end, in words; `loss.py`, what that tells of a block; `watchman.py`, the thread that looks
ten times a second.
Comes in: processes, logbooks and limits. Goes out: verdicts, and failures. Start with `verdict.py`.
"""

from overproof.engines.local.watch.endings import (
    classify_exit,
    describe_verdict,
    failure_of_verdict,
    how_it_ended,
    is_own_doing,
)
from overproof.engines.local.watch.loss import explain_loss
from overproof.engines.local.watch.machine import (
    CHILD_OOM_SCORE,
    OutOfMemoryRecord,
    machine_memory_bytes,
    offer_to_oom_killer,
)
from overproof.engines.local.watch.proc import is_asleep, private_memory_bytes, processor_time_s
from overproof.engines.local.watch.verdict import FROZEN_S, Look, Verdict, Watched
from overproof.engines.local.watch.watchman import Watchman

__all__ = [
    "CHILD_OOM_SCORE",
    "FROZEN_S",
    "Look",
    "OutOfMemoryRecord",
    "Verdict",
    "Watched",
    "Watchman",
    "classify_exit",
    "describe_verdict",
    "explain_loss",
    "failure_of_verdict",
    "how_it_ended",
    "is_asleep",
    "is_own_doing",
    "machine_memory_bytes",
    "offer_to_oom_killer",
    "private_memory_bytes",
    "processor_time_s",
]
