"""Whether overproof is as fast as it shall be: beside others, and beside what the machine can do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.campaign.tables.cells import Case, loop, seconds, table, together, wall

MANY_EVENTS = 40_000_000
FEW_EVENTS = 4_000_000

PEERS = {"rdataframe": "RDataFrame", "coffea": "coffea", "graphed": "graphed"}

BESIDE: dict[str, dict[str, float]] = {
    "adl1": {"loop": 5, "rdataframe": 3, "coffea": 4, "graphed": 1.5},
    "adl3": {"loop": 8, "rdataframe": 4, "coffea": 3, "graphed": 2},
    "adl4": {"loop": 8, "rdataframe": 4, "coffea": 3, "graphed": 2},
}
"""How many times as fast overproof shall be over 40 million events: in the loop, and on the whole as each peer."""

COMMAND = {"command": 1 / 3, "command-empty": 1 / 2}
"""What share of RDataFrame's whole time `overproof draw` may take over 4 million events."""

RUNS = ("runner-cold", "runner")
RUNNER = 2.0
"""How many times as fast a processor shall be in our Runner as in coffea's, imports included."""

OVER_LIMIT = {"zstd": 1.3, "zlib": 1.3, "lz4": 1.3, "lzma": 1.15}
"""How many times decompression and kernel together the loop may take, by compression."""
CACHED_OVER_KERNEL = 1.5


def target_tables(cases: Iterable[Case]) -> list[str]:
    """Return a table for each kind of target that something was measured for, each under a title."""
    found = list(cases)
    made = (
        ("Beside others, 40 million events", beside_table(found)),
        ("The command, 4 million events", command_table(found)),
        ("Processors of coffea", runner_table(found)),
        ("Beside the limit", limit_table(found)),
    )
    return [f"## {title}\n\n{text}" for title, text in made if text]


def beside_table(cases: Sequence[Case]) -> str:
    """Show how many times as fast overproof is as others; empty where nothing was measured."""
    rows = []
    for case in cases:
        if case["events"] != MANY_EVENTS or not any(together(case, "warm", peer) for peer in PEERS):
            continue
        wanted = BESIDE.get(case["question"], {})
        cells = [_ratio(loop(case, "rdataframe"), loop(case, "warm"), wanted.get("loop"), case, "rdataframe")]
        cells += [_ratio(wall(case, peer), wall(case, "warm"), wanted.get(peer), case, peer) for peer in PEERS]
        rows.append((case["sample"], case["question"], *cells))
    head = ("sample", "question", "loop: RDataFrame", *(f"whole: {name}" for name in PEERS.values()))
    return _said("Times that of overproof, warm; behind it what is wanted, at least.", head, rows)


def runner_table(cases: Sequence[Case]) -> str:
    """Show what coffea's own Runner takes beside ours; empty where nothing was measured."""
    rows = []
    for case in cases:
        if any(together(case, name, "futures") for name in RUNS):
            theirs = wall(case, "futures")
            cells = [_ratio(theirs, wall(case, name), RUNNER, case, "futures", name=name) for name in RUNS]
            rows.append((case["sample"], case["question"], seconds(theirs), *cells))
    said = "Times that of overproof, as whole processes with imports, two workers each; behind it what is wanted."
    return _said(said, ("sample", "question", "coffea", "of ours, cold", "of ours, files remembered"), rows)


def command_table(cases: Sequence[Case]) -> str:
    """Show what `overproof draw` takes beside RDataFrame, with nothing known of the files."""
    rows = []
    for case in cases:
        theirs = wall(case, "rdataframe")
        measured = [name for name in COMMAND if together(case, name, "rdataframe")]
        if case["events"] != FEW_EVENTS or theirs is None or not measured:
            continue
        cells = []
        for name, most in COMMAND.items():
            ours = wall(case, name) if name in measured else None
            cells.append("-" if ours is None else f"{seconds(ours)}, {_share(ours / theirs, most)}")
        rows.append((case["sample"], case["question"], *cells, seconds(theirs)))
    head = ("sample", "question", "`overproof draw`", "no kernels kept", "RDataFrame")
    return _said("Whole time, seconds, and the share of RDataFrame's; behind it what is wanted, at most.", head, rows)


def limit_table(cases: Sequence[Case]) -> str:
    """Show the loop beside decompression and kernel, each alone on all cores."""
    rows = []
    for case in cases:
        limit, kernel, warm = (loop(case, name) for name in ("decompression", "kernel", "warm"))
        if limit is None or kernel is None or warm is None or not together(case, "decompression", "kernel", "warm"):
            continue
        most = OVER_LIMIT.get(str(case["spread"]["compression"]) if case["question"] in BESIDE else "")
        cached = loop(case, "cached") if together(case, "kernel", "cached") else None
        over = "-" if cached is None else _share(cached / kernel, CACHED_OVER_KERNEL if most else None)
        rows.append(
            (
                case["sample"],
                case["question"],
                seconds(limit),
                seconds(kernel),
                seconds(warm),
                _share(warm / (limit + kernel), most),
                seconds(cached),
                over,
            )
        )
    head = ("sample", "question", "decompression", "kernel", "loop", "over both", "cached loop", "over the kernel")
    return _said("Seconds; behind what is how many times as long, what is wanted, at most.", head, rows)


def _said(words: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return f"{words}\n\n{table(head, rows)}" if rows else ""


def _ratio(
    theirs: float | None, ours: float | None, least: float | None, case: Case, peer: str, *, name: str = "warm"
) -> str:
    """Write how many times as fast; in bold what misses its target."""
    if theirs is None or ours is None or not together(case, name, peer):
        return "-"
    found = f"{theirs / ours:.1f}x"
    if least is None:
        return found
    return f"{found} ({least:g}x)" if theirs / ours >= least else f"**{found}** ({least:g}x)"


def _share(share: float, most: float | None) -> str:
    """Write a share; in bold what misses its target."""
    found = f"{share:.2f}x"
    if most is None:
        return found
    return f"{found} ({most:.2f}x)" if share <= most else f"**{found}** ({most:.2f}x)"
