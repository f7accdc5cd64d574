"""Samples: events to ask questions to, in files as experiments write them.

Lives here: which samples there are (`sample.py`), events from dice (`generated.py`), from real files (`resampled.py`)
and real files as they are (`copied.py`), numbers as coarse as NanoAOD keeps them (`rounding.py`), pieces of files
(`pieces.py`), and what ROOT makes of them in its own environment: pages, and whole files (`with_root.py`). `making.py`
does all of it.
Comes in: names of samples, a directory. Goes out: files, and a manifest that says that they are whole. Start with
`making.py`.
"""

from benchmarks.samples.sample import COMPRESSIONS, FORMATS, SOURCES, Sample

__all__ = ["COMPRESSIONS", "FORMATS", "SOURCES", "Sample"]
