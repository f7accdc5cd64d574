"""coffea's own Runner, with processes of its FuturesExecutor, for processors."""

from __future__ import annotations

import warnings

from benchmarks.peers.protocol import Reply, Request, now, serve

BEGAN_S = now()


def answer(request: Request, question) -> Reply:
    """Run the processor of a question, as a script of coffea does."""
    warnings.simplefilter("ignore")
    from coffea import processor
    from coffea.nanoevents import NanoAODSchema

    from benchmarks.peers.processors import CHUNK_EVENTS, asked

    runner = processor.Runner(
        executor=processor.FuturesExecutor(workers=request.workers, status=False),
        schema=NanoAODSchema,
        chunksize=CHUNK_EVENTS,
    )
    began = now()
    histograms = asked(runner, request.files, question.name)
    return Reply(began_s=BEGAN_S, loop_begin_s=began, loop_end_s=now(), histograms=histograms)


if __name__ == "__main__":
    serve(answer)
