"""The draw language: one line of text becomes a typed plan.

Lives here: the request as it is written, the rows that a kernel computes, and the plan of a histogram; below them the
grammar of ROOT's TTree::Draw (`language`), names and branches (`names`), and axes (`axes`). Pure logic: no arrays, no
files.
Comes in: expressions, cuts, weights, binnings, and the schema of a tree. Goes out: a `DrawPlan`, or `Rows`.
Start with `plan.py`; what is known is listed in `language/vocabulary.py` and in the page on the draw language.
"""

from overproof.analysis.draw.plan import DrawPlan, make_plan, plan_of
from overproof.analysis.draw.request import DrawRequest, read_request
from overproof.analysis.draw.rows import Rows, make_rows

__all__ = ["DrawPlan", "DrawRequest", "Rows", "make_plan", "make_rows", "plan_of", "read_request"]
