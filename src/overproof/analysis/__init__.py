"""Analysis: what a question is, before any file is opened.

Lives here: the selector (the heir of TSelector) and the draw language, both pure logic.
Comes in: words, records. Goes out: selectors, and plans that `columns.kernels` turns into selectors.
Start with `selector.py`, then `draw/plan.py`.
"""

from overproof.analysis.selector import FunctionSelector, Selector

__all__ = ["FunctionSelector", "Selector"]
