"""coffea's own tests of executors and processors, with our executor put in.

They come from a checkout of coffea, or from its source distribution, which the environment variable
`OVERPROOF_TEST_COFFEA` names. Of them do not apply: `test_parsl.py`, `test_taskvine_*.py` and what asks for a client of
Dask. They start schedulers of other projects, through other executors of coffea, and test these.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(os.environ.get("OVERPROOF_TEST_COFFEA", "/nowhere"))
HERE = Path(__file__).resolve().parent

FILES = {
    "test_local_executors.py": 323,
    "test_processor.py": 2,
    "test_checkpointing.py": 2,
    "test_preloading.py": 2,
    "test_workitem.py": 1,
    "test_accumulators.py": 3,
}
"""Their files, and how many tests must have passed in each, so that none is passed over."""

OF_POOLS = ("test_futures_mergepool_forms", "test_tailtimeout_deprecation_warns_once")
"""Five tests of how `FuturesExecutor` keeps what it is told of its pools of futures, of which ours has none."""


@pytest.mark.nightly
@pytest.mark.parametrize("name", FILES)
def test_their_tests_pass_with_our_executor(name: str) -> None:
    """Every test passes in which one of coffea's local executors is asked for, and gets ours."""
    if not (CHECKOUT / "tests" / name).exists():
        pytest.skip("OVERPROOF_TEST_COFFEA names no checkout of coffea with its tests")
    search_path = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "put_in", "-p", "no:cacheprovider", "-q", f"tests/{name}",
         *(f"--deselect=tests/{name}::{each}" for each in OF_POOLS)],
        cwd=CHECKOUT, env={**os.environ, "PYTHONPATH": search_path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = done.stdout.strip().splitlines()
    passed = re.search(r"(\d+) passed", said[-1] if said else "")
    assert done.returncode == 0, "\n".join([*said[-40:], done.stderr])
    assert passed is not None
    assert int(passed[1]) >= FILES[name]
