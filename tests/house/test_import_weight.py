"""`import overproof` loads nothing heavy."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = {"awkward", "boost_histogram", "coffea", "fsspec", "hist", "matplotlib", "mplhep", "numba", "rich", "uproot"}


def loaded_after(statement: str) -> set[str]:
    """Run a statement in a fresh interpreter and list the top-level packages that it loaded."""
    code = (
        f"{statement}\nimport json, sys\nprint(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(json.loads(done.stdout))


def test_import_overproof_is_light() -> None:
    """After `import overproof` none of the heavy libraries is loaded."""
    assert loaded_after("import overproof") & HEAVY == set()


def test_the_test_would_see_a_heavy_import() -> None:
    """The law above can fail: a heavy library that is imported shows."""
    assert "hist" in loaded_after("import hist")
