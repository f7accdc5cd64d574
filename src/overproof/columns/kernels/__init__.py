"""Kernels: plans of the draw language, computed on the columns of a block.

Lives here: columns as flat content and offsets (`jagged.py`), implicit loops (`loops/`), the one table of functions
(`functions.py`), evaluation (`evaluate.py`; of Python `python/`), texts (`texts/`), filling by ROOT's rule (`fills/`),
the same as machine code (`compiled/`), the selectors that histograms, tables, counts, entry lists and limits come from
(`selectors/`), and the expressions that selectors of users call (`expressions/`).
Comes in: a plan and a block of events. Goes out: the outputs of the block.
Start with `selectors/draw_selector.py`; import names from their files, this door plate loads nothing.
"""

__all__: list[str] = []
