"""Draws as machine code: one function for all that a draw does with a block, without arrays in between.

Lives here: what a function is compiled for and called with (`block.py`, `columns.py`), formulas (`formulas.py`) and the
rows of a plan (`rows.py`), the whole function (`work.py`), for histograms (`drawing.py`) and for rows (`listing.py`);
`loops/`, `functions/`, `fills/`, and `python/` for the other dialect. The rules are those of `kernels/evaluate.py`,
value by value in place of array by array; both give the same bits.
Comes in: plans, columns of a block. Goes out: sums of cells, or rows. Start with `drawing.py`; import names from their
files.
"""

__all__: list[str] = []
