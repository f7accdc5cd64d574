"""Why a process ended, in words, and whether user code may have done it."""

from __future__ import annotations

import platform
import signal

from overproof.engines.local.watch.verdict import Verdict
from overproof.records.block import Range
from overproof.records.outcome.failure import Failure, FailureKind

FROM_OUTSIDE = frozenset(
    {signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGIO, signal.SIGKILL, signal.SIGSTOP}
)
"""Signals by which somebody ends a process: no evidence against what it computed."""


def how_it_ended(exit_code: int) -> str:
    """Say how a process ended.

    Args:
        exit_code: as of `subprocess`: minus the signal's number when it died by one.
    """
    if exit_code >= 0:
        return f"left with exit code {exit_code}"
    meaning = signal.strsignal(-exit_code)
    meaning = f": {meaning.lower()}" if meaning else ""
    return f"died by signal {-exit_code} ({_signal_name(-exit_code)}{meaning})"


def is_own_doing(exit_code: int) -> bool:
    """Tell whether a process ended by what it did itself, as far as its exit code tells."""
    return -exit_code not in FROM_OUTSIDE


def classify_exit(exit_code: int, *, part: Range | None, has_memory_record: bool = False) -> Failure | None:
    """Say how user code failed when a process ended by itself.

    Args:
        exit_code: as of `subprocess`.
        part: the range that it had in hand; None: nothing.
        has_memory_record: the kernel has just noted that it ended a process because memory ran out.

    Returns:
        None when it is no evidence against the range: it had none in hand, or was ended from outside.
    """
    if part is None:
        return None
    if exit_code == -signal.SIGKILL and has_memory_record:
        return _failure("memory", "memory", "was ended by the kernel, because memory ran out")
    if not is_own_doing(exit_code):
        return None
    reason = how_it_ended(exit_code)
    if exit_code < 0:
        return _failure("signal", _signal_name(-exit_code), reason)
    return _failure("exit", f"exit {exit_code}", reason)


def failure_of_verdict(verdict: Verdict) -> Failure | None:
    """Say how user code failed when a process was ended for going beyond a limit; None when there is no evidence."""
    part = verdict.at_hand.part
    if part is None or verdict.kind not in ("memory", "timeout"):
        return None
    if verdict.kind == "memory":
        return _failure("memory", "memory", describe_verdict(verdict))
    return _failure("timeout", "timeout", describe_verdict(verdict))


def describe_verdict(verdict: Verdict) -> str:
    """Say which limit was passed, and by how much."""
    match verdict.kind:
        case "memory":  # without the amount, which another run would not meet again
            return f"took more than {_gigabytes(verdict.limit)} of private memory"
        case "strained":
            return f"took {_gigabytes(verdict.amount)} of private memory (limit {_gigabytes(verdict.limit)})"
        case "timeout":
            return f"took longer than {verdict.limit:.3g} s"
        case "frozen":
            return f"was frozen: silent for {verdict.amount:.3g} s, without any processor time"


def _failure(kind: FailureKind, cause: str, reason: str) -> Failure:
    return Failure(kind=kind, cause=cause, reason=reason, host=platform.node())


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"  # one of the real-time signals


def _gigabytes(size_bytes: float) -> str:
    return f"{size_bytes / 1e9:.3g} GB"
