"""Laws of isolation end to end: a real file, real workers, one event that crashes the selector."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pytest
import uproot

import overproof as op


@pytest.mark.chaos
def test_one_event_that_crashes_costs_one_event_and_is_named(shared_file: Any) -> None:
    """The entry is excluded with its run, block and event number; all others are in the sum, as one shot gives it."""
    path = shared_file("nano_dy.root")
    with uproot.open(path) as file:
        columns = file["Events"].arrays(["run", "luminosityBlock", "event", "MET_pt"], library="np")
    bad = 5
    evil = int(columns["event"][bad])

    def process(events: Any) -> dict[str, Any]:
        if (np.asarray(events.event) == evil).any():
            ctypes.string_at(0)
        return {"n": len(events), "events": set(np.asarray(events.event).tolist())}

    with op.Session("local:1", progress=False) as session:
        result = session.process(process, f"{path}:Events")
    (excluded,) = result.excluded
    assert (excluded.first, excluded.stop, excluded.kind) == (bad, bad + 1, "signal")
    assert excluded.event is not None
    assert (excluded.event.run, excluded.event.luminosity_block, excluded.event.event) == tuple(
        int(columns[name][bad]) for name in ("run", "luminosityBlock", "event")
    )
    assert result["events"] == set(columns["event"].tolist()) - {evil}
    assert result["n"] == len(columns["event"]) - 1
