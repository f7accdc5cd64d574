"""All tables of a campaign, in the order in which they are read."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from benchmarks.campaign.tables.cells import Case, has, loop, median, seconds, table, times, together, wall
from benchmarks.campaign.tables.targets import target_tables

PEERS = {"rdataframe": "RDataFrame", "coffea": "coffea", "graphed": "graphed", "awkward": "uproot + awkward"}
RUNNERS = {"runner-cold": "our Runner, cold", "runner": "our Runner", "futures": "coffea's Runner"}
NEW_PROCESS = {
    "cold-empty": "overproof, no kernels",
    "cold": "overproof, cold",
    "warm": "overproof, warm",
    "cached": "overproof, cached",
    "interpreted": "interpreted",
    "expression": "`op.compile`",
    "command-empty": "command, no kernels",
    "command": "command",
}
SESSION = {"again": "again", "again-cached": "again, cached"}
SHOWN = NEW_PROCESS | PEERS | RUNNERS
READERS = {"decompression": "decompression", "reading": "reading", "reading-cached": "reading, cached"}


def all_tables(document: dict[str, Any]) -> str:
    """Return all tables of a document, each under a title."""
    cases = sorted(document["cases"], key=lambda case: (case["events"], case["sample"], case["question"]))
    parts = [_machine(document), *target_tables(cases)]
    if any(has(case, "reading") for case in cases):
        parts.append("## Reading alone\n\n" + reading_table(cases))
    if document["startup"]:
        parts.append("## Start-up\n\n" + startup_table(document["startup"]))
    for sample in dict.fromkeys(case["sample"] for case in cases):
        own = [case for case in cases if case["sample"] == sample]
        if any(has(case, name) for case in own for name in SHOWN):
            parts.append(f"## {sample}\n\n{_of_sample(own)}")
    if cases:
        parts.append("## Memory\n\n" + memory_table(cases))
        parts.append("## Answers\n\n" + answers_table(cases))
    if failures := _failures(cases):
        parts.append("## What gave no answer\n\n" + failures)
    return "\n\n".join(parts) + "\n"


def reading_table(cases: Iterable[Case]) -> str:
    """Show readers beside decompression: what they take more, and what the cache saves."""
    head = ("sample", "question", "compressed", "decompression", "with `pread`", "reading", "over decompression",
            "cached", "cache saves")  # fmt: skip
    rows = []
    for case in cases:
        limit, reading, cached = (loop(case, name) for name in READERS)
        if limit is None or reading is None or not together(case, "decompression", "reading"):
            continue
        found = case["outcomes"]["decompression"]
        rows.append(
            (
                case["sample"],
                case["question"],
                f"{found['read_bytes'] / 1e6:.0f} MB",
                seconds(limit),
                seconds(median(case, "decompression", "with_reading_s")),
                seconds(reading),
                f"{reading / limit:.2f}x",
                seconds(cached),
                "-" if not cached else f"{reading / cached:.0f}x",
            )
        )
    return table(head, rows)


def startup_table(rows: Sequence[dict[str, Any]]) -> str:
    """Show how soon a first block came, beside what importing numpy takes."""
    head = ("file", "metadata", "first block: median", "fastest", "slowest of ten", "a column of it", "answer",
            "`import numpy`")  # fmt: skip
    numpy = {row["file"]: statistics.median(row["ended"]) for row in rows if row["state"] == "numpy"}
    lines = [
        (
            row["file"],
            row["state"],
            seconds(statistics.median(row["handed"])),
            seconds(min(row["handed"])),
            seconds(sorted(row["handed"])[min(len(row["handed"]) - 1, (9 * len(row["handed"])) // 10)]),
            seconds(statistics.median(row["touched"])),
            seconds(statistics.median(row["answered"])),
            seconds(numpy[row["file"]]),
        )
        for row in rows
        if row["state"] != "numpy"
    ]
    return table(head, lines)


def _of_sample(cases: Sequence[Case]) -> str:
    parts = [
        "Whole time, new process, seconds; behind it, how many times that of overproof, warm.",
        _compared(cases, SHOWN, wall, base="warm"),
        "Loop alone, seconds; behind it, how many times that of overproof, warm.",
        _compared(cases, {"decompression": "decompression", **SHOWN}, loop, base="warm"),
        "Start-up: from the start of the process to the first events, seconds; median over the questions.",
        _start_table(cases),
    ]
    if any(has(case, name) for case in cases for name in SESSION):
        parts += ["The second question in the same session, seconds.", _compared(cases, SESSION, wall, base="again")]
    return "\n\n".join(parts)


def _compared(
    cases: Sequence[Case], names: dict[str, str], value: Callable[[Case, str], float | None], *, base: str
) -> str:
    """Show one number of several contenders, a row a question."""
    names = {name: shown for name, shown in names.items() if any(has(case, name) for case in cases)}
    rows = []
    for case in cases:
        reference = value(case, base)
        cells = []
        for name in names:
            found = value(case, name)
            ratio = f" ({times(found / reference)})" if found and reference and _is_beside(case, name, base) else ""
            cells.append(seconds(found) + ratio)
        rows.append((case["question"], *cells))
    return table(("question", *names.values()), rows)


def _start_table(cases: Sequence[Case]) -> str:
    names = {name: shown for name, shown in SHOWN.items() if any(has(case, name) for case in cases)}
    found = [[each for case in cases if (each := median(case, name, "start_s")) is not None] for name in names]
    return table(tuple(names.values()), [tuple(seconds(statistics.median(each)) if each else "-" for each in found)])


def memory_table(cases: Iterable[Case]) -> str:
    """Show the largest peak of private memory over all questions of a sample: of a worker, of the first process."""
    cases = list(cases)
    names = READERS | NEW_PROCESS | PEERS
    names = {name: shown for name, shown in names.items() if any(has(case, name) for case in cases)}
    samples: dict[str, list[Case]] = {}
    for case in cases:
        samples.setdefault(case["sample"], []).append(case)
    rows = []
    for sample, own in samples.items():
        cells = []
        for name in names:
            peaks = [case["outcomes"][name] for case in own if has(case, name)]
            worker = max((each["worker_bytes"] for each in peaks), default=0)
            main = max((each["main_bytes"] for each in peaks), default=0)
            cells.append(f"{worker / 1e6:.0f} / {main / 1e6:.0f}" if peaks else "-")
        rows.append((sample, *cells))
    return "MB, of the largest worker / of the first process.\n\n" + table(("sample", *names.values()), rows)


def answers_table(cases: Iterable[Case]) -> str:
    """Show how many answers were the same, and how far the others were off."""
    rows = []
    for name, shown in SHOWN.items():
        found = [case["outcomes"][name] for case in cases if has(case, name)]
        if found:
            same = sum(each["is_same"] for each in found)
            worst = max(each["moved"] for each in found)
            rows.append((shown, str(len(found)), str(same), f"{worst:.1e}" if worst else "0"))
    return table(("answers of", "cases", "the same to the last bit", "most fills in other bins"), rows)


def _machine(document: dict[str, Any]) -> str:
    machine = document["machine"]
    versions = [
        f"{name}: {', '.join(f'{package} {version}' for package, version in found.items())}"
        for name, found in document["versions"].items()
    ]
    outcomes = [outcome for case in document["cases"] for outcome in case["outcomes"].values()]
    measured = sorted({each["commit"] for each in [*outcomes, *document["startup"]]})
    where = f"{machine.get('cores')} cores of {machine.get('processor')}, {machine.get('memory_bytes', 0) / 1e9:.0f} GB"
    return "\n".join([f"Measured on {where}, commit {', '.join(measured)}.", "", *(f"- {each}" for each in versions)])


def _failures(cases: Iterable[Case]) -> str:
    lines = [
        f"- {case['sample']}, {case['question']}, {name}: {outcome['failure']}"
        for case in cases
        for name, outcome in case["outcomes"].items()
        if outcome["failure"]
    ]
    return "\n".join(lines)


def _is_beside(case: Case, name: str, base: str) -> bool:
    return name != base and together(case, name, base)
