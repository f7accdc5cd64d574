"""overproof's command line: `overproof draw`, as one writes it in a terminal."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.peers.protocol import TREE, Reply, Request, now, serve

BEGAN_S = now()


def answer(request: Request, question) -> Reply:
    """Run the verb in this process, as the program `overproof` does, and read the document that it writes."""
    from overproof.engines.local.forking.planting import plant_early

    plant_early()  # as the program does, before it loads its command line
    from overproof.cli.main import main

    document = Path(request.reply).with_name("draw.json")
    code = main(words(request, question, document))
    ended = now()
    if code:
        raise RuntimeError(f"overproof draw: exit code {code}")
    said = json.loads(document.read_text(encoding="utf-8"))
    statistics = said["statistics"]
    return Reply(
        began_s=BEGAN_S,
        loop_begin_s=ended - (statistics["total_s"] - statistics["startup_s"]),
        loop_end_s=ended,
        histograms=[flat(said["contents"])],
        n_bytes=statistics["read_bytes"],
        path=statistics["path"],
    )


def words(request: Request, question, document: Path) -> list[str]:
    """Return the arguments of the command."""
    drawing, (axes,) = question.drawing, question.histograms
    bins = ",".join(f"{limit!r}" for axis in axes for limit in (axis.n_bins, axis.low, axis.high))
    said = ["draw", *(f"{path}:{TREE}" for path in request.files), drawing.expression, f"--bins={bins}"]
    said += ["--cut", drawing.cut] if drawing.cut else []
    said += ["--weight", drawing.weight] if drawing.weight else []
    return [*said, "--workers", str(request.workers), "--json", str(document), "--stats", "--quiet"]


def flat(contents) -> list[float]:
    """Return nested contents in one list, x outermost."""
    if not isinstance(contents, list):
        return [float(contents)]
    return [value for each in contents for value in flat(each)]


if __name__ == "__main__":
    serve(answer)
