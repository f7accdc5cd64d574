"""The examples compute what they say."""

from __future__ import annotations

import importlib.util
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import uproot
from source_tree import CHECKOUT

from overproof.testing import write_sample

pytestmark = pytest.mark.docs

EXAMPLES = CHECKOUT / "examples"


@pytest.fixture(scope="module")
def zpeak() -> ModuleType:
    """The module `examples/zpeak.py`."""
    spec = importlib.util.spec_from_file_location("zpeak", EXAMPLES / "zpeak.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def oracle(events: Any, *, pt_min: float) -> Iterator[tuple[float, float, float]]:
    """Give (mass, pair pt, weight) event by event, with the four-vectors added one by one in plain Python."""
    for event in events.tolist():
        muons = [
            (pt, eta, phi, charge)
            for pt, eta, phi, charge in zip(
                event["Muon_pt"], event["Muon_eta"], event["Muon_phi"], event["Muon_charge"], strict=True
            )
            if pt > pt_min and abs(eta) < 2.4
        ]
        if len(muons) != 2 or muons[0][3] == muons[1][3]:
            continue
        x, y, z, energy = 0.0, 0.0, 0.0, 0.0
        for pt, eta, phi, _ in muons:
            leg = (pt * math.cos(phi), pt * math.sin(phi), pt * math.sinh(eta))
            x, y, z = x + leg[0], y + leg[1], z + leg[2]
            energy += math.sqrt(sum(part**2 for part in leg) + 0.1056583755**2)
        yield math.sqrt(energy**2 - x**2 - y**2 - z**2), math.hypot(x, y), event["genWeight"]


@pytest.mark.parametrize("pt_min", [20.0, 30.0])
def test_zpeak_agrees_with_an_event_loop(zpeak: ModuleType, tmp_path: Path, pt_min: float) -> None:
    """The arrays of `ZPeak` give the histogram that a plain loop over events gives."""
    sample = write_sample(tmp_path, n_events=4_000, n_files=1)
    with uproot.open(sample.files[0]) as file:
        events = file["Events"].arrays()
    pairs = list(oracle(events, pt_min=pt_min))

    outputs = zpeak.ZPeak(pt_min=pt_min).process(events)

    masses, momenta, weights = (np.array(values) for values in zip(*pairs, strict=True))
    contents, _ = np.histogram(masses, bins=60, range=(60, 120), weights=weights)
    near = np.abs(masses - 91.19) < 10
    momentum_contents, _ = np.histogram(momenta[near], bins=50, range=(0, 100), weights=weights[near])
    assert outputs["mass"].values() == pytest.approx(contents, rel=1e-9)
    assert outputs["pt"].values() == pytest.approx(momentum_contents, rel=1e-9)
    assert outputs["cutflow"]["all"] == 4_000
    assert outputs["cutflow"]["opposite charge"] == len(pairs)
    assert outputs["cutflow"]["within 10 GeV of the Z"] == near.sum()


def test_the_demonstration_runs(tmp_path: Path) -> None:
    """`examples/demo.py` ends well, says that its result is complete, and leaves what it says it leaves."""
    environment = os.environ | {"OVERPROOF_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, EXAMPLES / "demo.py", "--events", "6000"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "6,000 processed + 0 excluded + 0 missing + 0 unread = 6,000 entries: complete" in done.stdout
    picture, histograms = tmp_path / "demo" / "zpeak.png", tmp_path / "demo" / "zpeak.root"
    assert picture.read_bytes().startswith(b"\x89PNG")
    with uproot.open(histograms) as file:
        mass = file["mass"].to_hist()
    assert mass.values().argmax() in (30, 31)
    for place in ("demo/zpeak.png", "demo/zpeak.root"):
        assert place in done.stdout


@pytest.mark.nightly
def test_the_full_demonstration_does_not_depend_on_the_schedule(tmp_path: Path) -> None:
    """Two million events give the same JSON, byte for byte, with 1, 2, 3 and 7 workers, adaptive and fixed."""
    sample = write_sample(tmp_path / "sample")
    documents = set()
    for workers in (1, 2, 3, 7):
        for packetizer in ("adaptive", "fixed"):
            output = tmp_path / f"{workers}-{packetizer}.json"
            arguments = [EXAMPLES / "zpeak.py", sample.dataset, "--json", output, "--quiet"]
            choices = ["--workers", str(workers), "--packetizer", packetizer]
            subprocess.run(
                [sys.executable, "-m", "overproof", "run", *arguments, *choices],
                env=os.environ | {"OVERPROOF_HOME": str(tmp_path / "home")}, check=True, timeout=300,
            )  # fmt: skip
            documents.add(output.read_bytes())
    assert len(documents) == 1
    assert b'"processed":2000000' in documents.pop().replace(b" ", b"")
