"""Small pieces of HTML, as notebooks show them: no classes, no scripts, readable on light and on dark ground."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

from overproof.words.units import human_bytes, human_seconds

GOOD: Final = "#4c8dd6"
LOST: Final = "#d64545"
ABSENT: Final = "#d99b1c"
REST: Final = "rgba(128,128,128,.28)"
"""Colours of what is done, what failed, what could not be read, and of what is left."""

_CELL: Final = "padding:.1em .8em .1em 0;text-align:{};vertical-align:top;background:none;border:0"
_FAINT: Final = "opacity:.65"


def text(value: object) -> str:
    """Write a value as text that is no markup."""
    return escape(str(value))


def frame(*pieces: str) -> str:
    """Put pieces one below the other, in a frame of their own."""
    body = "".join(f"<div>{piece}</div>" for piece in pieces if piece)
    return f'<div style="max-width:64em;line-height:1.5;margin:.2em 0">{body}</div>'


def heading(name: object, *facts: object) -> str:
    """Write a name, with facts about it behind."""
    rest = " · ".join(text(fact) for fact in facts if str(fact))
    return f'<b>{text(name)}</b> <span style="{_FAINT}">{rest}</span>'


def faint(line: object) -> str:
    """Write a line that matters less."""
    return f'<span style="{_FAINT}">{text(line)}</span>'


def lines(texts: Iterable[str], *, colour: str = "currentColor") -> str:
    """Write lines as they are, with a stroke of a colour before them; nothing where there are none."""
    body = "\n".join(map(text, texts))
    style = (
        f"border-left:3px solid {colour};margin:.3em 0;padding:0 0 0 .7em;white-space:pre-wrap;"
        "overflow-wrap:anywhere;background:none;color:inherit;font-size:.92em"
    )
    return f'<pre style="{style}">{body}</pre>' if body else ""


def shares(parts: Sequence[tuple[str, int, str]], *, total: int) -> str:
    """Draw parts of a whole as one bar.

    Args:
        parts: name, size and colour of each; what is left of the total stays grey.
        total: of the bar.
    """
    told = "; ".join(f"{size:,} {name}" for name, size, _ in parts if size)
    pieces = "".join(
        f'<div style="width:{_percent(size, total)}%;min-width:2px;background:{colour}"></div>'
        for _, size, colour in parts
        if size
    )
    style = (
        f"display:flex;height:.55em;max-width:40em;margin:.35em 0;border-radius:3px;overflow:hidden;background:{REST}"
    )
    return f'<div role="img" aria-label="{text(told)}" style="{style}">{pieces}</div>'


def table(header: Sequence[object], rows: Iterable[Sequence[object]], *, is_markup: bool = False) -> str:
    """Write rows under a header; numbers stand on the right.

    Args:
        header: names of the columns; empty: there is none.
        rows: of cells.
        is_markup: the texts among the cells are markup already.
    """
    head = "".join(
        f'<th style="{_CELL.format("left")};{_FAINT};font-weight:normal">{text(name)}</th>' for name in header
    )
    body = "".join(
        f'<tr style="background:none">{"".join(_cell(cell, is_markup) for cell in row)}</tr>' for row in rows
    )
    head = f'<thead><tr style="background:none">{head}</tr></thead>' if header else ""
    style = "border-collapse:collapse;margin:.3em 0;border:0;font-size:.95em"
    return f'<table style="{style}">{head}<tbody>{body}</tbody></table>'


def folded(title: str, body: str) -> str:
    """Hide a body behind a title that opens it; nothing where there is no body."""
    return f'<details><summary style="cursor:pointer">{text(title)}</summary>{body}</details>' if body else ""


def record_table(record: Any) -> str:
    """Write the fields of a record, with the units that stand in their names."""
    rows = []
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if isinstance(value, int | float | str) and value != "":
            rows.append(_with_unit(field.name, value))
    return table((), rows)


def records_table(records: Sequence[Any]) -> str:
    """Write records of one kind one below the other; nothing where there are none."""
    if not records:
        return ""
    told = [
        dict(_with_unit(field.name, getattr(each, field.name)) for field in dataclasses.fields(each))
        for each in records
    ]
    header: Mapping[str, Any] = told[0]
    return table(list(header), [list(each.values()) for each in told])


def _with_unit(name: str, value: Any) -> tuple[str, Any]:
    """Take the unit out of a name and put it on the value."""
    plain = name.replace("_", " ")
    if not isinstance(value, int | float):
        return plain, value
    if name.endswith("byte_rate_per_s"):
        return plain.removesuffix(" per s"), f"{human_bytes(value)}/s"
    if name.endswith("_per_s"):
        return plain.removesuffix(" per s"), f"{value:,.0f}/s"
    if name.endswith("_bytes"):
        return plain.removesuffix(" bytes"), human_bytes(value)
    if name.endswith("_s"):
        return plain.removesuffix(" s"), human_seconds(value)
    return plain, f"{value:,.6g}" if isinstance(value, float) else f"{value:,}"


def _cell(value: object, is_markup: bool) -> str:  # noqa: FBT001 - the second of two, here only
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    shown = f"{value:,}" if isinstance(value, int) and is_number else value
    written = str(shown) if is_markup else text(shown)
    return f'<td style="{_CELL.format("right" if is_number else "left")}">{written}</td>'


def _percent(size: int, total: int) -> str:
    return f"{100 * size / total:.2f}" if total > 0 else "0"
