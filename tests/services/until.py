"""Waiting for what other processes do, and no longer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

LOOK_S = 0.05


def wait_until(is_so: Callable[[], object], otherwise: str, *, within_s: float = 60.0) -> None:
    """Look again and again until something is so; fail with a sentence when it does not become so in time."""
    deadline_s = time.monotonic() + within_s
    never = threading.Event()
    while not is_so():
        assert time.monotonic() < deadline_s, otherwise
        never.wait(LOOK_S)
