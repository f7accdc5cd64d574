"""The memory of master and mergers is bound by the size of the outputs, not by the number of workers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

CLEAR_REFS = Path("/proc/self/clear_refs")
CHILDREN = Path("/proc/self/task") / str(os.getpid()) / "children"

SCRIPT = """
import gc, hashlib, os, sys, tempfile, threading
from pathlib import Path
import boost_histogram as bh
import numpy as np
import overproof as op
from overproof.engines.outposts import OutpostCrew, ProcessStarter
from overproof.session import connection

n_bins, n_outposts, n_workers, n_cycles, n_mergers = map(int, sys.argv[1:])

def memory(pid="self"):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    return {name: int(fields[name].split()[0]) * 1024 for name in ("RssAnon", "RssFile", "RssShmem", "VmRSS", "VmHWM")}

def children(pid):
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

class Fill(op.Selector):
    # All words that a cell has are in use: nothing is saved on the way.
    def __init__(self, n_bins, notes, go=""): self.n_bins, self.notes, self.go = n_bins, notes, go
    def process(self, cycles):
        import os, time
        while self.go and not os.path.exists(self.go):
            time.sleep(0.01)  # nothing is handed over before there are mergers
        open(f"{self.notes}/{os.getpid()}", "w").close()
        large = bh.Histogram(bh.axis.Regular(self.n_bins, 0, 1), storage=bh.storage.Weight())
        view, dice = large.view(flow=True), np.random.default_rng(cycles.first)
        view["value"], view["variance"] = dice.normal(size=self.n_bins + 2), dice.random(self.n_bins + 2)
        return {"large": large, "n": len(cycles)}

before, peaks = {}, {}  # of all that outposts have forked
is_over = threading.Event()

def look_on():
    while not is_over.wait(0.01):
        for outpost in starter.processes:
            try:
                forked = [pid for stem in children(outpost.pid) for pid in children(stem)]
                seen = {pid: memory(pid) for pid in forked}
            except (OSError, KeyError):
                continue  # one of them has just ended
            for pid, now in seen.items():
                before.setdefault(pid, now["RssAnon"])
                peaks[pid] = max(peaks.get(pid, 0), now["VmHWM"] - now["RssFile"] - now["RssShmem"])

def n_mergers_up():
    stations = list(session._crew._stations.values())
    return sum(name.rpartition(".")[2].startswith("m") for station in stations for name in list(station.known))

def asked(n_mergers):
    # Gives the peak of this process's memory, the answer, and how many deltas were passed.
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins here
    at_rest = memory()
    go = f"{notes}/go" if n_mergers else ""
    fill = Fill(n_bins, notes, go)
    query = session.process(fill, cycles=n_cycles, block_entries=1, mergers=n_mergers, wait=False)
    while n_mergers and n_mergers_up() < n_mergers and not query.wait(0.02):
        pass
    if go:
        open(go, "w").close()
    result = query.result()
    peak = memory()["VmHWM"] - (at_rest["VmRSS"] - at_rest["RssAnon"])
    assert result["n"] == n_cycles and result.account.is_complete
    assert result.statistics.mergers == n_mergers, result.statistics
    view = result["large"].view(flow=True)
    answer = hashlib.sha256(view["value"].tobytes() + view["variance"].tobytes()).hexdigest()
    return peak - before_all, answer, result.statistics.deltas_passed

starter = ProcessStarter(n_outposts, workers=n_workers // n_outposts)
connection.hire_crew = lambda *_, **__: OutpostCrew(starter)
with tempfile.TemporaryDirectory() as notes, op.Session(progress=False) as session:
    session.process(Fill(10, notes), cycles=n_workers)
    gc.collect()
    before_all = memory()["RssAnon"]
    without = asked(0)
    threading.Thread(target=look_on, daemon=True).start()
    with_mergers = asked(n_mergers)
    is_over.set()
    workers = {int(name) for name in os.listdir(notes) if name.isdigit()}
print((n_bins + 2) * 2 * 6 * 8)
print(*without)
print(*with_mergers)
print(*(peaks[pid] - before[pid] for pid in peaks if pid not in workers))
"""


class Measured(NamedTuple):
    """What queries needed at the peak, in bytes.

    Attributes:
        size: of their outputs.
        without: the master's, without mergers.
        master: the master's, with mergers.
        mergers: those of each merger.
    """

    size: int
    without: int
    master: int
    mergers: list[int]

    def check(self) -> None:
        """Verify that nobody has needed more than three times the outputs, and little more."""
        allowed = 3 * self.size + 64_000_000
        assert self.size < self.master <= allowed
        assert self.size < max(self.mergers) <= allowed
        assert self.size < self.without <= allowed


def measured(*, n_bins: int, n_outposts: int, n_workers: int, n_cycles: int, n_mergers: int) -> Measured:
    """Run a query over outposts in a process of its own, without mergers and with them; both give one answer."""
    if not os.access(CLEAR_REFS, os.W_OK) or not CHILDREN.exists():
        pytest.skip("this system does not measure the peak of a process's memory anew, or does not tell its children")
    arguments = map(str, (n_bins, n_outposts, n_workers, n_cycles, n_mergers))
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments], capture_output=True, text=True, check=False, timeout=1200
    )
    assert done.returncode == 0, done.stderr
    size, without, with_mergers, mergers = (line.split() for line in done.stdout.splitlines()[:4])
    assert without[1] == with_mergers[1]
    assert (int(without[2]), int(with_mergers[2]) > 0) == (0, True)
    assert len(mergers) >= n_mergers
    return Measured(
        size=int(size[0]), without=int(without[0]), master=int(with_mergers[0]), mergers=[int(each) for each in mergers]
    )


def test_master_and_mergers_need_three_times_the_outputs_and_little_more() -> None:
    """With all workers handing over the whole histogram at once; and the answer is the same without mergers."""
    measured(n_bins=300_000, n_outposts=2, n_workers=2, n_cycles=5, n_mergers=1).check()


@pytest.mark.nightly
def test_so_they_do_with_a_hundred_megabytes_and_sixteen_workers() -> None:
    """Four mergers, as many as these workers get by themselves."""
    measured(n_bins=1_050_000, n_outposts=4, n_workers=16, n_cycles=64, n_mergers=4).check()
