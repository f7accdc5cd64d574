"""Dask: slots on other machines, and processes carried to them.

Lives here: `hiring.py`, which makes a crew over a Dask cluster or over jobs of a batch system; `starter.py`, which
sends a scout to each Dask worker; `scout.py`, which looks around there and keeps an outpost up; `batch.py`, jobs with
secrets of their own; `options.py`, what may be said to them; `jobs.py`, which keeps them in the queue; `sweeping.py`,
for when this process is killed; `ports.py` and `reaching.py`, for who is talked to.
Comes in: an address and options. Goes out: an `OutpostCrew`. No task of Dask's is ever made: packets travel between
master and workers.
Start with `hiring.py`.
"""

from overproof.engines.dask.hiring import hire_on_batch, hire_on_dask
from overproof.engines.dask.starter import DaskStarter, EnvironmentWarning

__all__ = ["DaskStarter", "EnvironmentWarning", "hire_on_batch", "hire_on_dask"]
