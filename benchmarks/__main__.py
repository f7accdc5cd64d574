"""`python -m benchmarks`: make samples and environments where they are absent, measure, write tables."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks.campaign.contenders import CONTENDERS
from benchmarks.campaign.plans import PLANS, Part
from benchmarks.campaign.results import Results
from benchmarks.campaign.rounds import as_document, measure
from benchmarks.campaign.run import Stage
from benchmarks.campaign.startup import measure_startup
from benchmarks.campaign.tables.pages import put_into
from benchmarks.campaign.tables.whole import all_tables
from benchmarks.environments import CHECKOUT, PACKAGES, Environment, NoEnvironmentError, environment
from benchmarks.questions import QUESTIONS
from benchmarks.samples import Sample
from benchmarks.samples.making import Maker, shrunk

SHARED_MEMORY = Path("/dev/shm")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return an exit code."""
    options = parse(arguments)
    options.directory.mkdir(parents=True, exist_ok=True)
    with (options.directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"another campaign runs in {options.directory}: wait for its end", file=sys.stderr)
            return 2
        return campaign(options)


def campaign(options: argparse.Namespace) -> int:
    """Measure, and write what came out."""
    results = Results(options.output or options.directory / "results.json")
    if not options.only_tables:
        run(options, results)
    tables = all_tables(results.document)
    (options.directory / "results.md").write_text(tables, encoding="utf-8")
    for page in options.page:
        put_into(page, results.document)
    print(tables)
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--plan", choices=[*PLANS, "startup", "none"], default="quick", help="what to measure")
    parser.add_argument("--samples", help="only these: source-format-compression, with commas; * for any part")
    parser.add_argument("--files", type=int, help="files of every sample")
    parser.add_argument("--pieces", type=int, help="pieces of every file; without ROOT there is one")
    parser.add_argument("--piece-events", type=int, help="events of every piece")
    parser.add_argument("--questions", help=f"only these, with commas: {', '.join(QUESTIONS)}")
    parser.add_argument("--contenders", help=f"only these, with commas: {', '.join(CONTENDERS)}")
    parser.add_argument("--rounds", type=int, help="timed runs of each contender")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)), help="(default: all cores)")
    parser.add_argument("--directory", type=Path, default=CHECKOUT / ".benchmarks", help="where everything is kept")
    parser.add_argument("--data", type=Path, default=_shared_data(), help="real ROOT files (default: %(default)s)")
    parser.add_argument("--environment", action="append", default=[], metavar="NAME=PYTHON",
                        help=f"an interpreter that is there already, of: {', '.join(PACKAGES)}")  # fmt: skip
    parser.add_argument("--output", type=Path, help="the JSON document (default: results.json in the directory)")
    parser.add_argument("--page", type=Path, action="append", default=[], help="put the tables into this page")
    parser.add_argument("--only-samples", action="store_true", help="make samples and environments, measure nothing")
    parser.add_argument("--only-tables", action="store_true", help="measure nothing, write tables of what there is")
    options = parser.parse_args(arguments)
    options.directory = options.directory.resolve()
    return options


def run(options: argparse.Namespace, results: Results) -> None:
    """Make what is needed, then measure."""
    parts = chosen(options)
    names = {"overproof"} | {CONTENDERS[name].environment for part in parts for name in part.contenders}
    if any(sample.format == "rntuple" or sample.pieces > 1 for part in parts for sample in part.samples):
        names.add("root")
    found = environments(sorted(names), options)
    results.describe({name: each.versions for name, each in found.items()})
    pythons = {name: each.python for name, each in found.items()}
    maker = Maker(
        below=options.directory, data=options.data, root=pythons.get("root"), n_processes=options.workers, say=say
    )
    cache = Path(tempfile.mkdtemp(prefix="overproof-bench-", dir=SHARED_MEMORY if SHARED_MEMORY.is_dir() else None))
    stage = Stage(below=options.directory, cache=cache, pythons=pythons, workers=options.workers)
    try:
        for part in parts:
            for each in part.samples:
                measure_sample(part, each, maker=maker, stage=stage, results=results, options=options)
        if options.plan in ("startup", "quick", "full") and not options.only_samples:
            results.set_startup(measure_startup(stage, options.data, rounds=options.rounds or 11, say=say))
    finally:
        shutil.rmtree(cache, ignore_errors=True)


def measure_sample(
    part: Part, sample: Sample, *, maker: Maker, stage: Stage, results: Results, options: argparse.Namespace
) -> None:
    """Measure all questions of a part over one sample."""
    try:
        files = maker.make(sample)
    except NoEnvironmentError as missing:
        if sample.format == "rntuple":
            say(f"left out: {missing}")
            return
        sample = shrunk(sample)
        say(f"{missing}: measuring {sample.name} instead")
        files = maker.make(sample)
    if options.only_samples:
        return
    contenders = [CONTENDERS[name] for name in part.contenders]
    contenders = [each for each in contenders if each.environment in stage.pythons and sample.format in each.formats]
    stage.forget_files()
    for question in part.questions:
        begun = time.monotonic()
        say(f"{sample.name}, {question}")
        able = [each for each in contenders if QUESTIONS[question].drawing or not each.draws_only]
        outcomes = measure(stage, able, question=question, files=files, rounds=part.rounds, say=say)
        results.add_case(
            {
                "sample": sample.name,
                "events": sample.n_events,
                "spread": asdict(sample),
                "question": question,
                "title": QUESTIONS[question].title,
                "outcomes": {name: as_document(outcome) for name, outcome in outcomes.items()},
            }
        )
        walls = ", ".join(f"{name} {each.median('wall_s'):.2f}" for name, each in outcomes.items() if each.times)
        say(f"  {walls} ({time.monotonic() - begun:.0f} s)")


def chosen(options: argparse.Namespace) -> list[Part]:
    """Cut a plan down to what is asked for."""
    parts = []
    for part in PLANS.get(options.plan, ()):
        samples = [_resized(each, options) for each in part.samples if _is_chosen(each, options.samples)]
        cut = replace(
            part,
            samples=tuple(dict.fromkeys(samples)),
            questions=_picked(part.questions, options.questions),
            contenders=_picked(part.contenders, options.contenders),
            rounds=options.rounds or part.rounds,
        )
        if cut.samples and cut.questions and cut.contenders:
            parts.append(cut)
    return parts


def environments(names: Sequence[str], options: argparse.Namespace) -> dict[str, Environment]:
    """Return the environments that there are; say why others are not."""
    given = {name: Path(python) for name, _, python in (each.partition("=") for each in options.environment)}
    found = {}
    for name in names:
        try:
            found[name] = environment(name, below=options.directory, given=given)
        except NoEnvironmentError as missing:
            say(f"left out: {missing}")
    return found


def say(text: str) -> None:
    """Tell what happens, on standard error."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def _picked(names: Sequence[str], wanted: str | None) -> tuple[str, ...]:
    return tuple(names) if wanted is None else tuple(name for name in names if name in wanted.split(","))


def _is_chosen(sample: Sample, wanted: str | None) -> bool:
    return wanted is None or any(Path(sample.kind).match(each) for each in wanted.split(","))


def _resized(sample: Sample, options: argparse.Namespace) -> Sample:
    return replace(
        sample,
        n_files=options.files or sample.n_files,
        pieces=options.pieces or sample.pieces,
        piece_events=options.piece_events or sample.piece_events,
    )


def _shared_data() -> Path:
    return Path(os.environ.get("OVERPROOF_TEST_DATA", CHECKOUT.parent / "shared" / "data"))


if __name__ == "__main__":
    # What was begun is cleaned up, as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
