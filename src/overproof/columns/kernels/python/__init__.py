"""Kernels of the Python dialect: awkward arrays of one block, computed in double.

Lives here: values that know their entries (values), functions element by element (elementwise) and of lists (lists),
brackets (picking), the walker (evaluate), and the rows of a block (rows).
Comes in: `PythonRows` and a block of events. Goes out: computed rows. Start with `rows.py`.
"""

__all__: list[str] = []
