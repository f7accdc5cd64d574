"""Death is ordinary: killing workers costs time, never an entry."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path
from typing import Any

import pytest

import overproof as op
from overproof.words.errors import EngineError


def spin(cycles: Any) -> dict[str, Any]:
    """Use some processor time and return numbers that depend on the block alone."""
    total = 0.0
    for cycle in cycles:
        total += cycle.rng.normal() * 10.0 ** (cycle.number % 60 - 30)
        for _ in range(2_000):
            total += 0.0
    return {"n": len(cycles), "total": total, "firsts": [cycles.first]}


def children() -> list[int]:
    """Return the pids of our worker processes that are alive."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (place / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (place / "cmdline").read_bytes()
        except OSError:  # it has ended meanwhile
            continue
        if int(parent) == os.getpid() and state != "Z" and b"overproof.engines.worker" in command:
            found.append(int(place.name))
    return found


@pytest.mark.chaos
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_workers_change_nothing_but_the_time(seed: int) -> None:
    """Kill -9 of random workers, again and again: the serial answer, bit for bit, and an exact account."""
    dice = random.Random(seed)
    with op.Session("inline", progress=False) as session:
        serial = session.process(spin, cycles=12_000)
    with op.Session("local:3", progress=False) as session:
        query = session.process(spin, cycles=12_000, wait=False)
        n_kills = 0
        while not query.wait(0.1):
            alive = children()
            if n_kills < 8 and alive and query.progress().n_entries_seen:
                os.kill(dice.choice(alive), signal.SIGKILL)
                n_kills += 1
        result = query.result()
    assert n_kills >= 3
    assert dict(result) == dict(serial)
    assert result.account.processed == result.account.total == 12_000
    assert children() == []


@pytest.mark.chaos
def test_a_selector_that_kills_every_worker_ends_with_a_reason() -> None:
    """Workers that die without finishing anything are not replaced for ever."""

    def suicidal(cycles: Any) -> dict[str, int]:
        os._exit(7)

    with op.Session("local:2", progress=False) as session:
        with pytest.raises(EngineError, match=r"died one after the other .* left with exit code 7"):
            session.process(suicidal, cycles=10)
        assert session.process(lambda cycles: {"n": len(cycles)}, cycles=10)["n"] == 10
