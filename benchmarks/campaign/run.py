"""One run of one contender: a new process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.campaign.contenders import Contender
from benchmarks.campaign.memory import MARK, MemoryWatch
from benchmarks.environments import CHECKOUT

KERNELS = "kernels"
"""Directory of compiled functions, below `OVERPROOF_HOME`."""
LIMIT_S = 1800.0
"""After this a run has failed."""


class RunError(Exception):
    """A contender gave no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds of one run.

    Attributes:
        wall_s: from the start of the process to its end.
        start_s: from the start of the process to the first events.
        loop_s: from the first events to the answer.
        with_reading_s: the loop with what is left out of it, where something is.
    """

    wall_s: float
    start_s: float
    loop_s: float
    with_reading_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run gave.

    Attributes:
        times: its seconds.
        histograms: the answer.
        n_bytes: compressed bytes that were read, where the peer knows.
        main_bytes: peak of private memory of the first process, where it was watched.
        worker_bytes: that of the largest other process.
        path: by which overproof computed a draw.
    """

    times: Times
    histograms: list[list[float]] = field(default_factory=list)
    n_bytes: int = 0
    main_bytes: int = 0
    worker_bytes: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where contenders run.

    Attributes:
        below: directory of all that benchmarks keep.
        cache: directory of the cache of columns.
        pythons: interpreter of each environment.
        workers: that may compute.
    """

    below: Path
    cache: Path
    pythons: dict[str, Path]
    workers: int

    def run(self, contender: Contender, question: str, files: list[Path], *, watched: bool) -> Run:
        """Run a contender once.

        Args:
            contender: who.
            question: its name.
            files: of the sample.
            watched: look at memory, which costs a little time.

        Raises:
            RunError: it gave no answer.
        """
        fields = {"question": question, "again": contender.again}
        return _run(*self._reply(contender, fields, files, watched=watched))

    def first_block(self, contender: Contender, path: Path) -> dict[str, float]:
        """Run a contender that tells when it got its first block; return seconds since the start of the process.

        Raises:
            RunError: it gave no answer.
        """
        found, begun, ended, _ = self._reply(contender, {}, [path], watched=False)
        names = ("handed", "touched", "answered")
        return {name: found[f"{name}_s"] - begun for name in names} | {"ended": ended - begun}

    def _reply(
        self, contender: Contender, fields: dict[str, Any], files: list[Path], *, watched: bool
    ) -> tuple[dict[str, Any], float, float, tuple[int, int]]:
        """Run a peer; return its reply, when its process began and ended, and peaks of memory."""
        with tempfile.TemporaryDirectory(prefix="run-", dir=self.below) as scratch:
            place = Path(scratch)
            request, reply = place / "request.json", place / "reply.json"
            shared = {"files": [str(path) for path in files], "workers": self.workers, "reply": str(reply)}
            request.write_text(json.dumps(fields | shared), encoding="utf-8")
            mark = uuid.uuid4().hex
            command = [self.pythons[contender.environment], "-m", f"benchmarks.peers.{contender.module}", request]
            variables = self._variables(contender, place, mark)
            if contender.keeps_kernels:
                copy_kernels(self.below, place / "home")
            with (place / "said").open("w+b") as said:
                begun, ended, peaks, code = _timed(command, variables, mark, said, watched=watched)
                said.seek(0)
                words = said.read().decode(errors="replace")
            if code or not reply.exists():
                raise RunError(_reason(code, words))
            if contender.keeps_kernels:
                copy_kernels(place / "home", self.below)
            return json.loads(reply.read_text(encoding="utf-8")), begun, ended, peaks

    def _variables(self, contender: Contender, place: Path, mark: str) -> dict[str, str]:
        home = self.below / "home" if contender.remembers else place / "home"
        return {
            **os.environ,
            "PYTHONPATH": str(CHECKOUT),
            "OVERPROOF_HOME": str(home),
            "OVERPROOF_CACHE": str(self.cache) if contender.caches else "off",
            "OVERPROOF_PATH": contender.path or "auto",
            MARK: mark,
        }

    def forget_columns(self) -> None:
        """Empty the cache of columns."""
        shutil.rmtree(self.cache, ignore_errors=True)
        self.cache.mkdir(parents=True, mode=0o700)

    def forget_files(self) -> None:
        """Forget all that was learned of files."""
        shutil.rmtree(self.below / "home", ignore_errors=True)


def copy_kernels(source: Path, destination: Path) -> None:
    """Copy compiled functions from one home to another, with their modes; where there are none, there are none."""
    if (source / KERNELS).is_dir():
        shutil.copytree(source / KERNELS, destination / KERNELS, dirs_exist_ok=True)


def _timed(
    command: list[Any], variables: dict[str, str], mark: str, said: Any, *, watched: bool
) -> tuple[float, float, tuple[int, int], int]:
    begun = time.clock_gettime(time.CLOCK_MONOTONIC)
    process = subprocess.Popen(
        command, env=variables, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
    )
    watch = MemoryWatch(mark, process.pid) if watched else None
    try:
        code = process.wait(LIMIT_S)
    except BaseException as error:
        process.terminate()
        process.wait()
        if isinstance(error, subprocess.TimeoutExpired):
            raise RunError(f"no answer after {LIMIT_S:.0f} s") from None
        raise
    finally:
        ended = time.clock_gettime(time.CLOCK_MONOTONIC)
        peaks = watch.stop() if watch else (0, 0)
    return begun, ended, peaks, code


def _run(found: dict[str, Any], begun: float, ended: float, peaks: tuple[int, int]) -> Run:
    if found["again"]:
        asked, answered, loop_s = found["again"]
        times = Times(wall_s=answered - asked, start_s=answered - asked - loop_s, loop_s=loop_s)
    else:
        times = Times(
            wall_s=ended - begun,
            start_s=found["loop_begin_s"] - begun,
            loop_s=found["loop_end_s"] - found["loop_begin_s"],
            with_reading_s=found["with_reading_s"],
        )
    return Run(
        times=times,
        histograms=found["histograms"],
        n_bytes=found["n_bytes"],
        main_bytes=peaks[0],
        worker_bytes=peaks[1],
        path=found["path"],
    )


def _reason(code: int, words: str) -> str:
    lines = [line for line in words.splitlines() if line.strip()]
    return f"exit code {code}: {lines[-1][:300] if lines else 'nothing was said'}"
