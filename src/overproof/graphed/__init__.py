"""A door for analyses that are recorded with graphed: its plans, run by workers of a session.

Lives here: `Runner`, which runs a plan as graphed's own executors do (`runner.py`), and what workers do for it
(`work.py`).
Comes in: a `graphed` plan. Goes out: the `ExecResult` that graphed's executors give. Start with `runner.py`.
Needs graphed, which is not installed with overproof.
"""

from overproof.graphed.runner import Runner

__all__ = ["Runner"]
