"""The executor as a subclass of coffea's, by which coffea's Runner knows it."""

from __future__ import annotations

import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import cloudpickle
import lz4.frame
from coffea.processor.accumulator import accumulate
from coffea.processor.executor import ExecutorBase

from overproof.coffea.desks import Desk, Wish, desk_of
from overproof.coffea.executor import Executor
from overproof.session.conduct.grace import graceful
from overproof.session.handle import Query
from overproof.session.mapping import RAISED, Mapped
from overproof.session.result import IncompleteWarning
from overproof.session.session import Session
from overproof.session.show.view import follow
from overproof.words.errors import AbortedError, UserCodeError

LOOK_S = 0.5
"""How often somebody looks whether an item has failed."""


@dataclass
class PluggedExecutor(ExecutorBase, Executor):  # type: ignore[misc]  # coffea is not typed
    """What `Executor` makes."""

    workers: int | None = field(default=None, kw_only=True)
    retries: int = field(default=3, kw_only=True)
    recoverable: bool = field(default=False, kw_only=True)
    session: Session | None = field(default=None, kw_only=True, repr=False)
    timeout_s: float | None = field(default=None, kw_only=True)
    memory_limit_bytes: int | None = field(default=None, kw_only=True)
    desk: Desk | None = field(default=None, kw_only=True, repr=False)

    def __post_init__(self) -> None:
        if self.session is None:
            wish = Wish(workers=self.workers, progress=None if self.status else False, pid=os.getpid())
            self.desk = desk_of(wish)
            self.session = self.desk.session
        else:
            self.session.expect_processors()

    def copy(self, **changes: Any) -> PluggedExecutor:
        """Return one with some fields changed; the workers are the same."""
        return replace(self, **changes)

    def __call__(
        self, items: Iterable[Any], function: Callable[[Any], Any], accumulator: Any
    ) -> tuple[Any, BaseException | int]:
        """Call a function on items, and add what it gives to an accumulator, in the order of items.

        Returns:
            The accumulator and 0, or the error of the first item that failed.

        Raises:
            BaseException: what the first item that failed raised, if the executor is not `recoverable`.
        """
        waiting = tuple(items)
        if not waiting:
            return accumulator, 0
        answer = self._mapped(_Compressed(function, self.compression), waiting)
        problem = _problem(answer)
        if problem is not None and not self.recoverable:
            raise problem
        return accumulate(_values(answer, self.compression), accumulator), problem or 0

    def _mapped(self, function: Callable[[Any], bytes], items: tuple[Any, ...]) -> Mapped:
        assert self.session is not None
        query: Query = self.session.map(
            function,
            items,
            timeout_s=self.timeout_s,
            memory_limit_bytes=self.memory_limit_bytes,
            journal=False,
            wait=False,
        )
        if not self.recoverable:
            threading.Thread(target=_stop_at_failure, args=(query,), daemon=True, name="watches items").start()
        with graceful(query), warnings.catch_warnings():
            warnings.simplefilter("ignore", IncompleteWarning)  # what lacks is raised, or returned
            answer: Mapped = follow(query, shows_progress=self.status and sys.stderr.isatty())
        return answer


class _Compressed:
    """A function whose values are pickled and compressed where they are made.

    Args:
        function: of one argument.
        level: of LZ4; None: values are pickled only.
    """

    def __init__(self, function: Callable[[Any], Any], level: int | None) -> None:
        self._function = function
        self._level = level

    def __call__(self, item: Any) -> bytes:
        payload: bytes = cloudpickle.dumps(self._function(item))
        if self._level is None:
            return payload
        compressed: bytes = lz4.frame.compress(payload, compression_level=self._level)
        return compressed


def _stop_at_failure(query: Query) -> None:
    """Stop a query as soon as an item has failed; until it ends."""
    while not query.wait(LOOK_S):
        so_far: Mapped | None = query.partial(RAISED)
        if so_far is not None and so_far.failed:
            query.stop()
            return


def _values(answer: Mapped, level: int | None) -> Iterator[Any]:
    """Load the values that there are one by one: all of them at once may be more than memory holds."""
    for item in answer.done:
        payload = answer[item]
        yield cloudpickle.loads(payload if level is None else lz4.frame.decompress(payload))


def _problem(answer: Mapped) -> BaseException | None:
    """Return what the first item that failed raised, as it was raised where that can travel."""
    if not answer.failed:
        n_left = answer.account.unread
        return AbortedError(f"stopped: {n_left:,} of {len(answer):,} items were not computed") if n_left else None
    error: UserCodeError = next(iter(answer.failed.values()))
    raised = error.__cause__
    if raised is None:
        return error
    raised.add_note(f"{error}\n{error.traceback}".rstrip())
    return raised
