"""The Python dialect as machine code: the rules of `kernels/python`, entry by entry in place of array by array.

Lives here: what a value is while a function is written (`contents.py`, of branches in `columns.py`), lists side by side
(`together.py`), lists that are kept in scratch memory (`scratch.py`), the walker (`formulas.py`) with brackets
(`picking.py`) and functions of lists (`lists.py`, `reducing.py`, `ordering.py`), and the rows of a plan (`rows.py`).
Comes in: `PythonRows` and the columns of a function. Goes out: rows, or a code where the interpreter has to decide.
Start with `rows.py`; import names from their files.
"""

__all__: list[str] = []
