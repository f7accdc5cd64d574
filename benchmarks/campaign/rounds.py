"""One case: contenders in turn, round after round."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.campaign.answers import compare
from benchmarks.campaign.contenders import Contender
from benchmarks.campaign.run import Run, RunError, Stage, Times

REFERENCE = (
    "warm",
    "cold",
    "cached",
    "cold-empty",
    "command",
    "command-empty",
    "interpreted",
    "expression",
    "awkward",
    "rdataframe",
    "coffea",
    "graphed",
    "runner",
    "runner-cold",
    "futures",
)
"""The first of these that takes part gives the answer that others are compared with."""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What one contender did in one case.

    Attributes:
        failure: why there is nothing; empty where there is.
        times: of each round, the first one left out.
        first: the run of the first round, in which files come into memory, memory is watched, answers are compared.
        moved: share of fills that differ from the answer of the reference.
        is_same: whether the answer is the same to the last bit.
    """

    failure: str = ""
    times: list[Times] = field(default_factory=list)
    first: Run | None = None
    moved: float = 0.0
    is_same: bool = True

    def median(self, what: str) -> float:
        """Return the median of `wall_s`, `start_s` or `loop_s` over the rounds."""
        return float(statistics.median(getattr(each, what) for each in self.times))


def measure(
    stage: Stage,
    contenders: Sequence[Contender],
    *,
    question: str,
    files: list[Path],
    rounds: int,
    say: Callable[[str], None],
) -> dict[str, Outcome]:
    """Measure one question over one sample.

    Args:
        stage: where to run.
        contenders: who.
        question: its name.
        files: of the sample.
        rounds: after the first one, which is not timed.
        say: called with what happens.
    """
    stage.forget_columns()
    outcomes = {each.name: Outcome() for each in contenders}
    for number in range(rounds + 1):
        for each in contenders:
            outcome = outcomes[each.name]
            if outcome.failure:
                continue
            try:
                if number == 0 and each.caches:
                    # What is asked for once may not be worth keeping yet.
                    stage.run(each, question, files, watched=False)
                run = stage.run(each, question, files, watched=number == 0)
            except RunError as error:
                outcome.failure = str(error)
                say(f"  {each.name}: {error}")
                continue
            if number == 0:
                outcome.first = run
            else:
                outcome.times.append(run.times)
    _compare(contenders, outcomes, say)
    return outcomes


def _compare(contenders: Sequence[Contender], outcomes: dict[str, Outcome], say: Callable[[str], None]) -> None:
    answers = {
        each.name: first.histograms for each in contenders if each.answers and (first := outcomes[each.name].first)
    }
    reference = next((name for name in REFERENCE if name in answers), None)
    if reference is None:
        return
    for name, answer in answers.items():
        found = compare(answers[reference], answer)
        outcomes[name].moved, outcomes[name].is_same = found.moved, found.is_same
        if not found.is_near:
            outcomes[name].failure = f"another answer: {found.moved:.2%} of the fills are elsewhere"
            say(f"  {name}: {outcomes[name].failure}")


def as_document(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as it is kept."""
    first = outcome.first
    return {
        "failure": outcome.failure,
        "rounds": [asdict(each) for each in outcome.times],
        "moved": outcome.moved,
        "is_same": outcome.is_same,
        "read_bytes": first.n_bytes if first else 0,
        "main_bytes": first.main_bytes if first else 0,
        "worker_bytes": first.worker_bytes if first else 0,
        "path": first.path if first else "",
        "fills": sum(first.histograms[0]) if first and first.histograms else 0,
    }
