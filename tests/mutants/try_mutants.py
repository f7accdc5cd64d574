"""Break the master in one place at a time, and see that a test fails each time (`make mutants`).

Each mutant is a copy of the package in a directory of its own, put before the real one on Python's path; the working
tree is not touched. Say names of mutants to try only these.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mutants import MUTANTS, Mutant

CHECKOUT = Path(__file__).resolve().parents[2]
SOURCE = CHECKOUT / "src"
QUERY = CHECKOUT / "tests" / "query"
SEEDS = "tests/simulation/test_seeds.py"
TESTS = (
    *sorted(str(path) for path in QUERY.rglob("test_*.py") if not path.name.endswith("machine.py")),
    "tests/mutants/test_survivors.py",
    *(f"{SEEDS}::test_no_seed_hangs_or_counts_wrongly[{part}]" for part in range(6)),
    f"{SEEDS}::test_seeds_that_once_failed",
    "tests/simulation/test_makespan.py::test_a_worker_slower_than_everything_costs_nearly_nothing[100-20-5]",
    # Last, as they take their time to tell a failure in few words:
    *sorted(str(path) for path in QUERY.rglob("test_*machine.py")),
)
"""A quick choice, those first that tell most in little time."""
MOST_CPU_S = 120
"""A mutant whose tests take more processor time than this, many times what they should, does not end."""


def apply(mutant: Mutant, source: Path) -> None:
    """Change one place in a copy of the package.

    Raises:
        SystemExit: the place is not there, or there more than once.
    """
    path = source / "overproof" / "query" / mutant.file
    text = path.read_text(encoding="utf-8")
    if text.count(mutant.old) != 1:
        sys.exit(
            f"{mutant.name}: its text is {text.count(mutant.old)} times in {mutant.file}, not once: mend the table"
        )
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")


def run_tests(source: Path) -> tuple[int, str]:
    """Run a quick choice of tests on a copy; return pytest's exit code and what it printed."""
    environment = os.environ | {
        "PYTHONPATH": str(source),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(source.parent / "hypothesis"),
    }
    where = [sys.executable, "-c", "import overproof; print(overproof.__file__)"]
    found = subprocess.run(where, env=environment, capture_output=True, text=True, check=True).stdout.strip()
    if not found.startswith(str(source)):
        sys.exit(f"the package comes from {found}, not from the copy in {source}: PYTHONPATH is not heard")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=line", "-p", "no:cacheprovider", "-m", "not nightly"]
    limited = ["sh", "-c", f'ulimit -t {MOST_CPU_S}; exec "$@"', "sh", *command, *TESTS]
    done = subprocess.run(limited, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode < 0:
        return 1, f"FAILED the tests do not end, or die: signal {-done.returncode}"
    return done.returncode, done.stdout + done.stderr


def try_mutant(mutant: Mutant | None) -> tuple[bool, str]:
    """Run the tests on a mutant, or on a true copy for None; tell whether they failed, and in which test."""
    with tempfile.TemporaryDirectory(prefix="overproof-mutant-") as directory:
        source = Path(directory) / "src"
        shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("__pycache__"))
        if mutant is not None:
            apply(mutant, source)
        code, out = run_tests(source)
    failures = re.findall(r"^(?:FAILED|ERROR)\S* (\S.*?)(?: - .*)?$", out, flags=re.MULTILINE)
    if code not in (0, 1) and not failures:
        sys.exit(f"the tests could not be run:\n{out}")
    return code != 0, failures[0] if failures else out.strip().rsplit("\n", 1)[-1]


def main(arguments: Sequence[str]) -> int:
    """Try the mutants; return 0 when each makes a test fail."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="mutants to try; all when none is named")
    parser.add_argument("--cores", type=int, default=2, metavar="N", help="mutants tried at the same time (default 2)")
    asked = parser.parse_args(arguments)
    chosen = [mutant for mutant in MUTANTS if not asked.names or mutant.name in asked.names]
    if unknown := set(asked.names) - {mutant.name for mutant in MUTANTS}:
        parser.error(f"no mutant is called {', '.join(sorted(unknown))}")
    started_s = time.monotonic()
    fails, where = try_mutant(None)
    if fails:
        print(f"the tests fail without any mutant: {where}")
        return 1
    survivors = []
    with ThreadPoolExecutor(asked.cores) as pool:
        for mutant, (is_caught, test) in zip(chosen, pool.map(try_mutant, chosen), strict=True):
            survivors += [] if is_caught else [mutant]
            outcome = (
                f"caught    {mutant.name:<34}{test}" if is_caught else f"SURVIVES  {mutant.name:<34}{mutant.promise}"
            )
            print(outcome, flush=True)
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} mutants caught in {time.monotonic() - started_s:.0f} s")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
