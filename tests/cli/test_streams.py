"""Standard streams that are closed, full, or read by nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from overproof.cli.exit_codes import ExitCode

PROGRAM = f"{sys.executable} -m overproof"
NEEDS_FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")


def shell(line: str, *, variables: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Let a shell run the program with its streams as the line says."""
    environment = os.environ | (variables or {})
    return subprocess.run(
        ["/bin/sh", "-c", line.replace("overproof", PROGRAM, 1)],
        env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def draw(numbers: Path, *options: str) -> str:
    return f"overproof draw {numbers} x --bins 10,0,500 --engine inline {' '.join(options)}"


@NEEDS_FULL
@pytest.mark.parametrize("options", [("--json", "-"), ()])
def test_a_full_standard_output_is_not_our_fault(numbers: Path, tmp_path: Path, options: Sequence[str]) -> None:
    """A disk that is full below standard output: one line, exit code 4, and the files are written all the same."""
    done = shell(draw(numbers, *options, "--root", str(tmp_path / "h.root")) + " >/dev/full")
    assert done.returncode == ExitCode.STOPPED
    assert done.stderr.splitlines()[-1] == "overproof: standard output: No space left on device"
    assert (tmp_path / "h.root").exists()


@NEEDS_FULL
@pytest.mark.parametrize("line", ["overproof --help", "overproof simulate --workers 2 --files 1 --json -"])
def test_every_verb_says_that_standard_output_is_full(line: str) -> None:
    """Whatever cannot be printed is said in one line and nothing else."""
    done = shell(f"{line} >/dev/full")
    assert (done.returncode, done.stderr) == (4, "overproof: standard output: No space left on device\n")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&- <&-"])
def test_closed_streams_end_nothing(numbers: Path, tmp_path: Path, closed: str) -> None:
    """A program started without standard streams does its work, workers included."""
    line = draw(numbers, "--engine", "local:1", "--json", str(tmp_path / "h.json"))
    done = shell(f"{line} {closed}")
    assert done.returncode == 0
    assert (tmp_path / "h.json").exists()
    if "2>&-" not in closed:
        assert done.stderr == ""


@pytest.mark.parametrize("line", ["overproof simulate --workers 2 --files 1 --json -", "overproof queries"])
def test_an_answer_for_a_closed_standard_output_is_lost_and_told(line: str) -> None:
    """Whatever had to be printed and could not be ends in one line and exit code 4, as with a full disk."""
    done = shell(f"{line} >&-")
    assert (done.returncode, done.stderr) == (4, "overproof: standard output: it is closed\n")


def test_nobody_misses_a_standard_output_when_a_file_takes_the_answer(tmp_path: Path) -> None:
    """What is printed besides is a courtesy."""
    done = shell(f"overproof simulate --workers 2 --files 1 --json {tmp_path}/s.json >&-")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "s.json").exists()


def test_nobody_reads_the_messages(tmp_path: Path) -> None:
    """A reader of standard error that has gone changes no exit code."""
    reading, writing = os.pipe()
    os.close(reading)
    arguments = ["draw", str(tmp_path / "nofile.root"), "x", "--bins", "10,0,500"]
    done = subprocess.run(
        [sys.executable, "-m", "overproof", *arguments], stderr=writing, capture_output=False, check=False, timeout=30
    )
    os.close(writing)
    assert done.returncode == ExitCode.BAD_INPUT


def test_pictures_in_plain_characters(numbers: Path) -> None:
    """Where the encoding has no block characters a picture is of `#`, with an axis, and no question marks."""
    done = shell(draw(numbers), variables={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "100 |####" in done.stdout
    assert "  0 ++---" in done.stdout
    assert "?" not in done.stdout
