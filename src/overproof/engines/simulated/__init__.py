"""Simulated: the real master, driven in virtual time by a cluster that only pretends.

Lives here: `world.py`, the driver; `agenda.py`, virtual time; `cluster/`, who pretends to work; `troubles/`, what goes
wrong; `laws.py`, how fast workers are; `options.py`, the question and the report; `run.py`, which puts it together;
`audit.py`, which verifies the end.
Comes in: how many workers and files, and what may go wrong. Goes out: a report; the same seed gives the same log.
Start with `run.py`.
"""

from overproof.engines.simulated.options import LAWS, Law, SimulationOptions
from overproof.engines.simulated.report import SimulationReport
from overproof.engines.simulated.run import simulate
from overproof.engines.simulated.troubles.scenarios import draw_scenario, serial

__all__ = ["LAWS", "Law", "SimulationOptions", "SimulationReport", "draw_scenario", "serial", "simulate"]
