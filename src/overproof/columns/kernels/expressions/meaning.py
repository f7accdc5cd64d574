"""What an expression means for events of one kind."""

from __future__ import annotations

import os

from overproof.analysis.draw.dialects import AnyRows
from overproof.analysis.draw.path import choose_path
from overproof.analysis.path import VARIABLE, Path, said_path
from overproof.columns.kernels.expressions.forms import Form, form_of
from overproof.columns.kernels.expressions.offered import Offer
from overproof.columns.kernels.selectors.ways import Computing
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What is computed, and how.

    Attributes:
        rows: what is computed.
        form: as what values come out.
        path: that serves it.
        computing: computes it, block by block.
    """

    rows: AnyRows
    form: Form
    path: Path
    computing: Computing


def meaning_of(rows: AnyRows, offer: Offer, *, earlier: Meaning | None) -> Meaning:
    """Tell how some rows are computed.

    Args:
        rows: what to compute.
        offer: where the names were looked up, and the size by which the path is chosen.
        earlier: what was meant in the file before; it is kept where it is the same, with what was compiled for it.

    Raises:
        OptionError: the environment names a path that is none.
    """
    path = said_path(os.environ.get(VARIABLE, "")) or choose_path([rows], n_entries=offer.n_entries)
    form = form_of(rows, flags=offer.flags)
    if earlier is not None and (earlier.rows, earlier.form, earlier.path) == (rows, form, path):
        return earlier
    return Meaning(rows=rows, form=form, path=path, computing=Computing(rows, path=path))
