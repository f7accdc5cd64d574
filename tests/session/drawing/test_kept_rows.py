"""Draws without bins of rows that no axis reaches, from the file to the axes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import uproot

import overproof


def test_infinities_among_the_first_rows(tmp_path: Path) -> None:
    """An infinite value leaves the axis that ROOT gives: for a profile also of fewer than a thousand rows.

    The limits were asked of ROOT 6.40.
    """
    values = np.full(1001, 0.25)
    values[[3, 5, 900]] = -np.inf, 2.5, -9.5
    with uproot.recreate(tmp_path / "rows.root") as file:
        file.mktree("t", {"x": "f8"})
        file["t"].extend({"x": values})
    with overproof.Session("inline") as session:
        drawn = session.draw(
            f"{tmp_path}/rows.root:t", {"h": "x", "p": {"expression": "x:x", "profile": True}}, block_entries=300
        )
        few = session.draw(f"{tmp_path}/rows.root:t", "x:x", profile=True, entries=700)
    assert [h.axes[0].edges[[0, -1]].tolist() for h in (*drawn.values(), few)] == [[-15, 17], [-13, 3], [-1, 3]]
