"""Runs plans of graphed over workers of a session."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

from overproof.graphed.work import Process
from overproof.session.errands import map_at_once
from overproof.session.session import Session
from overproof.words.errors import OptionError


class Runner:
    """Runs a plan to its value: an executor of graphed's, `Runner().run(plan).value`.

    The value is byte for byte that of graphed's own executors: partial results are combined along the tree that they
    fix over the order of tasks. A worker that dies costs nothing; what a task raises is raised here as it is.

    Args:
        session: whose workers to take; None: a session of its own, which ends with the runner.
        workers: how many, for a session of its own; None: one a core.
        progress: show the progress; None: when standard error is a terminal.

    Raises:
        OptionError: there is no graphed, or a number of workers that makes no sense.

    Source: the executor contract of graphed 0.0.9 (`graphed.core.execution`).
    """

    def __init__(
        self, session: Session | None = None, *, workers: int | None = None, progress: bool | None = None
    ) -> None:
        _check_installed()
        self._is_own = session is None
        self.session = Session(workers=workers) if session is None else session
        self._shows_progress = sys.stderr.isatty() if progress is None else progress

    def run(self, plan: Any) -> Any:
        """Run a plan.

        Returns:
            An `ExecResult` of graphed's.

        Raises:
            OptionError: a plan whose tasks are not known beforehand, or that has stages.
            Exception: what the first task that failed raised; what graphed raises of services that are not bound.
        """
        from graphed.core.execution import ExecResult, require_bound

        _check(plan)
        require_bound(plan)
        partitions = [task.partition for task in sorted(plan.tasks, key=lambda task: task.key)]
        partials = map_at_once(
            self.session, Process(plan.process), partitions, stops=True, shows_progress=self._shows_progress
        )
        if partials.problem is not None:
            raise partials.problem
        value = combined(list(partials), plan.combine) if partitions else plan.empty()
        return ExecResult(value=value, n_partitions=len(partitions), n_combines=max(0, len(partitions) - 1))

    def close(self) -> None:
        """End the workers, if they are the runner's own."""
        if self._is_own:
            self.session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def combined(partials: Sequence[Any], combine: Callable[[Any, Any], Any]) -> Any:
    """Combine neighbours, level by level; one that has no neighbour goes up as it is.

    Args:
        partials: at least one.
        combine: of two.
    """
    level = list(partials)
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [combine(left, right) for left, right in pairs] + level[len(level) - len(level) % 2 :]
    return level[0]


def _check_installed() -> None:
    """Say how to install graphed where there is none, before workers are started for nothing."""
    try:
        importlib.import_module("graphed.core.execution")
    except ImportError as error:
        raise OptionError(f"graphed cannot be had here ({error}): install it with `pip install graphed`") from error


def _check(plan: Any) -> None:
    for name in ("process", "combine", "empty", "tasks"):
        if not hasattr(plan, name):
            raise OptionError(f"a {type(plan).__name__} has no {name}: plans in stages run on graphed's own executors")
    for name in ("next_tasks", "stop"):
        if getattr(plan, name, None) is not None:
            raise OptionError(
                f"the plan has {name}=..., and its tasks would depend on how fast they are: run it on graphed's own "
                "executors, or leave that out"
            )
