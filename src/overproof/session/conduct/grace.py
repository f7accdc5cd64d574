"""What a query that is waited for does when its process is told to end, and what it says when it ends early."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol

from overproof.words.errors import OverproofError
from overproof.words.states import QueryState

GRACE_S = 10.0
"""Time that a query has to hand over what is done, after the process was told to end."""


class Stoppable(Protocol):
    """What is needed of a query to end it."""

    id: str

    @property
    def state(self) -> QueryState:
        """Where the query is in its life."""
        ...

    @property
    def is_resumable(self) -> bool:
        """Tell whether it can be gone on with."""
        ...

    def stop(self) -> None:
        """Stop soon and keep what is done."""
        ...

    def abort(self) -> None:
        """End at once."""
        ...


@contextmanager
def graceful(query: Stoppable, *, grace_s: float = GRACE_S, is_summed_up: bool = False) -> Iterator[None]:
    """Let SIGTERM stop the query, where it means the same as Ctrl-C; say how to go on with one that ended early.

    It means the same where somebody has said so with `signal(SIGTERM, default_int_handler)`, as the command line does.
    In a script it ends the process at once, as ever; the last checkpoint is on disk then, too.

    Args:
        query: waited for in the block, in the main thread.
        grace_s: seconds after which a query that has not stopped by itself is aborted.
        is_summed_up: a notebook's summary says how to go on, so that it need not be printed.
    """
    means_stop = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) is signal.default_int_handler
    )
    timer = threading.Timer(grace_s, query.abort)
    timer.daemon = True

    def stop(_number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(RuntimeError):  # started before: the grace is not renewed
            timer.start()
        query.stop()

    if means_stop:
        signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except OverproofError:
        _say_how_to_go_on(query, is_summed_up=is_summed_up)
        raise
    else:
        _say_how_to_go_on(query, is_summed_up=is_summed_up)
    finally:
        timer.cancel()
        if means_stop:
            signal.signal(signal.SIGTERM, signal.default_int_handler)


def _say_how_to_go_on(query: Stoppable, *, is_summed_up: bool) -> None:
    if query.is_resumable and not is_summed_up:
        print(f"overproof: query {query.id} {query.state}; `overproof resume {query.id}` goes on", file=sys.stderr)
