"""Events resampled from real files: chosen by dice, turned about the beam, mirrored, smeared by a hundredth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import numpy.typing as npt

from benchmarks.samples.rounding import coarse_columns

FILES = ("nano_dy.root", "nano_dimuon.root", "nano_tt_v15.root")
"""Each gives a third of the events."""
FIELDS = {
    "Muon": ("pt", "eta", "phi", "mass", "charge"),
    "Electron": ("pt", "eta", "phi", "mass", "charge"),
    "Jet": ("pt", "eta", "phi", "mass", "btagDeepFlavB"),
}
SCALARS = ("MET_pt", "MET_phi", "genWeight", "run", "luminosityBlock", "event")
ELSEWHERE = {"MET_pt": "PuppiMET_pt", "MET_phi": "PuppiMET_phi"}
"""What stands for columns that a file has not."""
SMEARING = 0.01


class Pool:
    """The real events that others are made of.

    Args:
        directory: where the real files are.
        names: of the files.
    """

    def __init__(self, directory: Path, names: Sequence[str] = FILES) -> None:
        self._events = [_read(directory / name) for name in names]

    def resampled(self, *, seed: int, first: int, n_events: int) -> dict[str, npt.NDArray[Any]]:
        """Make events, counted from `first`; flat columns, `nC` says how many of a collection each event has."""
        rng = np.random.default_rng(seed)
        sizes = [len(each) for each in self._events]
        source = rng.integers(0, len(sizes), n_events)
        begins = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        picked = begins[source] + (rng.random(n_events) * np.asarray(sizes)[source]).astype(np.int64)
        turn = rng.uniform(-np.pi, np.pi, n_events)
        mirror = rng.choice(np.array([-1.0, 1.0]), n_events)
        return coarse_columns(self._turned(rng, picked, turn, mirror) | _labels(first, n_events))

    def _turned(
        self, rng: np.random.Generator, picked: npt.NDArray[Any], turn: npt.NDArray[Any], mirror: npt.NDArray[Any]
    ) -> dict[str, npt.NDArray[Any]]:
        events = ak.concatenate(self._events)
        columns: dict[str, npt.NDArray[Any]] = {
            "MET_pt": _smeared(rng, ak.to_numpy(events.MET_pt)[picked]),
            "MET_phi": _wrapped(ak.to_numpy(events.MET_phi)[picked] + turn),
            "genWeight": ak.to_numpy(events.genWeight)[picked].astype(np.float32),
        }
        for collection, fields in FIELDS.items():
            counts = ak.to_numpy(ak.num(events[f"{collection}_pt"]))[picked].astype(np.int32)
            columns[f"n{collection}"] = counts
            for field in fields:
                values = ak.to_numpy(ak.flatten(events[f"{collection}_{field}"][picked]))
                columns[f"{collection}_{field}"] = _changed(rng, field, values, counts, turn, mirror)
        return columns


def _changed(
    rng: np.random.Generator,
    field: str,
    values: npt.NDArray[Any],
    counts: npt.NDArray[Any],
    turn: npt.NDArray[Any],
    mirror: npt.NDArray[Any],
) -> npt.NDArray[Any]:
    if field == "pt":
        return _smeared(rng, values)
    if field == "phi":
        return _wrapped(values + np.repeat(turn, counts))
    if field == "eta":
        return (values * np.repeat(mirror, counts)).astype(np.float32)
    return values.astype(np.int32) if field == "charge" else values.astype(np.float32)


def _read(path: Path) -> Any:
    import uproot

    with uproot.open({path: None}) as file:
        tree = file["Events"]
        have = set(tree.keys())
        names = [f"{collection}_{field}" for collection, fields in FIELDS.items() for field in fields]
        found = {name: tree[name].array() for name in names}
        for name in SCALARS[:2]:
            found[name] = tree[name if name in have else ELSEWHERE[name]].array()
        n = tree.num_entries
        found["genWeight"] = tree["genWeight"].array() if "genWeight" in have else np.ones(n, np.float32)
    return ak.zip(found, depth_limit=1)


def _labels(first: int, n_events: int) -> dict[str, npt.NDArray[Any]]:
    event = np.arange(first, first + n_events)
    return {
        "run": np.ones(n_events, np.uint32),
        "luminosityBlock": (1 + event // 1000).astype(np.uint32),
        "event": (1 + event).astype(np.uint64),
    }


def _smeared(rng: np.random.Generator, values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    return (values * (1 + SMEARING * rng.standard_normal(len(values)))).astype(np.float32)


def _wrapped(phi: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    return ((phi + np.pi) % (2 * np.pi) - np.pi).astype(np.float32)
