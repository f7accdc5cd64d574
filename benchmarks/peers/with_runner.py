"""overproof's Runner for processors of coffea."""

from __future__ import annotations

import warnings

from benchmarks.peers.protocol import Reply, Request, now, serve

BEGAN_S = now()

import overproof as op  # noqa: E402 - the clock starts before anything is imported


def answer(request: Request, question) -> Reply:
    """Run the processor of a question, as a script of coffea does that begins with our Runner."""
    warnings.simplefilter("ignore")
    runner = op.coffea.Runner(workers=request.workers)
    from benchmarks.peers.processors import asked

    began = now()
    histograms = asked(runner, request.files, question.name)
    return Reply(began_s=BEGAN_S, loop_begin_s=began, loop_end_s=now(), histograms=histograms)


if __name__ == "__main__":
    serve(answer)
