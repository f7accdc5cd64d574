"""Draws as selectors: plans of the draw language that a query can run.

Lives here: one file for each thing that becomes of rows.
Comes in: plans, then blocks of events. Goes out: outputs that can be added, at the end what the user asked for.
Start with `draw_selector.py`; import names from their files.
"""

__all__: list[str] = []
