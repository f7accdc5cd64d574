"""overproof: draws, and selectors for what is no draw."""

from __future__ import annotations

from benchmarks.peers.protocol import TREE, Reply, Request, contents, filled, now, serve

BEGAN_S = now()

import overproof as op  # noqa: E402 - the clock starts before anything is imported


class Columnar(op.Selector):
    """Fills the histograms of a question with arrays; the parameter `question` names it."""

    def worker_begin(self):
        from benchmarks.questions import QUESTIONS

        self.question = QUESTIONS[self.params["question"]]

    def process(self, events):
        import awkward as ak
        import hist
        import numpy as np

        made = filled(self.question, events, hist=hist, ak=ak, np=np)
        return {f"h{index}": each for index, each in enumerate(made)}


def answer(request: Request, question) -> Reply:
    """Ask in one session, a second time if that is wanted."""
    with op.Session(f"local:{request.workers}") as session:
        histograms, statistics = ask(session, request, question)
        ended = now()
        again = None
        if request.again:
            _, second = ask(session, request, question)
            again = (ended, now(), loop_of(second))
    return Reply(
        began_s=BEGAN_S,
        loop_begin_s=ended - loop_of(statistics),
        loop_end_s=ended,
        histograms=contents(histograms),
        n_bytes=statistics.read_bytes,
        path=statistics.path if question.drawing else "",
        again=again,
    )


def loop_of(statistics) -> float:
    """Return the seconds from the first packet handed out to the end of the query, merging and terminating included."""
    return statistics.total_s - statistics.startup_s


def ask(session, request: Request, question):
    """Ask a question; return the histograms, and what they cost."""
    data = [f"{path}:{TREE}" for path in request.files]
    if question.drawing is None:
        result = session.process(Columnar(), data, params={"question": question.name})
        return [result[f"h{index}"] for index in range(len(question.histograms))], result.statistics
    drawing = question.drawing
    (axes,) = question.histograms
    bins = [limit for axis in axes for limit in (axis.n_bins, axis.low, axis.high)]
    drawn = session.draw(data, drawing.expression, cut=drawing.cut, weight=drawing.weight, bins=bins)
    return [drawn], drawn.statistics


if __name__ == "__main__":
    serve(answer)
