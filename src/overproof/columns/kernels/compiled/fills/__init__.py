"""What becomes of rows as they are written: sums of cells, or the rows themselves.

Lives here: the bin of a value (`bins.py`), sums of cells (`cells.py`), rows that leave the function (`spill.py`).
Comes in: rows. Goes out: arrays that the function adds to. Start with `cells.py`; import names from their files.
"""

__all__: list[str] = []
