"""Outputs: what "+" means, exact sums, and what becomes of a result.

Lives here: order-free sums of doubles (`sums.py`), the kinds of outputs (`kinds/`), the un-rounded state of a query
(`state.py`), its way to other processes and to files (`wire.py`) in small pieces (`cells.py`), its rendering as JSON
(`document.py`) and as files (`save.py`).
Comes in: what selectors return, block by block. Goes out: values in the user's types, documents, files.
Start with `state.py`, then `kinds/kind.py`.
"""

from overproof.outputs.document import account_document, dump_json, histogram_document, outputs_document
from overproof.outputs.save import check_writable, save_outputs
from overproof.outputs.state import OutputState

__all__ = [
    "OutputState",
    "account_document",
    "check_writable",
    "dump_json",
    "histogram_document",
    "outputs_document",
    "save_outputs",
]
