"""What a selector has put out, read: nothing of it may be read later, when nobody knows whose fault a failure is."""

from __future__ import annotations

from typing import Any

from overproof.columns.views.kinds import is_array, is_record
from overproof.columns.views.view import replaced


def materialized(output: Any) -> Any:
    """Put read record arrays in the place of views, and of awkward arrays not yet read, to any depth.

    Lists, tuples and dicts that hold none are given back as they are.
    """
    if is_record(output):
        import awkward as ak

        # Awkward materialises arrays only: make one of this record alone.
        at = output.layout.at
        alone = output.layout.array[at : at + 1]
        return ak.materialize(ak.Array(alone, behavior=output.behavior, attrs=output.attrs))[0]
    if is_array(output):
        import awkward as ak

        return ak.materialize(output)
    return replaced(output, materialized)
