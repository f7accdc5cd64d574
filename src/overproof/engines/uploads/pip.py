"""What pip does for uploads: to find out what is needed beside what is there, and to build and unpack it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

from overproof.engines.uploads.upload import LOADED
from overproof.words.errors import EngineError

TIMEOUT_S: Final = 600.0
COMMAND: Final = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")


def needed_beside(what: str) -> tuple[list[str], list[str]]:
    """Find out what a package needs that is not there.

    Args:
        what: requirement, or path of a wheel or project.

    Returns:
        Exact requirements of all that is to be installed, `what` itself first where it is; and what users should know.

    Raises:
        EngineError: pip cannot tell, or it needs another version of what workers have loaded.
    """
    report = json.loads(_run([*COMMAND, "--dry-run", "--report", "-", what]))
    needed, remarks = [], []
    for item in report.get("install", ()):
        name, version = str(item["metadata"]["name"]), str(item["metadata"]["version"])
        there = installed_version(name)
        if name.replace("-", "_").lower() in LOADED and there != version:
            raise EngineError(f"needs {name} {version}, and workers have loaded {there}: ask for one that goes with it")
        if there not in (None, version):
            remarks.append(f"{name} {version} takes the place of {there}")
        needed.append(what if item.get("requested") else f"{name}=={version}")
    return sorted(needed, key=lambda each: each != what), remarks


def unpack(what: Sequence[str], target: Path) -> None:
    """Build and install packages into a directory of their own, without what they need.

    Raises:
        EngineError: pip cannot.
    """
    if what:
        _run([*COMMAND, "--no-deps", "--no-warn-conflicts", "--target", str(target), *what])


def installed_version(name: str) -> str | None:
    """Return the version of a package in this Python; None: it is not there."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _run(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(f"pip does not come to an end: {error}") from error
    if done.returncode:
        lines = [line for line in done.stderr.strip().splitlines() if not line.startswith(("WARNING", "[notice]"))]
        raise EngineError("pip says: " + (" ".join(lines[-3:]) or f"exit code {done.returncode}"))
    return done.stdout
