"""The page: tables of what was simulated, between its marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.campaign.tables.cells import table
from benchmarks.simulation.measuring import Row
from benchmarks.simulation.plots import rows_of

BEGIN, END = "<!-- {}: made by `make sim-report`, not by hand -->", "<!-- end of {} -->"


def put_into(page: Path, document: dict[str, Any]) -> None:
    """Write the tables anew that a page has places for."""
    text = page.read_text(encoding="utf-8")
    for name, made in TABLES.items():
        begin, end = BEGIN.format(name), END.format(name)
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}\n\n{made(document)}\n\n{end}{after}"
    page.write_text(text, encoding="utf-8")


def _of_ratios(group: str, *more: tuple[str, Callable[[Row], str]]) -> Callable[[dict[str, Any]], str]:
    def made(document: dict[str, Any]) -> str:
        rows = rows_of(document, group)
        columns = list(dict.fromkeys(row["column"] for row in rows))
        found = {(row["row"], row["column"]): row for row in rows}
        body = [
            (name, *(_cell(found.get((name, column)), more) for column in columns))
            for name in dict.fromkeys(row["row"] for row in rows)
        ]
        return table((HEADS[group], *columns), body)

    return made


def _cell(row: Row | None, more: Sequence[tuple[str, Callable[[Row], str]]]) -> str:
    if row is None:
        return "-"
    parts = [f"{row['figures']['ratio']:.3f}", *(f"{write(row)} {unit}" for unit, write in more)]
    if row["figures"]["unread"]:
        parts.append(f"{row['figures']['unread'] / row['figures']['total']:.0%} unread")
    return ", ".join(parts)


def _mergers(document: dict[str, Any]) -> str:
    head = ("outputs", "mergers", "makespan over ideal", "deltas to the master", "MB a second", "busy", "MB there",
            "MB in a merger", "seconds at the end")  # fmt: skip
    body = []
    for row in rows_of(document, "mergers"):
        told = row["figures"]
        body.append(
            (
                row["row"],
                f"{told['n_mergers']}",
                f"{told['ratio']:.3f}",
                f"{told['n_deltas']:,}",
                f"{told['inflow_mb'] / told['makespan_s']:,.0f}",
                f"{told['master_load']:.0%}",
                f"{told['master_memory_mb']:g}",
                f"{told['merger_memory_mb']:g}" if told["n_mergers"] else "-",
                f"{told['tail_s']:.2f}",
            )
        )
    return table(head, body)


def _master(document: dict[str, Any]) -> str:
    head = ("workers", "decisions a second", "with five facts and the account")
    body = [
        (f"{each['workers']:,}", f"{each['decisions_per_s']:,.0f}", f"{each['with_facts_per_s']:,.0f}")
        for each in document["master"]
    ]
    return table(head, body)


def _cost(document: dict[str, Any]) -> str:
    head = ("workers", "files", "entries", "packets", "CPU seconds", "MB")
    body = [
        (
            row["column"],
            f"{row['options']['files']:,}",
            f"{row['figures']['total']:,}",
            f"{row['figures']['n_packets']:,}",
            f"{row['figures']['cpu_s']:.1f}",
            f"{row['figures']['peak_rss_mb']:,.0f}",
        )
        for row in rows_of(document, "workers")
        if row["row"] == "unequal"
    ]
    return table(head, body)


HEADS = {"workers": "workers", "packetizers": "packetizer", "troubles": "trouble"}
TABLES: dict[str, Callable[[dict[str, Any]], str]] = {
    "workers": _of_ratios("workers"),
    "packetizers": _of_ratios("packetizers", ("% near", lambda row: f"{100 * row['figures']['local_share']:.0f}")),
    "mergers": _mergers,
    "troubles": _of_ratios("troubles", ("s at the end", lambda row: f"{row['figures']['tail_s']:.2f}")),
    "master": _master,
    "cost": _cost,
}
"""Each with the name of its marks."""
