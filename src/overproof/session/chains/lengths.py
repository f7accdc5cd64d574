"""Measure files before a query: by memory, else by the workers, all of them at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from overproof.columns.remembered import recall, remember
from overproof.engines.crew import Crew
from overproof.engines.messages import Letter, Measure, Measured
from overproof.records.dataset import FileGrid, FileSpec
from overproof.records.notices import WorkerLost
from overproof.records.query import DEFAULT_BLOCK_ENTRIES
from overproof.session.surroundings.passes import hand_out
from overproof.words.errors import AbortedError, EngineError, OverproofError
from overproof.words.ids import WorkerId

POLL_S = 0.5

MAX_LOSSES = 2
"""Workers that may be lost over one file before it counts as one that nobody can open."""


def measure_files(
    crew: Crew,
    files: Sequence[FileSpec],
    *,
    block_entries: int = DEFAULT_BLOCK_ENTRIES,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> list[FileGrid | OverproofError]:
    """Return the grid of every file, or why there is none; nobody is asked for one that is remembered.

    Friends, steps, checksums and what else is told of a file do not matter; each file is opened once, and remembered.

    Args:
        crew: idle.
        files: in any number, also repeated.
        block_entries: that of the query, so that its files need not be opened again for their blocks.
        is_cancelled: tells whether the user wants it to end.

    Raises:
        AbortedError: it was cancelled.
        EngineError: workers die faster than they can be replaced.
    """
    bare = [FileSpec(path=spec.path, tree=spec.tree) for spec in files]
    known: dict[FileSpec, FileGrid | OverproofError] = {}
    unknown: list[FileSpec] = []
    for spec in dict.fromkeys(bare):
        grid = recall(spec, block_entries)
        if grid is None:
            unknown.append(spec)
        else:
            known[spec] = grid
    if unknown:
        known |= _Measuring(crew, unknown, block_entries=block_entries, is_cancelled=is_cancelled).run()
    return [known[spec] for spec in bare]


class _Measuring:
    """One round of questions: every worker that listens has one file in hand."""

    def __init__(
        self, crew: Crew, specs: Sequence[FileSpec], *, block_entries: int, is_cancelled: Callable[[], bool]
    ) -> None:
        self._crew = crew
        self._block_entries = block_entries
        self._is_cancelled = is_cancelled
        self._waiting = deque(specs)
        self._in_hand: dict[WorkerId, FileSpec] = {}
        self._losses: dict[FileSpec, int] = {}
        self._answers: dict[FileSpec, FileGrid | OverproofError] = {}

    def run(self) -> dict[FileSpec, FileGrid | OverproofError]:
        while self._waiting or self._in_hand:
            self._ask()
            for letter in self._crew.poll(POLL_S):
                self._hear(letter)
            if self._is_cancelled():
                self._crew.kill()  # whoever was asked must not answer the next question
                raise AbortedError("stopped before the first block was computed")
        return self._answers

    def _ask(self) -> None:
        for worker in self._crew.workers:
            if worker not in self._in_hand and self._waiting:
                spec = self._in_hand[worker] = self._waiting.popleft()
                hand_out(self._crew, [worker], [spec.path])
                self._crew.send(worker, Measure(spec=spec, block_entries=self._block_entries))

    def _hear(self, letter: Letter) -> None:
        match letter.reply:
            case Measured(worker=worker, spec=spec, grid=grid, error=error):
                self._in_hand.pop(worker, None)
                if grid is not None:
                    remember(spec, self._block_entries, grid)
                    self._answers[spec] = grid
                elif error is not None:
                    self._answers[spec] = error
            case WorkerLost(worker=worker, reason=reason) if worker in self._in_hand:
                spec = self._in_hand.pop(worker)
                self._losses[spec] = self._losses.get(spec, 0) + 1
                if self._losses[spec] < MAX_LOSSES:
                    self._waiting.append(spec)
                else:
                    self._answers[spec] = EngineError(
                        f"{spec.path}: the worker that looked into this file was lost: {reason}"
                    )
