"""Expressions of the draw language for selectors: `op.compile`.

Lives here: what a selector calls (`expression.py`), what it may name in the events it is given (`offered.py`), and as
what its values come out (`forms.py`).
Comes in: texts, then events of a block. Goes out: arrays with one item for each entry, or the values alone.
Start with `expression.py`; import names from their files.
"""

__all__: list[str] = []
