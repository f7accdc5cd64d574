"""When steps are compiled, and when numpy does their work."""

from __future__ import annotations

from pathlib import Path

import pytest

from overproof.columns.native.steps import Machinery


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for what is kept."""
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def using(patience: int) -> Machinery:
    machinery = Machinery(patience=patience)
    machinery.use(True)
    return machinery


def test_nothing_is_given_unless_it_is_used(home: Path) -> None:
    """Without a query that is compiled no step is, and LLVM is not loaded for it."""
    machinery = Machinery(patience=0)
    assert machinery.step("move") is None
    machinery.use(True)
    assert machinery.step("move") is not None
    machinery.use(False)
    assert machinery.step("move") is None


def test_a_step_is_compiled_when_it_was_asked_for_often(home: Path) -> None:
    """A query of a few blocks does not wait for a compiler."""
    machinery = using(3)
    assert [machinery.step("move") is not None for _ in range(5)] == [False, False, False, True, True]


def test_a_step_that_is_kept_is_given_at_once(home: Path) -> None:
    """What one process has compiled, the next one has."""
    assert using(0).step("move") is not None
    assert using(3).step("move") is not None
