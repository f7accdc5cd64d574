"""The program: workers begin first of all, and it ends at once with the right code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from overproof.cli.exit_codes import ExitCode
from overproof.cli.main import VERBS
from overproof.cli.program import WITH_WORKERS, needs_workers
from overproof.engines.local.forking import planting


def program(*arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own, behind some lines of Python."""
    script = f"import sys\n{code}\nfrom overproof.cli.program import program\nprogram()"
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=dict(os.environ), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "needs"),
    [
        ((), False),
        (("draw", "f.root", "x"), True),
        (("run", "s.py", "f.root"), True),
        (("draw", "f.root", "x", "--workers", "3"), True),
        (("draw", "--help"), False),
        (("draw", "f.root", "x", "--engine", "inline"), False),
        (("draw", "f.root", "x", "--engine=inline"), False),
        (("queries",), False),
    ],
)
def test_a_glance_tells_who_needs_workers(arguments: Sequence[str], needs: bool) -> None:
    """Only what will most likely start workers starts them early."""
    assert needs_workers(arguments) == needs


def test_verbs_with_workers_are_verbs() -> None:
    """No other word starts a process."""
    assert set(VERBS) > WITH_WORKERS


def test_it_computes_with_the_process_that_was_started_early(numbers: Path) -> None:
    """One process that forks workers is started, not two, and before the command line is loaded."""
    code = """
import subprocess
class Told(subprocess.Popen):
    def __init__(self, *arguments, **keywords):
        print("started", "click" in sys.modules, file=sys.stderr)
        super().__init__(*arguments, **keywords)
subprocess.Popen = Told
"""
    done = program("draw", str(numbers), "x", "--bins", "10,0,500", "--workers", "1", "--quiet", code=code)
    assert (done.returncode, done.stderr.splitlines()) == (ExitCode.COMPLETE, ["started False"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("--version",), ExitCode.COMPLETE), (("draw",), ExitCode.BAD_INPUT), (("draw", "none.root", "x"), 2)],
)
def test_it_ends_with_the_code_of_the_verb(arguments: Sequence[str], code: int) -> None:
    """The exit code gets through, also where workers were started in vain; all that was said is there."""
    done = program(*arguments)
    assert done.returncode == code
    assert (done.stdout if code == 0 else done.stderr).strip()


def test_others_are_called_at_the_end_before_it() -> None:
    """What libraries want to be done at the end of Python is done."""
    code = """
import atexit
from overproof.cli import main
def wrapped(arguments, main=main.main):
    atexit.register(print, "x" * 100_000, "goodbye")
    return main(arguments)
main.main = wrapped
"""
    assert program("--version", code=code).stdout.endswith("x goodbye\n")


def test_a_process_that_nobody_asks_for_is_not_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks gets the one that was started early, the next one a new one."""
    made = [object(), object()]
    monkeypatch.setattr(planting, "plant", iter(made).__next__)
    monkeypatch.setattr(planting, "_early", [])
    planting.plant_early()
    assert [planting.planted(), planting.planted()] == made
