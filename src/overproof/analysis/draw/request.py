"""A draw as a user writes it: texts that are known to parse, before any file is opened."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import field

from overproof.analysis.draw.axes import Automatic, Axis, Binning, BinsLike
from overproof.analysis.draw.axes.automatic import DEFAULT_BINS, PROFILE_BINS
from overproof.analysis.draw.axes.written import read_axes
from overproof.analysis.draw.dialects import Dialect, Piece, check_dialect, check_piece, read_pieces
from overproof.analysis.draw.language.redirection import Redirection, split_redirection
from overproof.words.errors import ExpressionError, OptionError
from overproof.words.frozen import dataclass

DEFAULT_NAME = "draw"
"""Name of the histogram when the user gives none."""

MAX_DIMENSIONS = 3

MAX_CELLS = 20_000_000
"""More cells than this, flow cells included, are taken for a slip of the pen, as they would fill the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawRequest:
    """One histogram or entry list that is asked for.

    Attributes:
        name: of the histogram or list.
        adds: its values are added to what already has this name.
        text: what is drawn, without the redirection; `"z:y:x"`, the last one goes along x; empty for an entry list.
        n_values: expressions in the text.
        cut, weight: texts; empty without one.
        axes: one for each axis of the histogram, x first.
        labels: text of the expression of each axis, x first.
        is_profile: the first expression of the text is averaged, the others are axes.
        is_list: the entries that are chosen are recorded, nothing is filled.
        aliases: names for expressions, beside those of the tree.
        dialect: `"root"` or `"python"`, of all texts.
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
    is_list: bool = False
    aliases: Mapping[str, str] = field(default_factory=dict)
    dialect: Dialect = "root"


def read_request(
    expression: str,
    *,
    cut: str | None = None,
    weight: str | None = None,
    bins: BinsLike = None,
    name: str | None = None,
    profile: bool = False,
    aliases: Mapping[str, str] | None = None,
    dialect: str = "root",
) -> DrawRequest:
    """Read the texts of one draw.

    Args:
        expression: what is drawn: up to three dimensions and a redirection; with nothing before `>>name`, the entries
            that the cut chooses.
        cut: a selection; its value is a weight, as in ROOT. None or blank: everything.
        weight: multiplies the selection.
        bins: three numbers for each axis, x first, or fewer; None: as the redirection says, else ROOT's rule.
        name: name of the histogram; before that of the redirection.
        profile: average the first expression over the bins of the others.
        dialect: `"root"`: the grammar of TTree::Draw; `"python"`: Python, with the meaning of awkward arrays.
        aliases: names for expressions, beside those of the tree.

    Raises:
        ExpressionError: a text that cannot be understood, with the caret under the place.
        OptionError: a binning that makes no axis, or another keyword that makes no sense.
    """
    spoken = check_dialect(dialect)
    for keyword, said in (("expression", expression), ("cut", cut), ("weight", weight), ("name", name)):
        check_text(keyword, said)
    if not isinstance(profile, bool):
        raise OptionError(f"profile={profile!r}: give True or False")
    text, redirection = split_redirection(expression)
    is_list = redirection is not None and not text.strip()
    pieces = () if is_list else read_pieces(text, dialect=spoken)
    n_axes = 0 if is_list else _count_axes(pieces, expression, profile=profile)
    for part in (cut, weight):
        check_piece(part or "", dialect=spoken)
    if is_list and (bins is not None or profile or (redirection and redirection.bins is not None)):
        raise OptionError(
            f"`{expression.strip()}` records entries: it has no bins and is no profile; leave these out, or write what "
            "is drawn before `>>`"
        )
    return DrawRequest(
        name=name or (redirection.name if redirection else DEFAULT_NAME),
        adds=redirection is not None and redirection.adds,
        text=text.strip(),
        n_values=len(pieces),
        cut=(cut or "").strip(),
        weight=(weight or "").strip(),
        axes=_axes(bins, redirection, n_axes=n_axes, is_profile=profile),
        labels=tuple(piece.text for piece in reversed(pieces))[:n_axes],
        is_profile=profile,
        is_list=is_list,
        aliases=check_aliases(aliases),
        dialect=spoken,
    )


def check_text(keyword: str, said: object) -> None:
    """Find something that should be a text and is none; None says nothing.

    Raises:
        OptionError: it is something else.
    """
    if said is not None and not isinstance(said, str):
        raise OptionError(f"{keyword}={said!r}: give a text, such as 'Muon_pt > 30'")


def check_aliases(aliases: Mapping[str, str] | None) -> dict[str, str]:
    """Return names for expressions, if they are that.

    Raises:
        OptionError: they are not.
    """
    given = aliases or {}
    if not isinstance(given, Mapping) or not all(isinstance(part, str) for pair in given.items() for part in pair):
        raise OptionError(f'aliases={aliases!r}: give expressions by name, as in aliases={{"pt2": "px^2 + py^2"}}')
    for name, text in given.items():
        if not name.isidentifier() or not text.strip():
            raise OptionError(f"alias {name!r} = {text!r}: give a name of letters, digits and _, and an expression")
    return dict(given)


def _count_axes(pieces: tuple[Piece, ...], expression: str, *, profile: bool) -> int:
    n_axes = len(pieces) - profile
    if len(pieces) > MAX_DIMENSIONS:
        raise ExpressionError(
            "at most three expressions make a histogram: `overproof scan` lists more",
            text=expression,
            position=pieces[MAX_DIMENSIONS].position,
        )
    if n_axes < 1:
        raise ExpressionError(
            "a profile needs two expressions: what is averaged, `:`, and the axis", text=expression, position=0
        )
    return n_axes


def _axes(bins: BinsLike, redirection: Redirection | None, *, n_axes: int, is_profile: bool) -> tuple[Axis, ...]:
    written = redirection.bins if redirection else None
    if bins is not None and written is not None:
        raise OptionError(f"the binning is given twice: bins={bins!r} and `>>name({written})`; leave one")
    if not n_axes:
        return ()
    given = bins if bins is not None else written
    defaults = ((PROFILE_BINS if is_profile else DEFAULT_BINS)[n_axes],) * n_axes
    axes = read_axes("" if given is None else given, defaults=defaults)
    n_cells = math.prod(axis.n + 2 for axis in axes if isinstance(axis, Binning | Automatic))
    if n_cells > MAX_CELLS:
        raise OptionError(f"{n_cells:,} cells are more than a histogram may have ({MAX_CELLS:,}): give fewer bins")
    return axes
