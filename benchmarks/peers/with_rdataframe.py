"""ROOT's RDataFrame, with as many threads as there are workers."""

from __future__ import annotations

import os
import re
import tempfile
import warnings

from benchmarks.peers.protocol import TREE, Reply, Request, now, serve

BEGAN_S = now()
ELAPSED = re.compile(r"Finished event loop number \d+ \(.*?, ([\d.e+-]+)s elapsed\)")
"""What ROOT says of each loop when it is asked to; the compilation before it is start-up."""


def answer(request: Request, question) -> Reply:
    """Book the histograms, run one loop."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import ROOT
    ROOT.gROOT.SetBatch(True)
    ROOT.EnableImplicitMT(request.workers)
    if question.declared:
        ROOT.gInterpreter.Declare(question.declared)
    frame = ROOT.RDataFrame(TREE, list(request.files))
    booked = [
        book(ROOT, node, axes, names, weight, index)
        for index, (axes, (node, names, weight)) in enumerate(
            zip(question.histograms, question.dataframe(frame), strict=True)
        )
    ]
    said = run(ROOT, booked)
    ended = now()
    seconds = sum(float(match) for match in ELAPSED.findall(said))
    return Reply(
        began_s=BEGAN_S,
        loop_begin_s=ended - seconds,
        loop_end_s=ended,
        histograms=[flat(result.GetValue(), axes) for result, axes in zip(booked, question.histograms, strict=True)],
    )


def book(ROOT, node, axes, names, weight, index: int):
    """Book one histogram of one or two dimensions."""
    model = [f"h{index}", ""]
    for axis in axes:
        model += [axis.n_bins, axis.low, axis.high]
    fill = node.Histo1D if len(axes) == 1 else node.Histo2D
    return fill(tuple(model), *names, *([weight] if weight else []))


def run(ROOT, booked) -> str:
    """Run the loop; return what ROOT says about it."""
    verbosity = ROOT.ROOT.RLogScopedVerbosity(ROOT.Detail.RDF.RDFLogChannel(), ROOT.ROOT.ELogLevel.kInfo)
    kept = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            booked[0].GetValue()
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            del verbosity
        said.seek(0)
        return said.read().decode(errors="replace")


def flat(histogram, axes) -> list[float]:
    """Return the contents in one list, x outermost; ROOT has x innermost."""
    cells = histogram.GetArray()
    width, n_rows = axes[0].n_bins + 2, (axes[1].n_bins + 2 if len(axes) > 1 else 1)
    return [float(cells[row * width + column]) for column in range(width) for row in range(n_rows)]


if __name__ == "__main__":
    serve(answer)
