"""Draws as machine code: one function for all that a draw does with a block, without arrays in between.

Lives here: the columns that a function takes (`columns.py`), the implicit loop (`loop.py`, laid out in `passes.py`), the
element of a branch in a pass (`leaves.py`), formulas (`formulas.py`) and what they call (`functions.py`), and the rows of
a plan (`rows.py`). The rules are those of `kernels/loops` and `kernels/evaluate.py`, value by value in place of array by
array; both give the same bits.
Comes in: plans, columns of a block. Goes out: sums of cells, or rows. Start with `rows.py`; import names from their files.
"""

__all__: list[str] = []
