"""What uproot makes of a branch."""

from __future__ import annotations

from typing import Any

from uproot.interpretation.identify import UnknownInterpretation

from overproof.columns.files.damage import one_line
from overproof.columns.formats.interpretations.few_bits import interpretation_of_few_bits
from overproof.columns.formats.interpretations.objects import check_objects

Unknown = UnknownInterpretation
"""What uproot gives for a type that it does not know."""

_MISTAKES = (ArithmeticError, AssertionError, AttributeError, LookupError, NameError, NotImplementedError, TypeError,
             ValueError)  # fmt: skip
"""What uproot raises of itself for types that it does not expect; damaged bytes it tells otherwise."""


def interpretation_of(branch: Any) -> Any:
    """Return the interpretation of a branch, which keeps it; `Unknown` where there is none.

    uproot itself may fail at a branch, and would fail then at all that is above it, and at the whole tree.
    """
    if branch._interpretation is None:
        branch._interpretation = _found(branch)
    return branch._interpretation


def _found(branch: Any) -> Any:
    for below in branch.member("fBranches"):
        interpretation_of(below)
    try:
        found = interpretation_of_few_bits(branch) or branch.interpretation
        check_objects(branch, found)
    except Unknown as error:
        return error
    except _MISTAKES as error:
        return Unknown(one_line(error), branch.file.file_path, branch.object_path)
    return found
