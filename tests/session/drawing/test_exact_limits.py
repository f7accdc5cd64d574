"""Limits of axes stay what they were asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

import overproof
from overproof.outputs.save import save_outputs

BINS = "33, -0.1, 0.2"
"""Limits whose difference, added to the lower one again, is not the upper one."""


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two files with values on the edges of bins."""
    folder = tmp_path_factory.mktemp("limits")
    for number in range(2):
        with uproot.recreate(folder / f"{number}.root") as file:
            file.mktree("t", {"x": "f8"})
            file["t"].extend({"x": np.arange(-20, 21) / 10.0})
    return [f"{folder}/{number}.root:t" for number in range(2)]


def test_limits_are_those_of_what_is_added_to(halves: list[str]) -> None:
    """What is drawn in two goes is what is drawn in one, also for values on the last edge."""
    assert -0.1 + (0.2 - -0.1) != 0.2
    with overproof.Session("inline") as session:
        session.draw(halves[0], "x>>h", bins=BINS)
        added = session.draw(halves[1], "x>>+h")
        again = session.draw(halves[1], "x>>+h")
        whole = session.draw(halves, "x>>g", bins=BINS)
    assert added.values(flow=True).tolist() == whole.values(flow=True).tolist()
    assert again.sum(flow=True).value == 123
    assert again.values()[-1] == 0


def test_saved_limits_are_those_asked_for(halves: list[str], tmp_path: Path) -> None:
    """JSON and ROOT files have the upper limit to the last bit; of a piece of the histogram, its own edges."""
    with overproof.Session("inline") as session:
        drawn: Any = session.draw(halves, "x>>h", bins=BINS)
    save_outputs(tmp_path / "out.json", {"h": drawn, "piece": drawn[3:7]})
    save_outputs(tmp_path / "out.root", {"h": drawn, "piece": drawn[3:7]})
    axes = {name: each["axes"][0] for name, each in json.loads((tmp_path / "out.json").read_text())["outputs"].items()}
    with uproot.open(tmp_path / "out.root") as file:
        saved = {name: file[name].member("fXaxis") for name in ("h", "piece")}
    assert (axes["h"]["lo"], axes["h"]["hi"]) == (-0.1, 0.2)
    assert (saved["h"].member("fXmin"), saved["h"].member("fXmax")) == (-0.1, 0.2)
    piece = drawn[3:7].axes[0].edges
    assert (axes["piece"]["lo"], axes["piece"]["hi"]) == (piece[0], piece[-1])
    assert saved["piece"].member("fXmax") == piece[-1]
