"""The clock that only moves when told."""

from __future__ import annotations

import pytest

from overproof.testing import ManualClock


def test_time_stands_still_until_it_is_advanced() -> None:
    """The clock shows its start, and what was added to it, and nothing else."""
    clock = ManualClock(5.0)
    assert [clock.now(), clock.now()] == [5.0, 5.0]
    clock.advance(1.5)
    assert clock.now() == 6.5


def test_time_never_goes_back() -> None:
    """A negative duration is refused and leaves the clock as it is."""
    clock = ManualClock(1.0)
    with pytest.raises(ValueError, match="cannot be advanced by -1 s"):
        clock.advance(-1)
    assert clock.now() == 1.0
