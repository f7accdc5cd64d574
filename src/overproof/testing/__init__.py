"""Testing: what overproof ships for tests and demonstrations, ours and yours.

Lives here: a clock that only moves when told, collisions made of dice, and the sample of them that `make demo` reads.
Comes in: parameters and a seed. Goes out: ROOT files and arrays that are the same on every call.
Start with `sample.py`.
"""

from overproof.testing.manual_clock import ManualClock
from overproof.testing.sample import Sample, write_sample

__all__ = ["ManualClock", "Sample", "write_sample"]
