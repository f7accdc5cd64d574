"""The master's memory is bound by the size of the outputs, not by the number of workers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CLEAR_REFS = Path("/proc/self/clear_refs")

SCRIPT = """
import gc, sys
from pathlib import Path
import boost_histogram as bh
import numpy as np
import overproof as op

n_bins, n_workers, n_cycles, is_watched = map(int, sys.argv[1:])

def memory(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))

class Fill(op.Selector):
    # All words that a cell has are in use: nothing is saved on the way.
    def __init__(self, n_bins): self.n_bins = n_bins
    def process(self, cycles):
        large = bh.Histogram(bh.axis.Regular(self.n_bins, 0, 1), storage=bh.storage.Weight())
        view, dice = large.view(flow=True), np.random.default_rng(cycles.first)
        view["value"], view["variance"] = dice.normal(size=self.n_bins + 2), dice.random(self.n_bins + 2)
        return {"large": large, "n": len(cycles)}

with op.Session(f"local:{n_workers}", progress=False) as session:
    session.process(Fill(10), cycles=n_workers)
    gc.collect()
    before = memory("RssAnon")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins here
    libraries = memory("VmRSS") - before
    query = session.process(Fill(n_bins), cycles=n_cycles, block_entries=1, wait=False)
    while is_watched and not query.wait(0.5):
        query.partial()
    result = query.result()
    peak = memory("VmHWM") - libraries
assert result["n"] == n_cycles and result.account.is_complete
print(peak - before, (n_bins + 2) * 2 * 6 * 8)
"""


def measured(*arguments: int) -> tuple[int, int]:
    """Run a query in a process of its own; give the bytes that it needed at its peak, and those of its outputs."""
    if not os.access(CLEAR_REFS, os.W_OK):
        pytest.skip("this system does not measure the peak of a process's memory anew")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    grown, size = map(int, done.stdout.split())
    return grown, size


def test_the_master_needs_three_times_the_outputs_and_little_more() -> None:
    """With more workers than that, who all hand over the whole histogram at once."""
    grown, size = measured(700_000, 5, 6, 0)
    assert size > 64_000_000
    assert size < grown <= 3 * size + 64_000_000


@pytest.mark.nightly
@pytest.mark.parametrize("n_workers", [2, 8])
def test_so_it_does_with_more_workers_and_somebody_who_looks_on(n_workers: int) -> None:
    """Partial results are copies; they are counted, and so is what comes in meanwhile."""
    grown, size = measured(2_000_000, n_workers, 24, 1)
    assert size < grown <= 3 * size + 64_000_000
