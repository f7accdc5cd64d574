"""Simulated: the real master, driven in virtual time by workers that only pretend.

Lives here: `world.py`, the driver and its events; `workers.py`, who computes nothing; `laws.py`, how fast they are;
`faults.py`, what happens to them; `options.py`, the question and the report; `run.py`, which puts it together;
`scenarios.py`, troubles drawn from a seed.
Comes in: how many workers and files, and what may go wrong. Goes out: a report; the same seed gives the same log.
Start with `run.py`.
"""

from overproof.engines.simulated.options import LAWS, Law, SimulationOptions, SimulationReport
from overproof.engines.simulated.run import simulate
from overproof.engines.simulated.scenarios import draw_scenario

__all__ = ["LAWS", "Law", "SimulationOptions", "SimulationReport", "draw_scenario", "simulate"]
