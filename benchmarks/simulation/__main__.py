"""`python -m benchmarks.simulation`: simulate all scenarios, and write the document, the plots and the page."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from benchmarks.simulation.bare_master import measure_master
from benchmarks.simulation.measuring import measure
from benchmarks.simulation.page import put_into
from benchmarks.simulation.plots import draw_plots
from benchmarks.simulation.scenarios import WORKERS, scenarios

CHECKOUT = Path(__file__).parents[2]
RESULTS = CHECKOUT / "benchmarks" / "simulation" / "results.json"
PAGE = CHECKOUT / "docs" / "scale.md"
IMAGES = CHECKOUT / "docs" / "images"
N_DECISIONS = 40_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return an exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulation", description=__doc__)
    parser.add_argument("--only", metavar="PATTERN", default="*", help="scenarios to be simulated anew, and 'master'")
    options = parser.parse_args(arguments)
    document = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {"rows": [], "master": []}
    known = {(row["group"], row["row"], row["column"]): row for row in document["rows"]}
    for scenario in scenarios():
        if fnmatch(scenario.name, options.only):
            row = known[scenario[:3]] = measure(scenario)
            print(f"{scenario.name:<60}{row['figures']['ratio']:.3f}  {row['figures']['cpu_s']:.1f} s", flush=True)
            document["rows"] = [known[each[:3]] for each in scenarios() if each[:3] in known]
            _write(document)
    if fnmatch("master", options.only):
        document["master"] = [_measure_master(workers) for workers in WORKERS]
    _write(document)
    draw_plots(document, IMAGES)
    put_into(PAGE, document)
    return 0


def _measure_master(workers: int) -> dict[str, float]:
    speed = measure_master(workers, rounds=max(5, N_DECISIONS // workers))
    print(f"the bare master with {workers:,} workers: {speed}", flush=True)
    return {"workers": workers, **{name: round(value) for name, value in speed._asdict().items()}}


def _write(document: dict[str, Any]) -> None:
    RESULTS.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
