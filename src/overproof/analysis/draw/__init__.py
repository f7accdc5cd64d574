"""The draw language: one line of text becomes a typed plan.

Lives here: the grammar of ROOT's TTree::Draw (tokens, syntax, grammar), its words (vocabulary), binning, and the
plan that a kernel can evaluate on arrays. Pure logic: no arrays, no files.
Comes in: an expression, a cut, a weight, a binning, and the schema of a tree. Goes out: a `DrawPlan`.
Start with `plan.py`; what is known is listed in `vocabulary.py` and in the page on the draw language.
"""

from overproof.analysis.draw.binning import Binning, parse_bins
from overproof.analysis.draw.plan import DrawPlan, make_plan

__all__ = ["Binning", "DrawPlan", "make_plan", "parse_bins"]
