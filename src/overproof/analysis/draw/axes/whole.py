"""What is a whole number for an axis."""

from __future__ import annotations

from collections.abc import Mapping

from overproof.analysis.draw.typed import Aggregate, Alternative, EntryNumber, Leaf, LoopIteration, LoopLength, Typed

_WHOLE = frozenset({"bool", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))})


def is_whole_dtype(dtype: str) -> bool:
    """Tell whether numpy's name of a type is one of integers or booleans."""
    return dtype in _WHOLE


def is_whole(root: Typed, *, dtypes: Mapping[str, str]) -> bool:
    """Tell whether ROOT gives bins of a whole width to what is computed.

    It does so for a branch of integers or booleans that stands alone, for lengths and for numbers of passes and
    entries; not for anything computed with these, such as `nMuon + 1` or `nMuon == 2`.

    Args:
        root: what goes along the axis.
        dtypes: numpy's names of types by name of the branch.

    Source: ROOT's TTreeFormula::IsInteger, asked in version 6.40.
    """
    match root:
        case Leaf():
            return not root.text_of and is_whole_dtype(dtypes.get(root.branch, ""))
        case Aggregate(kind=kind):
            return kind == "length"
        case Alternative(formula=formula):
            return is_whole(formula.root, dtypes=dtypes)
        case LoopLength() | LoopIteration() | EntryNumber():
            return True
        case _:
            return False
