"""Outputs: what "+" means, exact sums, and what becomes of a result.

Lives here: order-free sums of doubles (`sums.py`), the kinds of outputs (`kinds/`), the un-rounded state of a query
(`state.py`), its way to other processes and to files (`wire.py`) in small pieces (`cells.py`), its rendering as JSON
(`document.py`) and as files (`save.py`).
Comes in: what selectors return, block by block. Goes out: values in the user's types, documents, files.
Import names from their files: whoever adds outputs loads none of what shows and saves them. Start with `state.py`,
then `kinds/kind.py`.
"""

__all__: list[str] = []
