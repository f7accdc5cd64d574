"""The executor as a subclass of coffea's, by which coffea's Runner knows it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import cloudpickle
import lz4.frame
from coffea.processor.accumulator import accumulate
from coffea.processor.executor import ExecutorBase

from overproof.coffea.desks import Desk, Wish, desk_of
from overproof.session.errands import map_at_once
from overproof.session.mapping import Mapped
from overproof.session.session import Session


@dataclass
class PluggedExecutor(ExecutorBase):  # type: ignore[misc]  # coffea is not typed
    """What makes an `Executor` one of coffea's."""

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
        assert self.session is not None
        answer = map_at_once(
            self.session,
            _Compressed(function, self.compression),
            waiting,
            stops=not self.recoverable,
            shows_progress=self.status and sys.stderr.isatty(),
            timeout_s=self.timeout_s,
            memory_limit_bytes=self.memory_limit_bytes,
        )
        problem = answer.problem
        if problem is not None and not self.recoverable:
            raise problem
        return accumulate(_values(answer, self.compression), accumulator), problem or 0


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


def _values(answer: Mapped, level: int | None) -> Iterator[Any]:
    """Load the values that there are one by one: all of them at once may be more than memory holds."""
    for item in answer.done:
        payload = answer[item]
        yield cloudpickle.loads(payload if level is None else lz4.frame.decompress(payload))
