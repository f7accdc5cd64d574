"""What was measured, kept in one JSON document that grows."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.environments import CHECKOUT

FORMAT = 2


class Results:
    """The document of a campaign; who is measured again replaces what he did before.

    Args:
        path: of the document; read when it is there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.document: dict[str, Any] = {"format": FORMAT, "machine": {}, "versions": {}, "cases": [], "startup": []}
        if path.exists():
            found = json.loads(path.read_text(encoding="utf-8"))
            if found.get("format") == FORMAT:
                self.document = found

    def describe(self, versions: dict[str, dict[str, str]]) -> None:
        """Say where, and with what, is measured."""
        self.document["machine"] = machine()
        self.document["versions"] |= versions
        self._write()

    def add_case(self, case: dict[str, Any]) -> None:
        """Keep one case: a question over a sample."""
        kept = [each for each in self.document["cases"] if _key(each) != _key(case)]
        before = next((each for each in self.document["cases"] if _key(each) == _key(case)), None)
        measured = {"measured": _now(), "commit": commit()}
        fresh = {name: outcome | measured for name, outcome in case["outcomes"].items()}
        outcomes = (before["outcomes"] if before else {}) | fresh
        self.document["cases"] = [*kept, {**case, "outcomes": outcomes}]
        self._write()

    def set_startup(self, rows: list[dict[str, Any]]) -> None:
        """Keep how fast first blocks came."""
        self.document["startup"] = [{**row, "commit": commit(), "measured": _now()} for row in rows]
        self._write()

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(self.document, indent=1) + "\n", encoding="utf-8")
        part.replace(self._path)


def machine() -> dict[str, Any]:
    """Describe this machine."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "memory_bytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        "system": f"{platform.system()} {platform.release()}",
    }


def commit() -> str:
    """Tell which version of the checkout this is."""
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def _key(case: dict[str, Any]) -> tuple[str, str]:
    return str(case["sample"]), str(case["question"])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
