"""graphed: the question recorded, then run as a plan by worker processes."""

from __future__ import annotations

import warnings

from benchmarks.peers.protocol import TREE, Reply, Request, contents, now, serve

BEGAN_S = now()
CHUNK_EVENTS = 500_000


def answer(request: Request, question) -> Reply:
    """Record the fills, make the plan, run it."""
    warnings.simplefilter("ignore")
    import boost_histogram as bh
    import graphed_histogram as gh
    import numpy as np
    import uproot
    from graphed.awkward import gak
    from graphed_executors.local import ProcessPoolExecutor

    events = uproot.graphed(dict.fromkeys(request.files, TREE))
    recorded = {}
    for index, (axes, filling) in enumerate(zip(question.histograms, question.columnar(events, gak, np), strict=True)):
        regular = [bh.axis.Regular(axis.n_bins, axis.low, axis.high) for axis in axes]
        histogram = gh.boost.Histogram(*regular, storage=bh.storage.Double())
        weight = {} if filling.weight is None else {"weight": filling.weight}
        histogram.fill(*filling.values, **weight)
        recorded[f"h{index}"] = histogram
    with uproot.open(f"{request.files[0]}:{TREE}") as tree:
        steps = max(1, tree.num_entries // CHUNK_EVENTS)
    plan = gh.plan(recorded, steps_per_file=steps)
    begun = now()
    found = gh.unpack(ProcessPoolExecutor(max_workers=request.workers).run(plan).value)
    return Reply(
        began_s=BEGAN_S,
        loop_begin_s=begun,
        loop_end_s=now(),
        histograms=contents(found[f"h{index}"] for index in range(len(question.histograms))),
    )


if __name__ == "__main__":
    serve(answer)
