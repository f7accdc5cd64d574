"""Kernels: plans of the draw language, computed on the columns of a block.

Lives here: columns as flat content and offsets (jagged), implicit loops (loop, passes), the one table of functions
(functions, libm), evaluation, filling by ROOT's rule, and the selector that does it all.
Comes in: a `DrawPlan` and a block of events. Goes out: a histogram.
Start with `draw_selector.py`; import names from their files, this door plate loads nothing.
"""

__all__: list[str] = []
