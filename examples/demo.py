"""What `make demo` runs: write a sample of collisions, find the Z in it with every core, draw it."""

import argparse
import sys
from pathlib import Path

from zpeak import ZPeak

import overproof as op
from overproof.outputs.save import save_outputs
from overproof.session.show.summary import account_text, statistics_text
from overproof.session.show.terminal import terminal_picture
from overproof.testing import Sample, write_sample

DEFAULT_EVENTS = 2_000_000


def main() -> None:
    arguments = parse_arguments()
    here = arguments.directory
    name = "sample" if arguments.events == DEFAULT_EVENTS else f"sample-{arguments.events}"
    sample = write_sample(here / name, n_events=arguments.events, on_file=say_file)
    say_sample(sample)

    with op.Session() as session:
        print(f"running ZPeak over {sample.dataset} with {session.n_workers} workers")
        result = session.process(ZPeak(), sample.dataset)

    print(f"\n{terminal_picture(result['mass'])}\n")
    for cut, n_events in result["cutflow"].items():
        print(f"{n_events:>12,}  {cut}")
    print(f"\n{statistics_text(result.statistics)}")
    print(account_text(result.account, excluded=result.excluded, missing=result.missing))

    picture, histograms = here / "zpeak.png", here / "zpeak.root"
    op.plot({name: result[name] for name in ("mass", "pt")}, picture)
    save_outputs(histograms, result.outputs)
    print(f"\npicture     {picture}\nhistograms  {histograms}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=DEFAULT_EVENTS, help="size of the sample (default: %(default)s)")
    parser.add_argument("--directory", type=Path, default=Path("demo"), help="where to write (default: %(default)s)")
    return parser.parse_args()


def say_file(n_written: int, n_files: int) -> None:
    if sys.stdout.isatty():
        end = "" if n_written < n_files else "\n"
        print(f"\rwriting the sample: file {n_written} of {n_files}", end=end, flush=True)


def say_sample(sample: Sample) -> None:
    state = "kept from last time" if sample.was_there else "written"
    print(
        f"sample of {sample.n_events:,} events in {sample.n_files} files, {sample.size_bytes / 1e6:.0f} MB, "
        f"in {sample.directory}: {state}"
    )


if __name__ == "__main__":
    main()
