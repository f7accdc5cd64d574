"""How fast a first block comes: from the start of the process to the first line of `process`, on wide files.

Each round begins with a process that only imports numpy: it says how busy the machine is.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.campaign.contenders import Contender
from benchmarks.campaign.run import Stage

FILES = ("nano_tt_v15.root", "nano_dy.root", "nano_dy_rntuple.root")
STATES = (
    Contender(name="new", module="first_block", environment="overproof"),
    Contender(name="remembered", module="first_block", environment="overproof", remembers=True),
)


def measure_startup(stage: Stage, data: Path, *, rounds: int, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """Measure the start on each wide file that is there.

    Returns:
        One row a file and state, and one for numpy: `file`, `state`, and lists of seconds since the start of the
        process: `handed` (the block is there), `touched` (a column of it), `answered`, `ended`.

    Raises:
        RunError: no answer came.
    """
    rows: list[dict[str, Any]] = []
    for name in FILES:
        path = data / name
        if not path.exists():
            say(f"start-up: {name} is not in {data}")
            continue
        say(f"start-up: {name}")
        found: dict[str, list[dict[str, float]]] = {name: [] for name in ("numpy", *(each.name for each in STATES))}
        stage.first_block(STATES[1], path)  # fills the memory
        for _ in range(rounds):
            found["numpy"].append(_numpy(stage))
            for state in STATES:
                found[state.name].append(stage.first_block(state, path))
        rows += [
            {"file": name, "state": state} | {key: [each[key] for each in runs] for key in runs[0]}
            for state, runs in found.items()
        ]
    return rows


def _numpy(stage: Stage) -> dict[str, float]:
    begun = time.monotonic()
    subprocess.run([stage.pythons["overproof"], "-c", "import numpy"], check=True)
    return {"ended": time.monotonic() - begun}
