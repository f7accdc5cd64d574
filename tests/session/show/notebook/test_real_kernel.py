"""Queries in a real kernel: they show themselves, can be interrupted, and leave nothing behind."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if not all(importlib.util.find_spec(name) for name in ("ipykernel", "jupyter_client")):
    pytest.skip("there is no kernel of Jupyter here", allow_module_level=True)

from tests.session.show.notebook.kernels import Cell, Kernel, descendants, wait_for_the_end_of

if TYPE_CHECKING:
    from collections.abc import Callable

PRELUDE = """
import fcntl, hist, overproof as op
from overproof.session.show.notebook import live
live.QUIET_S = 0.0

class Gated(op.Selector):
    '''Counts cycles in a histogram; from the hundredth on it waits for the test.'''
    def process(self, cycles):
        if cycles.first <= 7 < cycles.stop:
            raise ValueError("seven <b>")
        if cycles.first >= 100:
            with open(self.params["gate"]) as gate:
                fcntl.flock(gate, fcntl.LOCK_SH)
        counts = hist.Hist.new.Reg(4, 0, 4, name="n", label="n<b> [GeV]").Double()
        return {"deep": {"n": counts.fill([1.0] * len(cycles))}}

session = op.Session(workers=1)
"""
ASKED = "session.process(Gated(), cycles=200, params=dict(gate=GATE), delta_interval_s=0.0, max_excluded=5"


@pytest.fixture(scope="module")
def kernel(home_of_the_tests: Path) -> Iterator[Kernel]:
    """A kernel with a session."""
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    found = Kernel(manager)
    try:
        assert not found.run(PRELUDE).error
        yield found
    finally:
        found.close()


@pytest.fixture
def gate(kernel: Kernel, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """What lets queries go on behind their hundredth cycle."""
    with open(tmp_path / "gate", "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        kernel.run(f"GATE = {file.name!r}")
        yield lambda: fcntl.flock(file, fcntl.LOCK_UN)


def has_picture(cell: Cell) -> bool:
    """Tell whether the growing histogram was seen."""
    return any("<svg" in html for html in cell.shown)


def test_a_query_that_is_waited_for_shows_itself(kernel: Kernel, gate: Callable[[], None]) -> None:
    """While it runs there is one display with bar, figures, the failure by name and the histogram; then a summary."""
    cell = kernel.run(f"result = {ASKED})", until=lambda cell: has_picture(cell) and "seven" in cell.shown[-1])
    running = cell.shown[-1]
    for seen in ("of 200 entries", "1 of 1 workers active", "ValueError: seven &lt;b&gt;", "n&lt;b&gt; [GeV]: sum "):
        assert seen in running
    gate()
    kernel.listen(cell)
    assert len(cell.display_ids) == 1
    assert {kind for kind, _ in cell.messages} <= {"status", "execute_input", "display_data", "update_display_data"}
    summary = cell.shown[-1]
    assert "finished" in summary
    assert "199 processed + 1 excluded = 200 entries" in summary
    assert "<svg" not in summary
    assert len(summary) < 4_000


def test_an_interrupt_stops_and_keeps(kernel: Kernel, gate: Callable[[], None]) -> None:
    """The stop button ends the query; the cell has its partial result, and the summary tells how to go on."""
    cell = kernel.run(f"result = {ASKED})", until=has_picture)
    kernel.manager.interrupt_kernel()
    kernel.listen(cell, until=lambda cell: "stopping" in cell.shown[-1])
    gate()
    kernel.listen(cell)
    assert not cell.error
    assert "session.resume(" in cell.shown[-1]
    told = kernel.run("print(result.state, result.account.processed == result['deep']['n'].sum() > 0)")
    assert told.printed == "stopped True\n"


def test_two_interrupts_abort(kernel: Kernel, gate: Callable[[], None]) -> None:
    """A second interrupt throws the query away, and the cell raises; the session can be asked again."""
    cell = kernel.run(f"result = {ASKED})", until=has_picture)
    kernel.manager.interrupt_kernel()
    kernel.listen(cell, until=lambda cell: "stopping" in cell.shown[-1])
    kernel.manager.interrupt_kernel()
    kernel.listen(cell)
    gate()
    assert cell.error.startswith("AbortedError")
    assert kernel.run("print(session.process(lambda c: {'n': len(c)}, cycles=9)['n'])").printed == "9\n"


def test_a_handle_shows_itself_in_every_cell_until_the_end(kernel: Kernel, gate: Callable[[], None]) -> None:
    """A query that is not waited for is live where it is displayed, in several cells, each with its own outputs."""
    first = kernel.run(f"query = {ASKED}, wait=False)\nquery")
    second = kernel.run("query.show('deep')")
    ids = first.display_ids + second.display_ids
    assert len(set(ids)) == 2

    def updates(cell: Cell) -> dict[str, str]:
        found = {}
        for kind, content in cell.messages:
            if kind == "update_display_data":
                found[content["transient"]["display_id"]] = content["data"]["text/html"]
        return found

    both = kernel.listen(Cell(), until=lambda cell: {"<svg" in html for html in updates(cell).values()} == {True})
    gate()
    kernel.listen(both, until=lambda cell: sum("finished" in html for html in updates(cell).values()) == 2)
    assert set(updates(both)) == set(ids)
    assert all("sum 199" in html for html in updates(both).values())


def test_answers_are_displayed_as_html(kernel: Kernel) -> None:
    """What a cell ends with comes as HTML; a histogram keeps the face that its library gives it."""
    kernel.run("result = session.process(lambda c: {'n': len(c)}, cycles=9)")
    for answer in ("result", "result.account", "result.statistics", "result.missing", "session"):
        assert "<div" in kernel.run(answer).shown[-1], answer
    assert "<svg" in kernel.run("import hist; hist.Hist.new.Reg(4, 0, 4).Double()").shown[-1]


BUSY = """
import overproof as op
session = op.Session(workers=2)
def endless(cycles):
    while True:
        pass
print(session.process(lambda cycles: {}, cycles=2).state)
query = session.process(endless, cycles=2, wait=False)
"""


@pytest.mark.chaos
@pytest.mark.parametrize("ending", ["restarted", "killed", pytest.param("shut down", marks=pytest.mark.nightly)])
def test_no_worker_outlives_its_kernel(home_of_the_tests: Path, ending: str) -> None:
    """Restarted by the front end, killed with -9, or shut down: with the kernel its workers end, busy as they are."""
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    kernel = Kernel(manager)
    try:
        assert kernel.run(BUSY).printed == "finished\n"
        pid = manager.provisioner.process.pid
        workers = descendants(pid)
        assert len(workers) >= 2
        match ending:
            case "restarted":
                manager.restart_kernel(now=True)
            case "killed":
                os.kill(pid, signal.SIGKILL)
            case _:
                manager.shutdown_kernel(now=False)
        assert wait_for_the_end_of(workers) == []
    finally:
        kernel.close()
