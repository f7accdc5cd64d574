"""coffea: a processor, its Runner, worker processes."""

from __future__ import annotations

import warnings

from benchmarks.peers.protocol import TREE, Reply, Request, contents, filled, now, serve

BEGAN_S = now()
CHUNK_EVENTS = 400_000
"""Larger than coffea's own 100,000: each costs the opening of a file."""


def answer(request: Request, question) -> Reply:
    """Find the chunks, then process them."""
    warnings.simplefilter("ignore")
    from coffea import processor
    from coffea.nanoevents import BaseSchema

    class Columnar(processor.ProcessorABC):
        def __init__(self, name: str) -> None:
            self.name = name

        def process(self, events):
            begun = now()
            import awkward as ak
            import hist
            import numpy as np

            from benchmarks.questions import QUESTIONS

            made = filled(QUESTIONS[self.name], events, hist=hist, ak=ak, np=np)
            return {f"h{index}": each for index, each in enumerate(made)} | {"begun": [begun]}

        def postprocess(self, accumulator):
            return accumulator

    runner = processor.Runner(
        executor=processor.FuturesExecutor(workers=request.workers, status=False),
        pre_executor=processor.IterativeExecutor(status=False),
        schema=BaseSchema,
        chunksize=CHUNK_EVENTS,
        savemetrics=False,
    )
    found = runner({"events": {"files": dict.fromkeys(request.files, TREE)}}, Columnar(question.name))
    return Reply(
        began_s=BEGAN_S,
        loop_begin_s=min(found["begun"]),
        loop_end_s=now(),
        histograms=contents(found[f"h{index}"] for index in range(len(question.histograms))),
    )


if __name__ == "__main__":
    serve(answer)
