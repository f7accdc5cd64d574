"""What overproof answers to questions, in the words that ROOT's answers are kept in."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from questions import Question, Source

import overproof as op


def answer_together(questions: Sequence[Question], source: Source, data: Path, **options: Any) -> list[Any]:
    """Draw all questions to one source in one pass; an answer that fails alone is its error."""
    try:
        return _draw(questions, source, data, **options)
    except op.OverproofError as error:
        if len(questions) == 1:
            return [error]
    middle = len(questions) // 2
    halves = questions[:middle], questions[middle:]
    return [answer for half in halves for answer in answer_together(half, source, data, **options)]


def _draw(questions: Sequence[Question], source: Source, data: Path, **options: Any) -> list[Any]:
    asked = {f"answer{number}": _keywords(question) for number, question in enumerate(questions)}
    if source.friends:
        options["friends"] = {
            name: [f"{data / file}:{tree}" for file in files.split("+")] for name, files, tree in source.friends
        }
    if len(set(source.files)) < len(source.files):
        options["allow_duplicates"] = True
    if questions[0].aliases:
        options["aliases"] = dict(questions[0].aliases)
    files = [str(data / file) for file in source.files]
    with op.Session("inline") as session:
        drawn = session.draw(files, asked, tree=source.tree, journal=False, **options)
    return [described(histogram, question) for histogram, question in zip(drawn.values(), questions, strict=True)]


def _keywords(question: Question) -> dict[str, Any]:
    keywords: dict[str, Any] = {"expression": question.expression, "profile": question.profile}
    if question.cut:
        keywords["cut"] = question.cut
    if question.weight:
        keywords["weight"] = question.weight
    if question.axes is not None:
        keywords["bins"] = question.bins
    elif question.redirection:
        keywords["bins"] = question.redirection
    return keywords


def described(histogram: Any, question: Question) -> Any:
    """Return the axes and bins of a histogram as `ask_root.ask` tells those of ROOT's."""
    if question.profile:
        with np.errstate(all="ignore"):
            errors = np.sqrt(histogram.variances(flow=True))
        columns = [histogram.view(flow=True)[name] for name in ("sum_of_weights", "sum_of_weights_squared")]
        columns += [histogram.values(flow=True), errors]
    else:
        columns = [histogram.values(flow=True), histogram.variances(flow=True)]
    columns = [_in_roots_order(column, histogram) for column in columns]
    filled = np.flatnonzero((columns[0] != 0) | (columns[1] != 0))
    rows = [[int(index), *(float(column[index]) for column in columns)] for index in filled]
    if not question.profile:
        rows = [row[:2] if row[1] == row[2] else row for row in rows]
    return rows if question.axes is not None else {"axes": [_axis(axis) for axis in histogram.axes], "bins": rows}


def _in_roots_order(cells: Any, histogram: Any) -> np.ndarray[Any, Any]:
    """Return one number of every cell by ROOT's global number: flow bins on both sides, x fastest."""
    missing = [(int(not axis.traits.underflow), int(not axis.traits.overflow)) for axis in histogram.axes]
    return np.pad(cells, missing).transpose().ravel()


def _axis(axis: Any) -> list[Any]:
    if axis.traits.discrete and isinstance(axis[0] if len(axis) else "", str):
        return list(axis)
    return [axis.size, float(axis.edges[0]), float(axis.edges[-1])]


def is_same(answer: Any, expected: Any, question: Question) -> bool:
    """Tell whether an answer is ROOT's, to the last bit; of errors of a profile but for their last digits.

    Ours keeps the lower limit and the width of an axis, which may give the upper one another last bit; and an axis
    without any width, which ROOT gives to histograms without entries, goes from 0 to 1.
    """
    if expected is None or isinstance(answer, Exception):
        return expected is None and isinstance(answer, Exception)
    if question.axes is None:
        if answer["axes"] != [_kept_axis(axis) for axis in expected["axes"]]:
            return False
        answer, expected = answer["bins"], expected["bins"]
    if question.profile:
        pairs = zip((row[-1] for row in answer), (row[-1] for row in expected), strict=False)
        if not all(math.isclose(*pair, rel_tol=1e-12, abs_tol=1e-300) or all(map(math.isnan, pair)) for pair in pairs):
            return False
        answer, expected = ([row[:-1] for row in rows] for rows in (answer, expected))
    # JSON writes a double so that it reads back the same, and NaN is equal to itself in text
    return json.dumps(answer) == json.dumps(expected)


def _kept_axis(axis: list[Any]) -> list[Any]:
    if axis and isinstance(axis[0], str):
        return axis
    n, low, high = axis
    return [n, low, low + (high - low)] if low != high else [n, 0.0, 1.0]
