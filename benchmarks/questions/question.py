"""What a question is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Bins of one width, with two more for what lies outside."""

    n_bins: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What one histogram is filled with: arrays, one an axis, and what each fill counts."""

    values: Sequence[Any]
    weight: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The same in the language of TTree::Draw."""

    expression: str
    cut: str | None = None
    weight: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question, in the words of every peer.

    Attributes:
        name: on the command line and in tables.
        title: what is asked, in one line.
        columns: that the answer needs.
        histograms: axes of each histogram, x first.
        columnar: called with a record of arrays, the module of their functions (`awkward`, or one like it) and numpy;
            gives what each histogram is filled with.
        dataframe: called with a data frame of ROOT; gives what each histogram is filled with, as names of columns
            behind a frame: `(frame, values, weight)`.
        declared: C++ that the data frame calls.
        drawing: the question as a draw; None where it is none.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    histograms: tuple[tuple[Axis, ...], ...]
    columnar: Callable[[Any, Any, Any], list[Filling]]
    dataframe: Callable[[Any], list[tuple[Any, tuple[str, ...], str]]]
    declared: str = ""
    drawing: Drawing | None = None
