"""ROOT in a process of its own, which may crash or hang without harm."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from questions import Question

CHILD = Path(__file__).with_name("root_child.py")
ANSWER = b"answer: "
PATIENCE_S = 60.0
VARIABLE = "OVERPROOF_TEST_ROOT"


@functools.cache
def python_with_root() -> str | None:
    """Return a Python that imports ROOT: that of the environment variable, this one, or `python3`; None without."""
    candidates = [os.environ.get(VARIABLE), sys.executable, shutil.which("python3"), "/usr/bin/python3"]
    for candidate in filter(None, candidates):
        try:
            found = subprocess.run([candidate, "-c", "import ROOT"], capture_output=True, timeout=120, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if found.returncode == 0:
            return candidate
    return None


class RootDied(Exception):
    """ROOT crashed or hung over an order."""


class RootProcess:
    """Puts orders to a child that runs ROOT; a dead child is replaced at the next order."""

    def __init__(self, python: str, data: Path) -> None:
        self.command = [python, str(CHILD), str(data)]
        self.child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> RootProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def ask(self, question: Question) -> Any:
        """Return the answer of `ask_root.ask`.

        Raises:
            RootDied: the question killed it.
        """
        return self.order({"verb": "ask", "question": dataclasses.asdict(question)})

    def order(self, order: dict[str, Any]) -> Any:
        """Send one order and wait for what comes back."""
        if self.child is None:
            self.child = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        assert self.child.stdin is not None
        try:
            self.child.stdin.write(json.dumps(order).encode() + b"\n")
            self.child.stdin.flush()
            return json.loads(self._answer(self.child))
        except (BrokenPipeError, EOFError) as death:
            self._end()
            raise RootDied(type(death).__name__) from None

    def _answer(self, child: subprocess.Popen[bytes]) -> bytes:
        assert child.stdout is not None
        watch = threading.Timer(PATIENCE_S, child.kill)
        watch.start()
        try:
            for line in child.stdout:
                if line.startswith(ANSWER):
                    return line.removeprefix(ANSWER)
        finally:
            watch.cancel()
        raise EOFError

    def _end(self) -> None:
        if self.child is not None:
            self.child.kill()
            self.child.communicate()
            self.child = None
