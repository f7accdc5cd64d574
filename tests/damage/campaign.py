"""Damage a file many times and count what comes out of reading it."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from damaging import Damage, choose
from places import places_of

JUDGE = Path(__file__).with_name("judge.py")
TIMEOUT_S = 60.0
"""Longest time that reading one small file may take on a busy machine; more is a hang."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A file to damage.

    Attributes:
        title: format and compression.
        path: the intact file.
        tree: the tree in it.
    """

    title: str
    path: Path
    tree: str


@dataclass(slots=True)
class Tally:
    """What came out, and the cases that should not be."""

    outcomes: Counter[str] = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)

    def add(self, damage: Damage, outcome: str, said: str, *, is_bare: bool) -> None:
        """Count one case; a wrong number from a place without a checksum is counted apart."""
        if outcome == "SILENT" and is_bare:
            outcome = "bare"
        self.outcomes[outcome] += 1
        if outcome not in ("same", "reported", "bare"):
            self.bad.append(f"{outcome} {damage}: {said}")


class Judge:
    """The process that reads; started anew when it dies or hangs."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *problem: object) -> None:
        self._end()

    def ask(self, path: Path, sample: Sample) -> tuple[str, str]:
        """Return what comes out of a damaged copy of a sample."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, str(JUDGE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        asked = {"path": str(path), "tree": sample.tree, "intact": str(sample.path)}
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        process.stdin.flush()
        if not select.select([process.stdout], [], [], TIMEOUT_S)[0]:
            self._end()
            return "HANG", f"no answer in {TIMEOUT_S} s"
        line = process.stdout.readline()
        if not line:
            self._end()
            return "CRASH", f"exit code {process.returncode}"
        answer = json.loads(line)
        return answer["outcome"], answer["said"]

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def run(sample: Sample, judge: Judge, directory: Path, *, seed: int, number: int) -> Tally:
    """Damage a sample `number` times and read each copy."""
    places = places_of(sample.path, sample.tree)
    content = sample.path.read_bytes()
    tally = Tally()
    path = directory / "damaged.root"
    for damage in choose(places, seed=seed, number=number):
        path.write_bytes(damage.done_to(content))
        outcome, said = judge.ask(path, sample)
        path.unlink()
        tally.add(damage, outcome, said, is_bare=damage.bit is not None and places.is_bare(damage.at))
    return tally


def table(rows: Iterable[tuple[Sample, Tally]]) -> str:
    """Write the outcomes as Markdown."""
    lines = [
        "| format, compression | damages | reported | without effect | wrong, where no checksum is | wrong elsewhere "
        "| crash, hang, memory, other errors |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for sample, tally in rows:
        of = tally.outcomes
        others = sum(of[name] for name in ("CRASH", "HANG", "MEMORY", "FOREIGN"))
        lines.append(
            f"| {sample.title} | {of.total():,} | {of['reported']:,} | {of['same']:,} | {of['bare']:,} "
            f"| {of['SILENT']:,} | {others:,} |"
        )
    return "\n".join(lines)
