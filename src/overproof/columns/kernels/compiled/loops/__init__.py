"""Implicit loops as they are written: one entry at a time.

Lives here: the loop (`loop.py`), how it is laid out (`passes.py`), and the element of a branch in a pass (`leaves.py`);
lists that are gone through as one (`flat.py`), and what is counted in them (`counted.py`). The rules are those of
`kernels/loops`.
Comes in: leaves of a plan, columns of the function. Goes out: passes and places. Start with `passes.py`; import names
from their files.
"""

__all__: list[str] = []
