"""Answers of every kind as HTML, for the cell that ends with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from overproof.records.account import ITEMS, Account
from overproof.session.show.notebook.outputs import outputs_html, told
from overproof.session.show.summary import event_text, is_of_items
from overproof.words import markup
from overproof.words.units import human_seconds

MAX_GAPS: Final = 20
MAX_ROWS: Final = 20
MAX_FILES: Final = 20


def result_html(result: Any) -> str:
    """Write outputs by name, also those of datasets: their account, what lacks, the outputs, what they cost."""
    return markup.frame(
        markup.heading(f"result of query {result.query_id}", result.state),
        result.account._repr_html_(),
        _by_dataset(result.accounts),
        *_lacking(result),
        outputs_html(result),
        cost_html(result.statistics),
    )


def count_html(count: Any) -> str:
    """Write a number of entries with its account."""
    passes = "" if count.passes == count.entries else f"{count.passes:,} passes"
    return markup.frame(
        markup.heading(f"{count.entries:,} entries", passes, f"query {count.query_id}"),
        count.account._repr_html_(),
        *_lacking(count),
    )


def mapped_html(mapped: Any) -> str:
    """Write how many items have a value, and why others have none."""
    return markup.frame(
        markup.heading(f"{mapped.account.processed:,} of {len(mapped):,} items", f"query {mapped.query_id}"),
        mapped.account.html_of(ITEMS),
        *_lacking(mapped),
    )


def entry_list_html(entries: Any) -> str:
    """Write an entry list, file by file."""
    rows = [
        (file.path, file.tree, sum(stop - first for first, stop in file.ranges)) for file in entries.files[:MAX_FILES]
    ]
    more = len(entries.files) - MAX_FILES
    return markup.frame(
        markup.heading(f"entry list {entries.name}", f"{len(entries):,} entries", f"{len(entries.files):,} files"),
        markup.table(("file", "tree", "entries"), rows) if rows else "",
        markup.faint(f"and {more:,} more files") if more > 0 else "",
        entries.account._repr_html_() if entries.account is not None else "",
        *_lacking(entries),
    )


def table_html(table: Any) -> str:
    """Write the first rows of a table."""
    n_kept = table.n_kept
    cells = [[told(value) for value in row] for row in _rows(table.columns, min(n_kept, MAX_ROWS))]
    more = table.n_rows - min(n_kept, MAX_ROWS)
    return markup.frame(
        markup.table(list(table.columns), cells),
        markup.faint(f"and {more:,} more rows" if more > 0 else f"{table.n_rows:,} rows"),
        "" if table.account.is_complete else table.account._repr_html_(),
        *_lacking(table),
    )


def gaps_html(gaps: Sequence[Any]) -> str:
    """Write ranges that a result lacks, one a row."""
    if not gaps:
        return markup.frame(markup.faint("nothing lacks"))
    rows = [
        (gap.file, gap.tree or "", _range(gap), _event(gap), getattr(gap, "phase", None) or gap.kind, gap.reason)
        for gap in gaps[:MAX_GAPS]
    ]
    n_entries = sum(gap.stop - gap.first for gap in gaps if gap.stop is not None)
    kinds = {"missing" if hasattr(gap, "phase") else "excluded" for gap in gaps}
    ranges = "1 range" if len(gaps) == 1 else f"{len(gaps):,} ranges"
    names = ("item", ITEMS) if is_of_items(gaps[0]) else ("entry", "entries")
    title = f"{n_entries:,} {names[n_entries != 1]} {' or '.join(sorted(kinds))}, in {ranges}"
    more = len(gaps) - MAX_GAPS
    return markup.frame(
        markup.heading(title),
        markup.table(("file", "tree", names[1], "event", "in", "why"), rows),
        markup.faint(f"and {more:,} more ranges") if more > 0 else "",
    )


def session_html(address: str, *, n_workers: int, state: str) -> str:
    """Write what a session is."""
    workers = "1 worker" if n_workers == 1 else f"{n_workers:,} workers"
    return markup.frame(markup.heading(f"session {address}", state or workers))


def cost_html(statistics: Any) -> str:
    """Write what a query cost, behind a line that opens it."""
    if statistics is None:
        return ""
    s = statistics
    title = f"{human_seconds(s.total_s)}, {s.rate_per_s:,.0f} entries/s, {s.n_workers:,} workers"
    return markup.folded(title, s._repr_html_())


def _by_dataset(accounts: Mapping[str, Account]) -> str:
    """Write the accounts of several datasets, behind a line that opens them."""
    if len(accounts) < 2:
        return ""
    names = ("processed", "excluded", "missing", "unread", "total")
    rows = [(name, *(getattr(account, each) for each in names)) for name, account in accounts.items()]
    return markup.folded(f"{len(accounts):,} datasets", markup.table(("dataset", *names), rows))


def _lacking(answer: Any) -> list[str]:
    """Write what lacks, behind lines that open it."""
    found = [(len(gaps), what, gaps) for what in ("missing", "excluded") if (gaps := getattr(answer, what))]
    return [
        markup.folded(f"{n:,} {'range' if n == 1 else 'ranges'} {what}", gaps_html(gaps)) for n, what, gaps in found
    ]


def _rows(columns: Mapping[str, Any], n: int) -> list[list[Any]]:
    return [[column[place] for column in columns.values()] for place in range(n)]


def _range(gap: Any) -> str:
    if gap.stop is None:
        return "all"
    return f"{gap.first:,}" if gap.stop == gap.first + 1 else f"{gap.first:,} to {gap.stop - 1:,}"


def _event(gap: Any) -> str:
    return event_text(getattr(gap, "event", None)).removeprefix("event ")
