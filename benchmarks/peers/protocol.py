"""What a peer is asked, and what it answers.

A peer is run as `python -m benchmarks.peers.NAME REQUEST`, where REQUEST is the path of a JSON document, and writes its
reply where the request says. Times are seconds of the monotonic clock, which all processes of a machine share.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.questions import Question

TREE = "Events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a peer is asked.

    Attributes:
        question: name of a question.
        files: paths.
        workers: processes or threads that may compute.
        reply: where to write the answer.
        again: ask once more in the same session, where there are sessions.
    """

    question: str
    files: tuple[str, ...]
    workers: int
    reply: str
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a peer answers.

    Attributes:
        began_s: first line of the peer's own code.
        loop_begin_s: the first events go to whoever computes; what is before is start-up.
        loop_end_s: the answer is there.
        histograms: contents of each histogram, x outermost, with the bins for what lies outside.
        n_bytes: compressed bytes that were read, where the peer knows.
        with_reading_s: the loop, with what is left out of it.
        path: by which overproof computed a draw.
        again: begin and end of the second answer, and the seconds of its loop.
    """

    began_s: float
    loop_begin_s: float
    loop_end_s: float
    histograms: list[list[float]] = field(default_factory=list)
    n_bytes: int = 0
    with_reading_s: float = 0.0
    path: str = ""
    again: tuple[float, float, float] | None = None


def serve(answer: Callable[[Request, Question], Reply]) -> None:
    """Read the request that the command line names, answer it, write the reply."""
    from benchmarks.questions import QUESTIONS

    fields = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    request = Request(**{**fields, "files": tuple(fields["files"])})
    reply = answer(request, QUESTIONS[request.question])
    Path(request.reply).write_text(json.dumps(asdict(reply)), encoding="utf-8")


def now() -> float:
    """Return the time, on a clock that all processes of the machine share."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def contents(histograms: Iterable[Any]) -> list[list[float]]:
    """Return the contents of histograms of boost-histogram or hist, outer bins too."""
    return [flat(histogram) for histogram in histograms]


def flat(histogram: Any) -> list[float]:
    """Return the contents of one histogram in one list, x outermost."""
    view = histogram.view(flow=True)
    values = view["value"] if view.dtype.names else view
    return [float(value) for value in values.ravel()]


def filled(question: Question, events: Any, *, hist: Any, ak: Any, np: Any) -> list[Any]:
    """Fill the histograms of a question with some events.

    Args:
        question: with its way to compute for arrays.
        events: a record of arrays.
        hist: the package `hist`.
        ak: the package `awkward`.
        np: the package `numpy`.
    """
    made = []
    for axes, filling in zip(question.histograms, question.columnar(events, ak, np), strict=True):
        values = [flattened(each, ak) for each in filling.values]
        weight = None if filling.weight is None else flattened(filling.weight, ak)
        made.append(empty(axes, hist).fill(*values, weight=weight))
    return made


def flattened(values: Any, ak: Any) -> Any:
    """Return numbers without their lists."""
    return ak.to_numpy(ak.flatten(values, axis=None) if values.ndim > 1 else ak.drop_none(values))


def empty(axes: Sequence[Any], hist: Any) -> Any:
    """Make an empty histogram, with sums of weights."""
    regular = [hist.axis.Regular(axis.n_bins, axis.low, axis.high, name=f"axis{n}") for n, axis in enumerate(axes)]
    return hist.Hist(*regular, storage=hist.storage.Double())
