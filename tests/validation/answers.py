"""What overproof answers to questions, in the words that ROOT's answers are kept in."""

from __future__ import annotations

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
        options["friends"] = {name: f"{data / file}:{tree}" for name, file, tree in source.friends}
    if questions[0].aliases:
        options["aliases"] = dict(questions[0].aliases)
    files = [str(data / file) for file in source.files]
    with op.Session("inline") as session:
        drawn = session.draw(files, asked, tree=source.tree, journal=False, **options)
    histograms = list(drawn.values()) if len(asked) > 1 else [drawn]
    return [described(histogram, question) for histogram, question in zip(histograms, questions, strict=True)]


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
    """Return the axes and bins of a histogram as `ask_root.ask` tells those of ROOT's.

    Of a profile, rows are `[bin, sum of weights, sum of their squares, mean, sum of weight*(value - mean)^2]`.
    """
    names = (
        ("sum_of_weights", "sum_of_weights_squared", "value", "_sum_of_weighted_deltas_squared")
        if question.profile
        else ("value", "variance")
    )
    columns = [_cells(histogram, name) for name in names]
    filled = np.flatnonzero((columns[0] != 0) | (columns[1] != 0))
    rows = [[int(index), *(float(column[index]) for column in columns)] for index in filled]
    if not question.profile:
        rows = [row[:2] if row[1] == row[2] else row for row in rows]
    return rows if question.axes is not None else {"axes": [_axis(axis) for axis in histogram.axes], "bins": rows}


def _cells(histogram: Any, name: str) -> np.ndarray[Any, Any]:
    """Return one number of every cell by ROOT's global number: flow bins on both sides, x fastest."""
    cells = histogram.view(flow=True)[name]
    missing = [(int(not axis.traits.underflow), int(not axis.traits.overflow)) for axis in histogram.axes]
    return np.pad(cells, missing).transpose().ravel()


def _axis(axis: Any) -> list[Any]:
    if axis.traits.discrete and isinstance(axis[0] if len(axis) else "", str):
        return list(axis)
    return [axis.size, float(axis.edges[0]), float(axis.edges[-1])]


def as_ours(answer: Any, question: Question) -> Any:
    """Turn an answer of ROOT into the form of ours; None (refused) stays."""
    if answer is None or not question.profile:
        return answer
    if question.axes is not None:
        return _mean_and_deltas(answer)
    return {**answer, "bins": _mean_and_deltas(answer["bins"])}


def _mean_and_deltas(rows: Sequence[Sequence[float]]) -> list[list[float]]:
    """Turn the sums of ROOT's profile into the form of ours, by the definition of mean and deltas.

    ROOT's own error of a bin, sqrt(|W2/W - mean^2| / n), is sqrt(deltas/W / n) with the same deltas.
    """
    turned = []
    for index, weight, square, weighted, squares in rows:
        mean = weighted / weight if weight else 0.0
        turned.append([index, weight, square, mean, max(squares - weighted * mean, 0.0) if weight else 0.0])
    return turned
