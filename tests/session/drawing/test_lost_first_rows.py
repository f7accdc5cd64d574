"""Draws without bins whose first rows cannot all be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

import overproof
from overproof.session.conduct.conduct import Conduct
from overproof.session.drawing.estimate import LimitsWarning
from overproof.words.errors import DatasetError


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two files, the first of which has the larger values."""
    paths = [tmp_path / f"{number}.root" for number in range(2)]
    for path, factor in zip(paths, (10.0, 1.0), strict=True):
        with uproot.recreate(path) as file:
            file.mktree("t", {"x": "f8"})
            file["t"].extend({"x": np.arange(-1.0, 1.0, 0.01) * factor})
    return paths


def _away_during(files: list[Path], runs: set[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first file be away while queries with these numbers run, and there for all others."""
    run, hidden, n_runs = Conduct.run, files[0].with_suffix(".hidden"), iter(range(100))

    def watched(conduct: Conduct) -> Any:
        is_away = next(n_runs) in runs
        if is_away:
            files[0].rename(hidden)
        try:
            return run(conduct)
        finally:
            if is_away:
                hidden.rename(files[0])

    monkeypatch.setattr(Conduct, "run", watched)


def _drawn(files: list[Path]) -> Any:
    with overproof.Session("inline") as session:
        return session.draw([f"{path}:t" for path in files], "x")


def test_a_file_that_comes_back_counts(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be read for a moment changes no axis."""
    axis = _drawn(files).axes[0]
    _away_during(files, {0}, monkeypatch)
    again = _drawn(files)
    assert again.account.is_complete
    assert again.axes[0] == axis


def test_a_file_that_comes_back_too_late_is_told(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Axes that were chosen without rows that are drawn come with a warning."""
    _away_during(files, {0, 1}, monkeypatch)
    with pytest.warns(LimitsWarning, match="limits of the axes"):
        drawn = _drawn(files)
    assert drawn.account.is_complete


def test_files_that_come_and_go_give_no_axes(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every look lacks something else there are no limits to trust."""
    others = [[files[0]], [files[1]]] * 2
    run, looks = Conduct.run, iter(others)

    def watched(conduct: Conduct) -> Any:
        away = next(looks)
        for path in away:
            path.rename(path.with_suffix(".hidden"))
        try:
            return run(conduct)
        finally:
            for path in away:
                path.with_suffix(".hidden").rename(path)

    monkeypatch.setattr(Conduct, "run", watched)
    with pytest.raises(DatasetError, match="no limits can be chosen"):
        _drawn(files)
