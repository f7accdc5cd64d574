"""A draw as a user writes it: texts that are known to parse, before any file is opened."""

from __future__ import annotations

from dataclasses import dataclass

from overproof.analysis.draw.axes import Automatic, Axis, BinsLike, parse_bins
from overproof.analysis.draw.axes.automatic import DEFAULT_BINS
from overproof.analysis.draw.language.grammar import parse, parse_dimensions
from overproof.analysis.draw.language.redirection import Redirection, split_redirection
from overproof.words.errors import ExpressionError, OptionError

DEFAULT_NAME = "draw"
"""Name of the histogram when the user gives none."""

MAX_DIMENSIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawRequest:
    """One histogram that is asked for.

    Attributes:
        name: name of the histogram.
        adds: its values are added to the histogram that already has this name.
        text: what is drawn, without the redirection; `"z:y:x"`, the last one goes along x.
        n_values: expressions in the text.
        cut, weight: texts; empty without one.
        axes: one for each axis of the histogram, x first.
        labels: text of the expression of each axis, x first.
        is_profile: the first expression of the text is averaged, the others are axes.
    """

    name: str
    text: str
    n_values: int
    cut: str
    weight: str
    axes: tuple[Axis, ...]
    labels: tuple[str, ...] = ()
    adds: bool = False
    is_profile: bool = False


def read_request(
    expression: str,
    *,
    cut: str | None = None,
    weight: str | None = None,
    bins: BinsLike = None,
    name: str | None = None,
    profile: bool = False,
) -> DrawRequest:
    """Read the texts of one draw.

    Args:
        expression: what is drawn, in the grammar of TTree::Draw; up to three dimensions and a redirection.
        cut: a selection; its value is a weight, as in ROOT. None or blank: everything.
        weight: multiplies the selection.
        bins: three numbers for each axis, x first; None: as the redirection says, else ROOT's rule.
        name: name of the histogram; before that of the redirection.
        profile: average the first expression over the bins of the others.

    Raises:
        ExpressionError: a text that cannot be understood, with the caret under the place.
        OptionError: a binning that makes no axis.
    """
    text, redirection = split_redirection(expression)
    dimensions = parse_dimensions(text)
    n_axes = len(dimensions) - profile
    if len(dimensions) > MAX_DIMENSIONS:
        extra = dimensions[MAX_DIMENSIONS].position
        raise ExpressionError(
            "at most three expressions make a histogram: `overproof scan` lists more", text=expression, position=extra
        )
    if n_axes < 1:
        raise ExpressionError(
            "a profile needs two expressions: what is averaged, `:`, and the axis", text=expression, position=0
        )
    for part in (cut, weight):
        if part is not None and part.strip():
            parse(part)
    return DrawRequest(
        name=name or (redirection.name if redirection else DEFAULT_NAME),
        adds=redirection is not None and redirection.adds,
        text=text.strip(),
        n_values=len(dimensions),
        cut=(cut or "").strip(),
        weight=(weight or "").strip(),
        axes=_axes(bins, redirection, n_axes=n_axes),
        labels=tuple(dimension.text for dimension in reversed(dimensions))[:n_axes],
        is_profile=profile,
    )


def _axes(bins: BinsLike, redirection: Redirection | None, *, n_axes: int) -> tuple[Axis, ...]:
    written = redirection.bins if redirection else None
    if bins is not None and written is not None:
        raise OptionError(f"the binning is given twice: bins={bins!r} and `>>name({written})`; leave one")
    given = bins if bins is not None else written
    if given is None:
        return (Automatic(n=DEFAULT_BINS[n_axes]),) * n_axes
    return parse_bins(given, n_axes=n_axes)
