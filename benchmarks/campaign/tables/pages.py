"""Pages that tables are put into, each between two marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.campaign.tables.cells import Case, seconds, table, times, together, wall
from benchmarks.campaign.tables.targets import PEERS
from benchmarks.campaign.tables.whole import all_tables

Document = dict[str, Any]


def speeds(document: Document) -> str:
    """Return the small table for whoever wants one look: whole times over the largest sample with draws of others."""
    cases: Sequence[Case] = [
        case for case in document["cases"] if any(together(case, "warm", peer) for peer in PEERS)
    ]  # fmt: skip
    largest = max((case["events"] for case in cases), default=0)
    sample = next((case["sample"] for case in cases if case["events"] == largest), "")
    chosen = sorted((case for case in cases if case["sample"] == sample), key=lambda case: str(case["question"]))
    rows = [(case["title"], seconds(wall(case, "warm")), *(_beside(case, peer) for peer in PEERS)) for case in chosen]
    head = (f"{largest / 1e6:.0f} million events, seconds", "overproof", *PEERS.values())
    return table(head, rows)


def _beside(case: Case, peer: str) -> str:
    ours, theirs = wall(case, "warm"), wall(case, peer)
    if ours is None or theirs is None or not together(case, "warm", peer):
        return "-"
    return f"{seconds(theirs)} ({times(theirs / ours)})"


MARKS: dict[tuple[str, str], Callable[[Document], str]] = {
    ("<!-- tables: made by the command above, not by hand -->", "<!-- end of tables -->"): all_tables,
    ("<!-- speeds: made by `make bench`, not by hand -->", "<!-- end of speeds -->"): lambda document: (
        speeds(document) + "\n"
    ),
}
"""What is put between two marks."""


def put_into(page: Path, document: Document) -> None:
    """Put tables into a page, between the marks that it has.

    Raises:
        ValueError: the page has no pair of marks.
    """
    text = page.read_text(encoding="utf-8")
    found = False
    for (begin, end), write in MARKS.items():
        before, first, rest = text.partition(begin)
        _, last, after = rest.partition(end)
        if first and last:
            text, found = f"{before}{begin}\n\n{write(document)}\n{end}{after}", True
    if not found:
        marks = ", or ".join(f"'{begin}' and '{end}'" for begin, end in MARKS)
        raise ValueError(f"{page} has no place for tables: put two lines into it, {marks}")
    page.write_text(text, encoding="utf-8")
