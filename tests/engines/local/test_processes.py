"""Laws of worker processes: they start by themselves, are replaced, and never outlive their user."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import overproof as op

SCRIPT = """
import os, sys
import overproof as op

class Helper:
    factor = 3

def count(cycles):
    return {"n": len(cycles) * Helper.factor}

session = op.Session("local:2", progress=False)
print(session.process(count, cycles=100)["n"], flush=True)
print(*[result.value for result in session.exec(sys.argv[1])], flush=True)
sys.stdin.readline()
"""


def wait_until_gone(pids: list[int], *, timeout_s: float = 20.0) -> list[int]:
    """Wait for processes that are not our children to end; return those that are still there."""
    left = []
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        import select

        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        if not poller.poll(timeout_s * 1000):
            left.append(pid)
        os.close(descriptor)
    return left


@pytest.fixture
def start(tmp_path: Path) -> Callable[[], tuple[subprocess.Popen[str], list[int]]]:
    """Start a user's script without a main guard; return it and the pids of its workers."""
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "pid.py").write_text("import os\nos.getpid()\n")

    def started() -> tuple[subprocess.Popen[str], list[int]]:
        process = subprocess.Popen(
            [sys.executable, str(tmp_path / "script.py"), str(tmp_path / "pid.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "300\n"
        return process, [int(pid) for pid in process.stdout.readline().split()]

    return started


@pytest.mark.chaos
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_workers_quit_by_themselves_when_their_user_is_killed(
    number: signal.Signals, start: Callable[[], tuple[subprocess.Popen[str], list[int]]]
) -> None:
    """Whatever ends the user's process, no worker is left."""
    process, pids = start()
    assert len(pids) == 2
    process.send_signal(number)
    process.wait(20)
    assert wait_until_gone(pids) == []


def test_code_of_a_script_without_main_guard_reaches_the_workers_and_the_end_is_clean(
    start: Callable[[], tuple[subprocess.Popen[str], list[int]]],
) -> None:
    """A script that just ends, without closing its session, leaves nothing behind."""
    process, pids = start()
    process.communicate("\n", timeout=30)
    assert process.returncode == 0
    assert wait_until_gone(pids) == []


STUBBORN = """
import ctypes, sys
import overproof as op

PATH = sys.argv[2]

def stubborn(cycles):
    with open(PATH, "w") as said:
        said.write("in C")
    ctypes.PyDLL(None).sleep(600)  # holds the interpreter, so that no thread of ours can run
    return {"n": len(cycles)}

session = op.Session("local:1", progress=False)
print(*[result.value for result in session.exec(sys.argv[1])], flush=True)
session.process(stubborn, cycles=1)
"""


@pytest.mark.chaos
def test_a_worker_in_a_long_call_of_c_ends_with_its_user_too(tmp_path: Path) -> None:
    """The kernel ends it: no interpreter is needed for that."""
    (tmp_path / "stubborn.py").write_text(STUBBORN)
    (tmp_path / "pid.py").write_text("import os\nos.getpid()\n")
    os.mkfifo(tmp_path / "said")
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "stubborn.py"), str(tmp_path / "pid.py"), str(tmp_path / "said")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    pids = [int(pid) for pid in process.stdout.readline().split()]
    assert (tmp_path / "said").read_text() == "in C"  # waits until the worker has opened the other end
    process.kill()
    process.wait(20)
    assert wait_until_gone(pids, timeout_s=60) == []


FORKING = """
import os, sys
import overproof as op

session = op.Session("local:1", progress=False)
print(session.process(lambda cycles: {"n": len(cycles)}, cycles=10)["n"], flush=True)
child = os.fork()
if child == 0:
    sys.exit()
os.waitpid(child, 0)
print(session.process(lambda cycles: {"n": len(cycles)}, cycles=20)["n"], flush=True)
"""


def test_a_forked_child_leaves_the_workers_of_its_parent_alone(tmp_path: Path) -> None:
    """A child that ends runs its parent's exit handlers: they must do nothing there."""
    (tmp_path / "forking.py").write_text(FORKING)
    finished = subprocess.run(
        [sys.executable, str(tmp_path / "forking.py")], capture_output=True, text=True, timeout=60, check=True
    )
    assert finished.stdout.split() == ["10", "20"]


def test_a_child_that_comes_back_from_user_code_is_nobodys_worker() -> None:
    """User code that forks and forgets leaves no second worker, and every cycle counts once."""

    def process(cycles: Any) -> dict[str, Any]:
        child = os.fork()
        return {"n": len(cycles), "children": [child] if child else []}

    with op.Session("local:2", progress=False) as session:
        result = session.process(process, cycles=40)
        children = result["children"]
        assert result["n"] == 40
        assert result.account.processed == 40
        assert len(children) == 40
        assert wait_until_gone(children, timeout_s=60) == []
