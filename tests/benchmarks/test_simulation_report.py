"""The committed page of simulations: what it says still holds, and comes from the committed document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from benchmarks.simulation.__main__ import IMAGES, PAGE, RESULTS, main
from benchmarks.simulation.bare_master import measure_master
from benchmarks.simulation.measuring import measure
from benchmarks.simulation.page import put_into
from benchmarks.simulation.plots import PLOTS, draw_plots
from benchmarks.simulation.scenarios import KINDS, OF_MOST, WORKERS, Scenario, scenarios

AGREEMENT = 0.01
"""By so much a ratio may be off: whoever changes the master for better or worse makes the page anew."""
MOST = dict.fromkeys(KINDS, 1.05) | {"stragglers": 1.08, "sudden stragglers": 1.08, "a slow server": 1.1}
"""Times the ideal that 30 blocks for each worker may take."""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return made


def agree(scenario: Scenario, document: dict[str, Any]) -> None:
    """Simulate a scenario again, and compare it with the row of the document."""
    (row,) = [
        row for row in document["rows"] if tuple(row[name] for name in ("group", "row", "column")) == scenario[:3]
    ]
    again = measure(scenario)["figures"]
    assert row["options"] == scenario.options
    for figure in ("ratio", "local_share"):
        assert again[figure] == pytest.approx(row["figures"][figure], rel=AGREEMENT), "run make sim-report"
    assert {name: again[name] for name in ("total", "missing")} == {
        name: row["figures"][name] for name in ("total", "missing")
    }


@pytest.mark.simulation
@pytest.mark.parametrize("kind", KINDS)
def test_small_simulations_say_what_the_page_says(kind: str, document: dict[str, Any]) -> None:
    """The ratios of the table are those of the master as it is."""
    for scenario in scenarios():
        if scenario.group == "workers" and scenario.row == kind and scenario.options["workers"] <= 100:
            agree(scenario, document)


@pytest.mark.nightly
@pytest.mark.parametrize(
    "scenario", [each for each in scenarios() if each.options["workers"] <= 1_000], ids=lambda each: each.name
)
def test_simulations_say_what_the_page_says(scenario: Scenario, document: dict[str, Any]) -> None:
    """So are those of all but the largest."""
    agree(scenario, document)


def test_every_scenario_is_told(document: dict[str, Any]) -> None:
    """The document has a row for each, ten thousand workers and ten billion entries among them."""
    rows = document["rows"]
    assert [(row["group"], row["row"], row["column"]) for row in rows] == [each[:3] for each in scenarios()]
    assert max(row["figures"]["total"] for row in rows) >= 10_000_000_000
    assert max(row["options"]["workers"] for row in rows) == 10_000
    assert max(row["options"]["files"] for row in rows) == 100_000
    assert [each["workers"] for each in document["master"]] == list(WORKERS)


def test_queries_end_near_the_ideal(document: dict[str, Any]) -> None:
    """With thirty blocks for each worker, unequal ones among them; a little later with stragglers and slow servers."""
    far = {
        f"{row['row']}, {row['column']}": row["figures"]["ratio"]
        for row in document["rows"]
        if row["group"] == "workers" and not 1.0 <= row["figures"]["ratio"] <= MOST[row["row"]]
    }
    assert far == {}


def test_ten_thousand_workers_are_simulated_in_two_minutes(document: dict[str, Any]) -> None:
    """So the document says of the machine that made it."""
    largest = [row for row in document["rows"] if row["options"]["workers"] == 10_000 and row["group"] == "workers"]
    assert len(largest) == len(OF_MOST)
    assert all(row["figures"]["cpu_s"] <= 120 for row in largest)


def test_the_page_comes_from_the_document(document: dict[str, Any], tmp_path: Path) -> None:
    """Its tables are those of the document, and its plots are there."""
    page, committed = tmp_path / "scale.md", PAGE.read_text(encoding="utf-8")
    page.write_text(committed, encoding="utf-8")
    put_into(page, document)
    assert page.read_text(encoding="utf-8") == committed, "run make sim-report"
    assert all(f"images/scale-{name}.svg" in committed for name in PLOTS)
    assert all(0 < (IMAGES / f"scale-{name}.svg").stat().st_size < 60_000 for name in PLOTS)


@pytest.mark.nightly
def test_plots_come_from_the_document(document: dict[str, Any], tmp_path: Path) -> None:
    """Twice the same figures are twice the same files, one for each plot of the page."""
    names = draw_plots(document, tmp_path)
    first = [(tmp_path / name).read_bytes() for name in names]
    assert [(tmp_path / name).read_bytes() for name in draw_plots(document, tmp_path)] == first
    assert names == [f"scale-{name}.svg" for name in PLOTS]


def test_the_bare_master_decides(capsys: pytest.CaptureFixture[str]) -> None:
    """The yardstick counts a decision for each packet, with facts or without; nothing asked for is nothing done."""
    speed = measure_master(20, rounds=5, repeats=1)
    assert speed.decisions_per_s > 0
    assert speed.with_facts_per_s > 0
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "scenarios to be simulated anew" in capsys.readouterr().out
