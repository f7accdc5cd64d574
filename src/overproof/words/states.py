"""The states of a query, and which may follow which."""

from __future__ import annotations

from enum import StrEnum


class QueryState(StrEnum):
    """Where a query is in its life."""

    WAITING = "waiting"
    """Made, not yet given to an engine."""
    RUNNING = "running"
    """Workers look into files and process packets."""
    STOPPING = "stopping"
    """A stop was asked for, or a failure happened: no new packet is handed out, deltas still come in."""
    FINISHED = "finished"
    """Nothing is left to do. Whether the result is complete, the account says."""
    STOPPED = "stopped"
    """Stopped on request; what was merged is kept."""
    FAILED = "failed"
    """The selector raised, or the engine gave up; what was merged is kept."""
    ABORTED = "aborted"
    """Thrown away on request."""


TRANSITIONS: dict[QueryState, frozenset[QueryState]] = {
    QueryState.WAITING: frozenset({QueryState.RUNNING, QueryState.ABORTED}),
    QueryState.RUNNING: frozenset({QueryState.STOPPING, QueryState.FINISHED, QueryState.FAILED, QueryState.ABORTED}),
    QueryState.STOPPING: frozenset({QueryState.STOPPED, QueryState.FAILED, QueryState.ABORTED}),
    QueryState.FINISHED: frozenset(),
    QueryState.STOPPED: frozenset(),
    QueryState.FAILED: frozenset(),
    QueryState.ABORTED: frozenset(),
}
"""The legal transitions; a state with none is final."""
