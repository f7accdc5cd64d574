"""Testing: what overproof ships for tests and demonstrations, ours and yours.

Lives here: a clock that only moves when told, collisions made of dice, the sample of them that `make demo` reads, and
the files of the gallery of examples (room `gallery`).
Comes in: parameters and a seed. Goes out: ROOT files and arrays that are the same on every call.
Start with `sample.py`.
"""

from overproof.testing.gallery import Gallery, write_gallery
from overproof.testing.manual_clock import ManualClock
from overproof.testing.sample import Sample, write_sample

__all__ = ["Gallery", "ManualClock", "Sample", "write_gallery", "write_sample"]
