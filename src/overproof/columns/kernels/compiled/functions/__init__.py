"""The functions of numbers and texts, as machine code: one value at a time.

Lives here: their table (table), numbers (numbers), whole numbers and bits (whole), ROOT's guards (guards), angles and
distributions (physics), and what is told of texts (texts). Each gives the bits that its namesake gives in
`kernels/functions.py`, `kernels/python/elementwise.py` or `kernels/texts`.
Comes in: a `Writer`, the name of a kernel, doubles. Goes out: a double that is written. Start with `table.py`.
"""

from overproof.columns.kernels.compiled.functions.table import function_names, write_function

__all__ = ["function_names", "write_function"]
