"""overproof: a selector that computes a draw by `op.compile`, and fills the histogram itself."""

from __future__ import annotations

from benchmarks.peers.protocol import TREE, Reply, Request, contents, empty, now, serve

BEGAN_S = now()

import overproof as op  # noqa: E402 - the clock starts before anything is imported


class Filled(op.Selector):
    """Fills the histogram of a draw; the parameter `question` names it."""

    def worker_begin(self):
        from benchmarks.questions import QUESTIONS

        question = QUESTIONS[self.params["question"]]
        (self.axes,) = question.histograms
        texts = [question.drawing.expression, *([question.drawing.weight] if question.drawing.weight else [])]
        self.values = op.compile(":".join(texts), cut=question.drawing.cut)

    def process(self, events):
        import hist

        found = self.values.flat(events)
        values = [*found] if isinstance(found, tuple) else [found]
        weight = values.pop() if len(values) > len(self.axes) else None
        return {"h0": empty(self.axes, hist).fill(*values[::-1], weight=weight)}  # the last one goes along x


def answer(request: Request, question) -> Reply:
    """Process the selector in one session."""
    data = [f"{path}:{TREE}" for path in request.files]
    with op.Session(f"local:{request.workers}") as session:
        result = session.process(Filled(), data, params={"question": question.name})
        ended = now()
    return Reply(
        began_s=BEGAN_S,
        loop_begin_s=ended - (result.statistics.total_s - result.statistics.startup_s),
        loop_end_s=ended,
        histograms=contents([result["h0"]]),
        n_bytes=result.statistics.read_bytes,
    )


if __name__ == "__main__":
    serve(answer)
