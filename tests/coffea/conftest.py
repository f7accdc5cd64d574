"""What tests of the doors for coffea ask for: files, and what coffea's own executor makes of the same ranges."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot

import overproof as op

sys.path.insert(0, str(Path(__file__).parent))

pytest.importorskip("coffea", reason="coffea is not installed")


@pytest.fixture(autouse=True)
def quiet_schemas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let coffea say nothing of what files of tests lack."""
    from coffea.nanoevents import NanoAODSchema

    monkeypatch.setattr(NanoAODSchema, "warn_missing_crossrefs", False)


@pytest.fixture(scope="session")
def workers() -> Iterator[op.Session]:
    """Give two workers, of which each has computed something before most tests begin."""
    with op.Session(workers=2, progress=False) as session:
        session.expect_processors()
        yield session


def write_events(path: Path, *, n_entries: int, seed: int, n_clusters: int = 1, muons: float = 1.4) -> Path:
    """Write a small file in the manner of NanoAOD."""
    dice = np.random.default_rng(seed)
    with uproot.recreate(path) as file:
        for entries in np.array_split(np.arange(n_entries), n_clusters):
            columns = _columns(dice, entries, muons=muons)
            if "Events" in file:
                file["Events"].extend(columns)
            else:
                file.mktree("Events", {name: _type(array) for name, array in columns.items()})
                file["Events"].extend(columns)
    return path


def _columns(dice: np.random.Generator, entries: np.ndarray, *, muons: float) -> dict[str, Any]:
    n_muons, n_jets, n_electrons = (dice.poisson(mean, len(entries)) for mean in (muons, 3.1, 0.9))

    def charges(counts: np.ndarray) -> np.ndarray:
        return dice.choice(np.array([-1, 1], dtype=np.int32), int(counts.sum()))

    def shares(counts: np.ndarray) -> np.ndarray:
        return dice.uniform(0, 1, int(counts.sum())).astype(np.float32)

    def objects(counts: np.ndarray, *, scale: float, **more: np.ndarray) -> Any:
        n = int(counts.sum())
        fields = {
            "pt": dice.exponential(scale, n).astype(np.float32),
            "eta": dice.normal(0, 1.5, n).astype(np.float32),
            "phi": dice.uniform(-np.pi, np.pi, n).astype(np.float32),
            "mass": dice.uniform(0.1, 20, n).astype(np.float32),
        }
        return ak.zip({name: ak.unflatten(each, counts) for name, each in {**fields, **more}.items()})

    return {
        "event": entries.astype(np.uint64),
        "run": np.full(len(entries), 316_000, dtype=np.uint32) + (entries // 40).astype(np.uint32),
        "luminosityBlock": (entries % 7).astype(np.uint32),
        "genWeight": dice.normal(1.0, 0.3, len(entries)).astype(np.float32),
        "MET_pt": dice.exponential(30.0, len(entries)).astype(np.float32),
        "MET_phi": dice.uniform(-np.pi, np.pi, len(entries)).astype(np.float32),
        "Muon": objects(n_muons, scale=25.0, charge=charges(n_muons), pfRelIso03_all=shares(n_muons)),
        "Electron": objects(n_electrons, scale=20.0, charge=charges(n_electrons)),
        "Jet": objects(n_jets, scale=40.0, btag=shares(n_jets)),
    }


def _type(array: Any) -> Any:
    return array.type.content if isinstance(array, ak.Array) else array.dtype


@pytest.fixture(scope="session")
def fileset(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give two datasets of three files, of several blocks each, one without entries, with metadata."""
    place = tmp_path_factory.mktemp("events")
    paths = {
        name: str(write_events(place / f"{name}.root", n_entries=n, seed=seed, n_clusters=clusters))
        for seed, (name, n, clusters) in enumerate([("a", 120, 3), ("b", 45, 1), ("c", 80, 2)])
    }
    return {
        "data": {"files": {paths["a"]: "Events", paths["b"]: "Events"}, "metadata": {"is_mc": False, "lumi": 0.4}},
        "mc": {"files": {paths["c"]: "Events"}, "metadata": {"is_mc": True, "xsec": 12.5}},
    }


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a file like the others whose tree has no entries."""
    return write_events(tmp_path_factory.mktemp("empty") / "empty.root", n_entries=0, seed=0)


@pytest.fixture
def as_coffea_would() -> Callable[..., Any]:
    """Give what coffea's IterativeExecutor makes of the ranges that are blocks of ours."""
    from coffea.nanoevents import NanoAODSchema
    from coffea.processor import IterativeExecutor, Runner

    def run(runner: Any, fileset: Any, processor: Any, *, schema: Any = NanoAODSchema, **options: Any) -> Any:
        items = list(runner.preprocess(fileset))
        theirs = Runner(IterativeExecutor(status=False), schema=schema, **options)
        return theirs(items, processor)

    return run
