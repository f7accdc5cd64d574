"""Laws of the isolator: it says how user code fails, survives it, and costs nobody else anything."""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from overproof.engines.messages import Ended, EndQuery, Halt
from overproof.outputs.state import OutputState
from overproof.records.block import Block
from overproof.records.notices import BlockFailed, DeltaOffered, PacketDone, RangeProbed

BLOCK = Block(file=0, index=0, first=0, stop=100)
MB = 1_000_000


def count(cycles: Any) -> dict[str, int]:
    return {"n": len(cycles)}


def has(cycles: Any, entry: int) -> bool:
    return cycles.first <= entry < cycles.stop


def segfault() -> None:
    ctypes.string_at(0)


def leave() -> None:
    os._exit(3)


def leave_politely() -> None:
    sys.exit(3)


def hang() -> None:
    while True:
        pass


def doze() -> None:
    signal.pause()


def eat() -> None:
    hoard = []
    while True:
        hoard.append(b"x" * 10 * MB)


def complain() -> None:
    raise ValueError("no such muon")


def run_out() -> None:
    raise MemoryError


EVILS = {
    "signal": (segfault, "signal", "SIGSEGV"),
    "abort": (os.abort, "signal", "SIGABRT"),
    "exit": (leave, "exit", "exit 3"),
    "sys.exit": (leave_politely, "exit", "exit 3"),
    "loop": (hang, "timeout", "timeout"),
    "sleep": (doze, "timeout", "timeout"),
    "memory": (eat, "memory", "memory"),
    "MemoryError": (run_out, "memory", "memory"),
}


@pytest.mark.parametrize("name", EVILS)
def test_each_way_to_fail_has_its_kind(name: str, crew: Any) -> None:
    """Whatever user code does to its process, the isolator says what, in block and probe, and lives on."""
    evil, kind, cause = EVILS[name]

    def process(cycles: Any) -> dict[str, int]:
        if has(cycles, 42):
            evil()
        return {"n": len(cycles)}

    crew.limit(block_timeout_s=0.9 if kind == "timeout" else 60.0, memory_bytes=600 * MB)
    crew.begin(process)
    (failed,) = crew.compute(BLOCK)
    assert isinstance(failed, BlockFailed)
    assert (failed.failure.kind, failed.failure.cause) == (kind, cause)
    assert failed.failure.host
    assert crew.probe(BLOCK, (0, 42)).failure is None
    probed = crew.probe(BLOCK, (42, 43)).failure
    assert probed.is_like(failed.failure)
    assert crew.probe(BLOCK, (43, 100)).failure is None


def test_an_exception_is_told_with_its_place(crew: Any) -> None:
    """Type and place make the cause; message and traceback are for people."""

    def process(cycles: Any) -> dict[str, int]:
        complain()
        return {}

    crew.begin(process)
    (failed,) = crew.compute(BLOCK)
    assert failed.failure.kind == "exception"
    assert failed.failure.cause == f"ValueError at {__file__}:{complain.__code__.co_firstlineno + 1}"
    assert "no such muon" in failed.failure.reason
    assert "complain" in failed.failure.traceback


@pytest.mark.parametrize(("evil", "function"), [(segfault, "string_at"), (hang, "hang"), (doze, "doze")])
def test_a_crash_and_a_hang_tell_where_they_were(evil: Any, function: str, crew: Any) -> None:
    """A process that cannot speak any more still leaves the place in the user's code, without our own frames."""
    crew.limit(block_timeout_s=0.9)
    crew.begin(lambda cycles: evil())
    (failed,) = crew.compute(BLOCK)
    assert function in failed.failure.traceback
    assert __file__ in failed.failure.traceback
    assert os.path.join("overproof", "engines") not in failed.failure.traceback


def test_a_block_that_passes_is_handed_over_before_its_packet_is_done(crew: Any) -> None:
    """A delta of the block alone, then the end of the packet; the numbers of deltas go up from child to child."""
    crew.limit()
    crew.begin(count)
    crew.payloads.clear()
    for number in (1, 2):
        block = Block(file=0, index=number, first=0, stop=100 * number)
        (offered,) = crew.compute(block)
        assert isinstance(offered, DeltaOffered)
        assert (offered.delta.number, offered.delta.blocks) == (number, (block,))
    assert [OutputState.from_bytes(payload).value() for payload in crew.payloads] == [{"n": 100}, {"n": 200}]


def test_a_block_with_ranges_is_computed_range_by_range_and_tells_the_one_that_fails(crew: Any) -> None:
    """What is left of a block is its good ranges; when one of them fails, it is named, whatever ends the process."""

    def process(cycles: Any) -> dict[str, Any]:
        if has(cycles, 70):
            segfault()
        return {"ranges": [(cycles.first, cycles.stop)]}

    crew.limit()
    crew.begin(process)
    crew.payloads.clear()
    bad = Block(file=0, index=0, first=0, stop=100, ranges=((0, 42), (43, 100)))
    (failed,) = crew.compute(bad)
    assert (failed.block, failed.part) == (bad, (43, 100))
    good = Block(file=0, index=0, first=0, stop=100, ranges=((0, 42), (43, 70), (71, 100)))
    (offered,) = crew.compute(good)
    assert offered.delta.blocks == (good,)
    assert OutputState.from_bytes(crew.payloads[0]).value() == {"ranges": [(0, 42), (43, 70), (71, 100)]}


def test_each_block_has_a_fresh_process_and_passing_probes_share_one(crew: Any, tmp_path: Path) -> None:
    """A process in which something has failed is never used again; one in which all passed serves the next probe."""
    log = tmp_path / "pids"

    def process(cycles: Any) -> dict[str, int]:
        with log.open("a") as file:
            file.write(f"{os.getpid()}\n")
        if has(cycles, 42):
            raise ValueError
        return {}

    crew.limit()
    crew.begin(process)
    for part in ((0, 10), (10, 20), (42, 43), (20, 30)):
        crew.probe(BLOCK, part)
    crew.compute(BLOCK)
    crew.compute(BLOCK)
    pids = log.read_text().split()
    same = [pids.index(pid) for pid in pids]
    assert same == [0, 0, 0, 3, 4, 5]
    assert str(crew.process.pid) not in pids


def test_memory_that_earlier_probes_have_kept_is_not_held_against_a_range(crew: Any) -> None:
    """A selector that keeps something of every call fails none of them, as long as each fits by itself."""
    hoard: list[bytes] = []

    def process(cycles: Any) -> dict[str, int]:
        hoard.append(b"x" * 200 * MB)
        return {}

    crew.limit(memory_bytes=500 * MB)
    crew.begin(process)
    assert [crew.probe(BLOCK, (10 * n, 10 * n + 10)).failure for n in range(6)] == [None] * 6


def test_a_killed_child_is_no_evidence(own_crew: Any, tmp_path: Path) -> None:
    """Whoever kills a child from outside, its work is done again, silently."""
    pipe = tmp_path / "pids"
    os.mkfifo(pipe)
    go_on = tmp_path / "go on"

    def process(cycles: Any) -> dict[str, int]:
        with pipe.open("w") as file:
            file.write(f"{os.getpid()}\n")
        if not go_on.exists():
            signal.pause()
        return {"n": len(cycles)}

    own_crew.begin(process)
    own_crew.ask(BLOCK)
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
        with pipe.open() as file:
            os.kill(int(file.read()), number)
    go_on.touch()
    with pipe.open() as file:
        file.read()
    assert isinstance(own_crew.hear(), DeltaOffered)
    assert isinstance(own_crew.hear(), PacketDone)


def test_a_selector_that_always_kills_itself_is_told_in_the_end(crew: Any) -> None:
    """Repeating is bounded: a kill every time is no chance."""

    def process(cycles: Any) -> dict[str, int]:
        if has(cycles, 42):
            os.kill(os.getpid(), signal.SIGKILL)
        return {}

    crew.limit()
    crew.begin(process)
    failure = crew.probe(BLOCK, (0, 100)).failure
    assert failure.kind == "signal"
    assert "20 times in a row" in failure.reason


def test_a_stopped_child_is_not_late(own_crew: Any, tmp_path: Path) -> None:
    """Time in which somebody has stopped the child is not its own."""
    pipe = tmp_path / "pids"
    os.mkfifo(pipe)

    def process(cycles: Any) -> dict[str, int]:
        stop_s = time.monotonic() + 2.0  # before anybody knows whom to stop
        with pipe.open("w") as file:
            file.write(f"{os.getpid()}\n")
        while time.monotonic() < stop_s:
            pass
        return {"n": len(cycles)}

    own_crew.limit(block_timeout_s=2.0)
    own_crew.begin(process)
    own_crew.ask(BLOCK)
    with pipe.open() as file:
        pid = int(file.read())
    os.kill(pid, signal.SIGSTOP)
    assert not select.select([own_crew.channel], [], [], 2.5)[0]
    os.kill(pid, signal.SIGCONT)
    assert isinstance(own_crew.hear(), DeltaOffered)


def test_children_end_with_the_isolator(own_crew: Any, tmp_path: Path) -> None:
    """Kill -9 of the isolator leaves no child, also where the child runs C code that lets no thread run."""
    pipe = tmp_path / "pids"
    os.mkfifo(pipe)

    def process(cycles: Any) -> dict[str, int]:
        with pipe.open("w") as file:
            file.write(f"{os.getpid()}\n")
        ctypes.PyDLL(None).sleep(600)
        return {}

    own_crew.begin(process)
    own_crew.ask(BLOCK)
    with pipe.open() as file:
        child = os.pidfd_open(int(file.read()))
    own_crew.process.kill()
    assert select.select([child], [], [], 10)[0]
    os.close(child)


def test_the_isolator_ends_with_its_crew_while_a_child_hangs(own_crew: Any, tmp_path: Path) -> None:
    """A crew that is gone needs no isolator, whatever it is doing."""
    pipe = tmp_path / "pids"
    os.mkfifo(pipe)

    def process(cycles: Any) -> dict[str, int]:
        with pipe.open("w") as file:
            file.write(f"{os.getpid()}\n")
        hang()
        return {}

    own_crew.begin(process)
    own_crew.ask(BLOCK)
    with pipe.open() as file:
        child = os.pidfd_open(int(file.read()))
    own_crew.channel.close()
    own_crew.process.wait(10)
    assert select.select([child], [], [], 10)[0]
    os.close(child)


def test_a_process_that_user_code_forks_and_lets_come_back_says_nothing(crew: Any) -> None:
    """Only the child itself answers, also when the other one is done before it."""

    def process(cycles: Any) -> dict[str, Any]:
        if pid := os.fork():
            os.waitpid(pid, 0)
        return {"forked": {pid == 0}}

    crew.limit(block_timeout_s=10.0)
    crew.begin(process)
    crew.payloads.clear()
    (offered,) = crew.compute(BLOCK)
    assert isinstance(offered, DeltaOffered)
    assert OutputState.from_bytes(crew.payloads[0]).value() == {"forked": {False}}


@pytest.mark.parametrize("dies", [False, True])
def test_what_user_code_has_started_ends_with_its_child(dies: bool, own_crew: Any, tmp_path: Path) -> None:
    """A child that is too late, or dies, leaves nothing behind; nor does one that ends with the isolator."""
    pipe = tmp_path / "pids"
    os.mkfifo(pipe)

    def process(cycles: Any) -> dict[str, int]:
        child = subprocess.Popen(["sleep", "600"])
        with pipe.open("w") as file:
            file.write(f"{child.pid}\n")
        if has(cycles, 42):
            segfault() if dies else child.wait()
        signal.pause()
        return {}

    def started() -> int:
        with pipe.open() as file:
            return os.pidfd_open(int(file.read()))

    own_crew.limit(block_timeout_s=0.9)
    own_crew.begin(process)
    own_crew.ask(BLOCK)
    sleeper = started()
    assert [type(own_crew.hear()) for _ in range(2)] == [BlockFailed, PacketDone]
    assert select.select([sleeper], [], [], 10)[0]
    os.close(sleeper)
    own_crew.limit()
    own_crew.ask(Block(file=0, index=1, first=100, stop=200))
    sleeper = started()
    own_crew.process.kill()
    assert select.select([sleeper], [], [], 10)[0]
    os.close(sleeper)


@pytest.mark.parametrize("command", [Halt(), EndQuery()])
def test_the_isolator_listens_while_a_child_hangs(command: Any, crew: Any) -> None:
    """A halt drops the packet in hand at once; the end of the query too. The next one finds it at work."""
    crew.limit()
    crew.begin(lambda cycles: hang())
    number = crew.ask(BLOCK)
    crew.send(command)
    reply = crew.hear()
    if isinstance(command, Halt):
        assert isinstance(reply, PacketDone)
        assert (reply.packet, reply.n_blocks) == (number, 0)
    else:
        assert isinstance(reply, Ended)
    assert crew.children() == []
    crew.begin(count)
    assert [type(reply) for reply in crew.compute(BLOCK)] == [DeltaOffered]


def test_nothing_of_the_users_runs_in_the_isolator(own_crew: Any, tmp_path: Path) -> None:
    """Exit handlers of the user run nowhere, and the parent has one thread."""
    ran = tmp_path / "ran"

    def process(cycles: Any) -> dict[str, int]:
        import atexit

        atexit.register(ran.touch)
        return {}

    own_crew.begin(process)
    own_crew.compute(BLOCK)
    own_crew.probe(BLOCK, (0, 10))
    assert len(os.listdir(f"/proc/{own_crew.process.pid}/task")) == 1
    own_crew.channel.close()
    assert own_crew.process.wait(20) == 0
    assert not ran.exists()


def test_outputs_that_cannot_travel_fail_in_block_and_probe(crew: Any) -> None:
    """A probe does all that is done with a block: what fails in one fails in the other."""

    def process(cycles: Any) -> dict[str, Any]:
        return {"lock": [threading.Lock()]} if has(cycles, 42) else {}

    crew.begin(process)
    (failed,) = crew.compute(BLOCK)
    assert isinstance(failed, BlockFailed)
    assert crew.probe(BLOCK, (42, 43)).failure.is_like(failed.failure)
    assert isinstance(crew.probe(BLOCK, (0, 42)), RangeProbed)
