"""Work shared between processes that begin at the same moment."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import Any

from benchmarks.peers.protocol import now


def shared(
    n_processes: int,
    prepare: Callable[[int], Any],
    work: Callable[[Any, Callable[[], int | None]], Any],
    *,
    n_pieces: int,
) -> tuple[float, float, list[Any]]:
    """Let processes work off pieces, each taking the next one that nobody has.

    Args:
        n_processes: forked from this one.
        prepare: called in each with its number, before the clock starts; returns what `work` gets.
        work: called with that and a function that gives the number of the next piece, None when there is none.
        n_pieces: in all.

    Returns:
        When the first began, when the last was done, and what `work` returned in each.

    Raises:
        RuntimeError: a process has failed.
    """
    fork = multiprocessing.get_context("fork")
    counter = fork.Value("q", 0)
    ready, answers = fork.Barrier(n_processes), fork.SimpleQueue()

    def run(number: int) -> None:
        prepared = prepare(number)
        ready.wait()
        begun = now()
        found = work(prepared, take)
        answers.put((begun, now(), found))

    def take() -> int | None:
        with counter.get_lock():
            number = counter.value
            counter.value += 1
        return number if number < n_pieces else None

    processes = [fork.Process(target=run, args=(number,)) for number in range(n_processes)]
    for each in processes:
        each.start()
    for each in processes:
        each.join()
    if any(each.exitcode for each in processes):
        raise RuntimeError("a process has failed: its traceback is above")
    found = [answers.get() for _ in processes]
    return min(each[0] for each in found), max(each[1] for each in found), [each[2] for each in found]
