"""Sessions over outposts that a test has in its hands."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import overproof as op

sys.path.insert(0, str(Path(__file__).parent))

pytest.importorskip("cryptography", reason="cryptography is not installed: outposts prove themselves by it")

from landlord import Landlord, descendants

PR_SET_CHILD_SUBREAPER = 36


@pytest.fixture
def nobody_is_left() -> Iterator[set[int]]:
    """Give the descendants of before, and see to it that no other one is left, orphans among them."""
    adopt_orphans(1)
    known = set(descendants(os.getpid()))
    yield known
    deadline_s = time.monotonic() + 20.0
    while left := set(descendants(os.getpid())) - known:
        assert time.monotonic() < deadline_s, f"{left} are left"
    adopt_orphans(0)


def adopt_orphans(adopts: int) -> None:
    """Become the parent of descendants whose parents have died, or no more."""
    assert ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, adopts, 0, 0, 0) == 0


@pytest.fixture
def session_over(nobody_is_left: set[int], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Give sessions over the outposts of a landlord."""
    from overproof.engines.outposts import OutpostCrew

    with ExitStack() as stack:

        def opened(landlord: Landlord, **options: Any) -> Any:
            crew = OutpostCrew(landlord, **options)
            monkeypatch.setattr("overproof.session.connection.hire_crew", lambda *_, **__: crew)
            return stack.enter_context(op.Session("local", progress=False))

        yield opened
