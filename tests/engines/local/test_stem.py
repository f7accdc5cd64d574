"""Laws of the stem: what it forks is fresh, known, and never mistaken for another."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from overproof.engines.clock import MonotonicClock
from overproof.engines.local.environment import worker_environment
from overproof.engines.local.forking import stem as stem_module
from overproof.engines.local.forking.planting import plant
from overproof.engines.local.forking.stem import Stem

CHILD = """
import os, random, sys
import numpy as np
name, descriptor = sys.argv[1], int(sys.argv[2])
leads, directory = os.getpgrp() == os.getpid(), os.getcwd()
os.write(descriptor, f"{name} {leads} {directory} {np.random.random()} {random.random()}".encode())
if name == "stays":
    import signal; signal.pause()
if name == "tells":
    os.write(descriptor, " ".join(["", *(each for each in ("awkward", "uproot") if each in sys.modules)]).encode())
    sys.exit(0)
if name.startswith("leaves"):
    sys.exit(int(name[6:]))
if name == "raises":
    raise ValueError(name)
os.kill(os.getpid(), int(name))
"""
DEADLINE_S = 20.0


@pytest.fixture
def stem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stem]:
    (tmp_path / "a_child.py").write_text(CHILD)
    made = Stem(plant(worker_environment({**os.environ, "PYTHONPATH": str(tmp_path)})), frozen_s=1.0)
    yield made
    made.close()


def bear(stem: Stem, name: str, *, in_haste: bool = True) -> tuple[stem_module.Forked, list[str]]:
    """Let a child begin, and hear what it says of itself."""
    ours, theirs = os.pipe()
    forked = stem.bear("a_child", name, [theirs], in_haste=in_haste)
    os.close(theirs)
    assert select.select([ours], [], [], DEADLINE_S)[0]
    if name == "tells":
        forked.wait(DEADLINE_S)
    said = os.read(ours, 4096).decode().split()
    os.close(ours)
    return forked, said


@pytest.mark.parametrize(
    ("name", "code"), [("leaves0", 0), ("leaves3", 3), ("raises", 1), (str(int(signal.SIGSEGV)), -signal.SIGSEGV)]
)
def test_how_a_child_ended_is_known(name: str, code: int, stem: Stem) -> None:
    """Law: exit codes and signals are those that a parent would see."""
    forked, _ = bear(stem, name)
    assert forked.wait(DEADLINE_S) == code


def test_children_lead_groups_and_throw_dice_of_their_own(stem: Stem) -> None:
    """Law: a child can be ended with all that it starts, works where its crew does, and shares no dice with others."""
    said = [bear(stem, "leaves0")[1] for _ in range(3)]
    assert {(leads, directory) for _, leads, directory, *_ in said} == {("True", os.getcwd())}
    assert len({numpy for *_, numpy, _ in said}) == len({plain for *_, plain in said}) == 3


def test_who_is_not_in_haste_finds_heavy_libraries_loaded(stem: Stem) -> None:
    """Law: the first are forked before heavy libraries are loaded; all that come later have them from the stem."""
    loaded = [bear(stem, "tells", in_haste=in_haste)[1][5:] for in_haste in (True, False, True)]
    assert loaded == [[], ["awkward", "uproot"], ["awkward", "uproot"]]


def test_what_is_expected_is_loaded_before_the_first_is_forked(stem: Stem) -> None:
    """Law: what is announced in time is there in all children, whoever was asked for first; later it is too late."""
    forked = stem.bear("a_child", "leaves0", [])
    stem.load(["awkward", "no_module_of_this_name"])
    assert forked.wait(DEADLINE_S) is not None
    assert bear(stem, "tells")[1][5:][:1] == ["awkward"]


def test_what_is_expected_too_late_is_left_to_who_needs_it(stem: Stem) -> None:
    """Law: the stem loads nothing while those that it has forked compute."""
    assert bear(stem, "leaves0")[1]
    stem.load(["awkward"])
    assert bear(stem, "tells")[1][5:] == []


def test_the_number_of_a_dead_child_is_its_own_until_it_is_buried(stem: Stem) -> None:
    """Law: a signal sent late reaches the dead, never somebody who got the number since."""
    forked, _ = bear(stem, "leaves0")
    forked.wait(DEADLINE_S)
    assert forked.owns_pid
    os.kill(forked.pid or 0, 0)
    forked.bury()
    assert not forked.owns_pid


def test_with_a_lost_stem_nobody_is_waited_for(stem: Stem) -> None:
    """Law: what a stem that was killed has forked is told to be lost, at once, with the reason."""
    forked, _ = bear(stem, "stays")
    os.kill(stem.pid, signal.SIGKILL)
    assert forked.wait(DEADLINE_S) is None
    assert (stem.is_lost, forked.owns_pid) == (True, False)
    assert "signal 9" in forked.problem
    assert forked.pid is not None
    os.kill(forked.pid, signal.SIGKILL)


def test_a_frozen_stem_is_given_up(stem: Stem, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law: who leaves a request alone and uses no processor for a while is ended."""
    bear(stem, "leaves0")
    os.kill(stem.pid, signal.SIGSTOP)
    reader, writer = os.pipe()
    stem.bear("a_child", "leaves0", [writer])
    now = MonotonicClock().now()
    stem.check(now)
    assert not stem.is_lost
    stem.check(now + stem_module.LEAST_FROZEN_S + 1)
    assert stem.is_lost
    os.close(reader)
    os.close(writer)
