"""uproot and awkward in one process, as in a notebook."""

from __future__ import annotations

from benchmarks.peers.protocol import TREE, Reply, Request, contents, filled, now, serve

BEGAN_S = now()
CHUNK_EVENTS = 1_000_000


def answer(request: Request, question) -> Reply:
    """Go through the files, a million events at a time."""
    import awkward as ak
    import hist
    import numpy as np
    import uproot

    begun = now()
    total = None
    for path in request.files:
        with uproot.open({path: TREE}) as tree:
            for first in range(0, tree.num_entries, CHUNK_EVENTS):
                stop = min(first + CHUNK_EVENTS, tree.num_entries)
                events = tree.arrays(list(question.columns), entry_start=first, entry_stop=stop)
                some = filled(question, events, hist=hist, ak=ak, np=np)
                total = some if total is None else [one + two for one, two in zip(total, some, strict=True)]
    return Reply(began_s=BEGAN_S, loop_begin_s=begun, loop_end_s=now(), histograms=contents(total or []))


if __name__ == "__main__":
    serve(answer)
