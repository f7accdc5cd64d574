"""What comes of a scenario."""

from __future__ import annotations

from typing import Any

from benchmarks.simulation.scenarios import Scenario
from overproof.engines.simulated import SimulationOptions, SimulationReport, simulate

SIMULATED = (
    "makespan_s",
    "ideal_s",
    "ratio",
    "tail_s",
    "n_packets",
    "n_deltas",
    "n_passed",
    "n_mergers",
    "inflow_mb",
    "master_load",
    "master_memory_mb",
    "merger_memory_mb",
    "local_share",
)
"""The same in every run."""
MEASURED = ("decisions_per_s", "peak_rss_mb", "cpu_s")
"""As fast as the machine is."""
DIGITS = 5

Row = dict[str, Any]
"""A scenario and its figures, as the document keeps it."""


def measure(scenario: Scenario) -> Row:
    """Simulate a scenario."""
    report = simulate(SimulationOptions(**scenario.options))
    return {**scenario._asdict(), "figures": figures(report)}


def figures(report: SimulationReport) -> dict[str, Any]:
    """Return what is told of a run."""
    told = {name: _rounded(getattr(report, name)) for name in (*SIMULATED, *MEASURED)}
    account = report.account
    return {"state": report.state, "total": account.total, "unread": account.unread, "missing": account.missing, **told}


def _rounded(value: float) -> float:
    return value if isinstance(value, int) else float(f"{value:.{DIGITS}g}")
