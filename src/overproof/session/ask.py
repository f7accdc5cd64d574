"""Ask workers something outside of a query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cloudpickle

from overproof.columns.remembered import recall_schema, remember_schema
from overproof.engines.clock import MonotonicClock
from overproof.engines.crew import Crew
from overproof.engines.messages import Letter, RunScript, ScriptDone, Survey, Surveyed
from overproof.records.dataset import FileSpec
from overproof.records.notices import WorkerLost
from overproof.records.schema import Schema
from overproof.words.clock import Clock
from overproof.words.errors import AbortedError, EngineError, OverproofError
from overproof.words.frozen import dataclass
from overproof.words.ids import WorkerId

POLL_S = 0.5
SETTLING_S = 10.0
"""How long after the last worker that came no more are waited for, where some have come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptResult:
    """What a script did on one worker.

    Attributes:
        worker: the worker's name.
        rank: its number among those that ran the script.
        stdout: everything it printed.
        value: the value of the script's last expression; None where there is none or it cannot travel.
        error: the traceback if the script raised, else empty.
    """

    worker: WorkerId
    rank: int
    stdout: str
    value: Any
    error: str


def never() -> bool:
    """Tell that nobody wants the wait to end."""
    return False


def wait_for_workers(crew: Crew, n_workers: int, *, is_cancelled: Callable[[], bool] = never) -> list[WorkerId]:
    """Wait until so many workers listen, and return their names.

    Raises:
        AbortedError: it was cancelled.
        EngineError: workers die faster than they can be replaced.
    """
    while len(workers := crew.workers) < n_workers:
        _poll(crew, is_cancelled)
    return workers


def wait_for_all(crew: Crew, *, clock: Clock, settling_s: float = SETTLING_S) -> list[WorkerId]:
    """Wait until all workers listen that were asked for; where they come with slots, those that do.

    Raises:
        EngineError: workers die faster than they can be replaced.
    """
    workers: list[WorkerId] = []
    came_s = clock.now()
    while len(workers) < crew.size:
        if crew.can_merge and workers and clock.now() - came_s > settling_s:
            break  # they are on other machines, where others may come before us
        _poll(crew, never)
        if len(crew.workers) > len(workers):
            came_s = clock.now()
        workers = crew.workers
    return workers


def _poll(crew: Crew, is_cancelled: Callable[[], bool]) -> list[Letter]:
    letters = crew.poll(POLL_S)
    if is_cancelled():
        crew.kill()  # whoever was asked must not answer the next question
        raise AbortedError("stopped before the first block was computed")
    return letters


def survey(crew: Crew, files: Sequence[FileSpec], *, is_cancelled: Callable[[], bool] = never) -> Schema:
    """Return the schema of the first file that can be read; nobody is asked for one that is remembered.

    Raises:
        AbortedError: it was cancelled.
        OverproofError: what is wrong with the first file, when none can be read.
    """
    first_error: OverproofError | None = None
    for spec in files:
        if (schema := recall_schema(spec)) is not None:
            return schema
        answer = _survey_one(crew, spec, is_cancelled)
        if answer.schema is not None:
            remember_schema(spec, answer.schema)
            return answer.schema
        first_error = first_error or answer.error
    assert first_error is not None
    raise first_error


def _survey_one(crew: Crew, spec: FileSpec, is_cancelled: Callable[[], bool]) -> Surveyed:
    from overproof.session.surroundings.passes import hand_out

    worker = wait_for_workers(crew, 1, is_cancelled=is_cancelled)[0]
    hand_out(crew, [worker], [spec.path])
    crew.send(worker, Survey(spec=spec))
    while True:
        for letter in _poll(crew, is_cancelled):
            match letter.reply:
                case Surveyed():
                    return letter.reply
                case WorkerLost(worker=lost, reason=reason) if lost == worker:
                    error = EngineError(f"{spec.path}: the worker that looked into this file was lost: {reason}")
                    return Surveyed(worker=worker, schema=None, error=error)


def run_everywhere(
    crew: Crew, source: str, *, name: str, arguments: Sequence[str], search_path: Sequence[str]
) -> list[ScriptResult]:
    """Run a script on every worker and return what each did, by rank; a worker lost on the way says so."""
    workers = wait_for_all(crew, clock=MonotonicClock())
    ranks = {worker: rank for rank, worker in enumerate(workers)}
    if crew.can_merge:  # on other machines, where the script may want to read what the user may read
        from overproof.session.surroundings.passes import hand_out_all

        hand_out_all(crew, workers)
    for worker, rank in ranks.items():
        crew.send(
            worker,
            RunScript(
                source=source,
                name=name,
                arguments=tuple(arguments),
                rank=rank,
                size=len(workers),
                search_path=tuple(search_path),
            ),
        )
    results: dict[int, ScriptResult] = {}
    while len(results) < len(workers):
        for letter in crew.poll(POLL_S):
            match letter.reply:
                case ScriptDone(worker=worker, rank=rank, stdout=stdout, value=value, error=error):
                    loaded = None if value is None else cloudpickle.loads(value)
                    results[rank] = ScriptResult(worker=worker, rank=rank, stdout=stdout, value=loaded, error=error)
                case WorkerLost(worker=worker, reason=reason) if worker in ranks:
                    rank = ranks[worker]
                    results[rank] = ScriptResult(worker=worker, rank=rank, stdout="", value=None, error=reason)
    return [results[rank] for rank in sorted(results)]
