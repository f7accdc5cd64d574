"""Afterwards: what can be asked of a query that is on disk, when it has ended or while it runs.

Lives here: `queries.py`, which queries there are, how they stand and what file servers gave them; `replay.py`, one
failure once more, here; `logs.py`, what user code printed.
Comes in: ids of queries, or queries that `keeping` has found. Goes out: values for people and scripts. Start with
`queries.py`.
"""

from overproof.session.afterwards.logs import WorkerLog, read_logs
from overproof.session.afterwards.queries import QueryReport, report_all, report_on, servers_of
from overproof.session.afterwards.replay import Case, failures_of, find_case, replay, run_again

__all__ = [
    "Case",
    "QueryReport",
    "WorkerLog",
    "failures_of",
    "find_case",
    "read_logs",
    "replay",
    "report_all",
    "report_on",
    "run_again",
    "servers_of",
]
