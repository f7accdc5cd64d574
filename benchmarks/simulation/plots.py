"""Plots of what was simulated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.simulation.measuring import Row
from benchmarks.simulation.scenarios import KINDS, PACKETIZERS, STORAGE

TARGET = 1.05
"""Times the ideal that a query may take, with 30 blocks for each worker or more."""


def draw_plots(document: dict[str, Any], directory: Path) -> list[str]:
    """Write each plot as SVG, always the same for the same figures; return the names of the files."""
    import matplotlib as mpl

    mpl.use("agg")
    mpl.rcParams.update({"svg.hashsalt": "overproof", "svg.fonttype": "none", "font.size": 9})
    return [_draw(name, plot, document, directory) for name, plot in PLOTS.items()]


def _draw(name: str, plot: Callable[[Any, dict[str, Any]], None], document: dict[str, Any], directory: Path) -> str:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6.4, 3.4), layout="constrained")
    plot(axes, document)
    axes.spines[["top", "right"]].set_visible(False)
    path = directory / f"scale-{name}.svg"
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    path.write_text("".join(f"{line.rstrip()}\n" for line in path.read_text().splitlines()))
    return path.name


def rows_of(document: dict[str, Any], group: str) -> list[Row]:
    """Return what was simulated for one table."""
    return [row for row in document["rows"] if row["group"] == group]


def _ratios(axes: Any, document: dict[str, Any]) -> None:
    for kind in KINDS:
        rows = [row for row in rows_of(document, "workers") if row["row"] == kind]
        axes.plot(
            [row["options"]["workers"] for row in rows],
            [row["figures"]["ratio"] for row in rows],
            marker="o",
            markersize=4,
            label=kind,
        )
    axes.axhline(TARGET, color="grey", linestyle=":", linewidth=1)
    axes.set(xscale="log", xlabel="workers, with 30 blocks each", ylabel="makespan over ideal", ylim=(1.0, None))
    axes.legend(frameon=False, ncols=2)


def _packetizers(axes: Any, document: dict[str, Any]) -> None:
    width = 0.8 / len(STORAGE)
    for at, storage in enumerate(STORAGE):
        rows = {row["row"]: row for row in rows_of(document, "packetizers") if row["column"] == storage}
        places = [place + at * width for place, name in enumerate(PACKETIZERS) if name in rows]
        heights = [rows[name]["figures"]["ratio"] for name in PACKETIZERS if name in rows]
        axes.bar(places, heights, width=0.9 * width, label=storage)
    axes.axhline(1.0, color="grey", linewidth=1)
    axes.set(ylabel="makespan over ideal", ylim=(0.9, None))
    axes.set_xticks([place + 0.4 - width / 2 for place in range(len(PACKETIZERS))], PACKETIZERS)
    axes.legend(frameon=False)


def _mergers(axes: Any, document: dict[str, Any]) -> None:
    rows = rows_of(document, "mergers")
    names = list(dict.fromkeys(row["row"] for row in rows))
    for at, column in enumerate(("without", "with mergers")):
        of_column = {row["row"]: row["figures"] for row in rows if row["column"] == column}
        inflow = [of_column[name]["inflow_mb"] / of_column[name]["makespan_s"] for name in names]
        axes.bar([place + 0.4 * at for place in range(len(names))], inflow, width=0.36, label=column)
    axes.set(ylabel="MB a second to the master")
    axes.set_xticks([place + 0.2 for place in range(len(names))], names)
    axes.legend(frameon=False)


def _decisions(axes: Any, document: dict[str, Any]) -> None:
    master = document["master"]
    for name, label in (("decisions_per_s", "alone"), ("with_facts_per_s", "with five facts and the account")):
        axes.plot(
            [each["workers"] for each in master], [each[name] for each in master], marker="o", markersize=4, label=label
        )
    axes.set(xscale="log", xlabel="workers", ylabel="decisions a second", ylim=(0, None))
    axes.legend(frameon=False)


PLOTS: dict[str, Callable[[Any, dict[str, Any]], None]] = {
    "ideal": _ratios,
    "packetizers": _packetizers,
    "mergers": _mergers,
    "decisions": _decisions,
}
"""Each with the name of its file."""
