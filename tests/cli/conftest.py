"""The command line, called in this process, over small files."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import uproot

from overproof.cli.main import main


@dataclass(frozen=True)
class Called:
    """What a call of the program gave."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tree `Events`: `n` counts from 0 to 999, `x` is half of it."""
    path = tmp_path_factory.mktemp("numbers") / "numbers.root"
    with uproot.recreate(path) as file:
        file.mktree("Events", {"n": "int64", "x": "float64"})
        for start in range(0, 1000, 250):
            n = np.arange(start, start + 250)
            file["Events"].extend({"n": n, "x": n / 2})
    return path


@pytest.fixture(scope="session")
def truncated(numbers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 400 bytes of that file: too few to tell even its trees."""
    path = tmp_path_factory.mktemp("truncated") / "truncated.root"
    path.write_bytes(numbers.read_bytes()[:400])
    return path


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what is learned about files away from the user's own memory, and debugging off."""
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.delenv("OVERPROOF_DEBUG", raising=False)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., Called]:
    """Call the program with these arguments."""

    def called(*arguments: object) -> Called:
        capsys.readouterr()
        with warnings.catch_warnings():
            code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Called(code, captured.out, captured.err)

    return called
