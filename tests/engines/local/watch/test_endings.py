"""Laws of telling how a process ended, and whether user code did it."""

from __future__ import annotations

import signal
from dataclasses import replace

import pytest

from overproof.engines.local.logbook import AtHand
from overproof.engines.local.watch import Verdict, classify_exit, explain_loss

PART = (1000, 2000)
BUSY = AtHand(block=(2, 5), part=PART, started_s=1.0, beat_s=1.0)
IDLE = AtHand(block=None, part=None, started_s=1.0, beat_s=1.0)


@pytest.mark.parametrize(
    ("exit_code", "kind", "cause", "reason"),
    [
        (
            -signal.SIGSEGV,
            "signal",
            "SIGSEGV",
            "died by signal 11 (SIGSEGV: segmentation fault)",
        ),
        (-signal.SIGABRT, "signal", "SIGABRT", "died by signal 6 (SIGABRT: aborted)"),
        (-signal.SIGXCPU, "signal", "SIGXCPU", "cpu time limit exceeded"),
        (-40, "signal", "signal 40", "died by signal 40"),
        (3, "exit", "exit 3", "left with exit code 3"),
        (0, "exit", "exit 0", "left with exit code 0"),
    ],
)
def test_what_user_code_does_to_its_process_is_a_failure(exit_code: int, kind: str, cause: str, reason: str) -> None:
    """Kind, cause and a line for people; the cause names no entry, so that equal failures are equal."""
    failure = classify_exit(exit_code, part=PART)
    assert failure is not None
    assert (failure.kind, failure.cause) == (kind, cause)
    assert reason in failure.reason
    assert failure.host


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGIO])
def test_what_comes_from_outside_is_no_evidence(number: signal.Signals) -> None:
    """Somebody who ends a worker says nothing about its block."""
    assert classify_exit(-number, part=PART) is None


@pytest.mark.parametrize("exit_code", [-signal.SIGSEGV, 0, 1, 3])
def test_without_a_range_in_hand_there_is_no_evidence(exit_code: int) -> None:
    """What ends between blocks accuses none."""
    assert classify_exit(exit_code, part=None) is None


def test_a_kill_of_the_kernel_for_want_of_memory_is_evidence() -> None:
    """SIGKILL counts with a memory record, and only then."""
    failure = classify_exit(-signal.SIGKILL, part=(7, 8), has_memory_record=True)
    assert failure is not None
    assert (failure.kind, failure.cause) == ("memory", "memory")
    assert failure.reason == "was ended by the kernel, because memory ran out"


def test_a_loss_names_the_block_in_hand() -> None:
    """Block, reason and failure come together in one notice."""
    loss = explain_loss("w1", -signal.SIGSEGV, at_hand=BUSY)
    assert (loss.worker, loss.block) == ("w1", (2, 5))
    assert loss.reason == "the process died by signal 11 (SIGSEGV: segmentation fault)"
    assert loss.failure is not None
    killed = explain_loss("w1", -signal.SIGKILL, at_hand=BUSY)
    assert (killed.block, killed.failure) == ((2, 5), None)
    idle = explain_loss("w1", 1, at_hand=IDLE)
    assert (idle.block, idle.failure) == (None, None)


@pytest.mark.parametrize(
    ("kind", "amount", "limit", "reason"),
    [
        ("timeout", 60.1, 60.0, "took longer than 60 s"),
        ("memory", 2.1e9, 2e9, "took more than 2 GB of private memory"),
    ],
)
def test_who_is_ended_for_a_limit_has_failed_in_that_way(kind: str, amount: float, limit: float, reason: str) -> None:
    """The kind is that of the limit, whatever signal ended the process."""
    verdict = Verdict(kind=kind, at_hand=BUSY, amount=amount, limit=limit)  # type: ignore[arg-type]  # it is one of them
    loss = explain_loss("w1", -signal.SIGKILL, at_hand=BUSY, verdict=verdict)
    assert loss.failure is not None
    assert (loss.failure.kind, loss.failure.cause, loss.failure.reason) == (kind, kind, reason)


def test_a_block_that_was_done_before_the_end_came_is_not_accused() -> None:
    """What counts is what was in hand when the process could do nothing more."""
    verdict = Verdict(kind="timeout", at_hand=BUSY, amount=61, limit=60)
    after = AtHand(block=(2, 6), part=(2000, 3000), started_s=61.0, beat_s=61.0)
    assert explain_loss("w1", -signal.SIGKILL, at_hand=after, verdict=verdict).failure is None
    assert explain_loss("w1", -signal.SIGKILL, at_hand=IDLE, verdict=verdict).failure is None


READING = replace(BUSY, is_reading=True)


def test_a_crash_while_columns_are_read_accuses_no_user_code() -> None:
    """It is told as the file's; what user code alone can do is the selector's all the same."""
    loss = explain_loss("w1", -signal.SIGSEGV, at_hand=READING)
    assert (loss.block, loss.failure, loss.opening) == ((2, 5), None, None)
    assert loss.read_failure == "died by signal 11 (SIGSEGV: segmentation fault) while it was read"
    for exit_code, kind in ((3, "exit"), (-signal.SIGKILL, None)):
        loss = explain_loss("w1", exit_code, at_hand=READING)
        assert (loss.read_failure, loss.failure and loss.failure.kind) == ("", kind)


def test_a_block_whose_columns_do_not_come_is_not_read() -> None:
    """A time-out is the file's when it was being read both at the verdict and at the end."""
    verdict = Verdict(kind="timeout", at_hand=READING, amount=60.1, limit=60)
    loss = explain_loss("w1", -signal.SIGKILL, at_hand=READING, verdict=verdict)
    assert (loss.block, loss.failure, loss.read_failure) == ((2, 5), None, "not read within 60 s")
    loss = explain_loss("w1", -signal.SIGKILL, at_hand=BUSY, verdict=verdict)
    assert (loss.failure and loss.failure.kind, loss.read_failure) == ("timeout", "")


OPENING = AtHand(block=None, part=None, started_s=1.0, beat_s=1.0, opening=0)


def test_a_look_into_a_file_that_ends_its_worker_is_told() -> None:
    """By a crash or a time-out, not by somebody who kills it, nor when it was over already."""
    verdict = Verdict(kind="timeout", at_hand=OPENING, amount=60.1, limit=60)
    for exit_code, at_hand, why, told in (
        (-signal.SIGSEGV, OPENING, None, 0),
        (-signal.SIGKILL, OPENING, verdict, 0),
        (-signal.SIGKILL, OPENING, None, None),
        (-signal.SIGTERM, OPENING, None, None),
        (-signal.SIGKILL, IDLE, verdict, None),
        (-signal.SIGKILL, OPENING, replace(verdict, kind="frozen"), None),
    ):
        loss = explain_loss("w1", exit_code, at_hand=at_hand, verdict=why)
        assert (loss.opening, loss.block, loss.failure, loss.read_failure) == (told, None, None, "")
        assert ("looked into the file" in loss.reason) == (told is not None)


def test_a_frozen_process_is_lost_without_evidence() -> None:
    """Freezing is done to a process, not by its block."""
    verdict = Verdict(kind="frozen", at_hand=BUSY, amount=10.04, limit=10)
    loss = explain_loss("w1", None, at_hand=BUSY, verdict=verdict)
    assert loss.failure is None
    assert loss.reason == "the process was frozen: silent for 10 s, without any processor time"
