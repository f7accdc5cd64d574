"""What of a picture can be judged before there are histograms."""

from __future__ import annotations

from collections.abc import Sequence

from overproof.analysis.draw.axes import Binning
from overproof.analysis.draw.request import DrawRequest
from overproof.session.show.style import Style
from overproof.words.errors import OptionError


def check_style(style: Style, requests: Sequence[DrawRequest]) -> None:
    """Find out whether what is to be drawn can stand in a picture as the style says.

    Raises:
        OptionError: a name in `points` that no histogram will have, or a stack of axes that are known to differ.
    """
    filled = [request for request in requests if not request.is_list]
    names = list(dict.fromkeys(request.name for request in filled))
    for name in style.points:
        if name not in names:
            raise OptionError(f"points {name}: no histogram has this name; there are {', '.join(names) or 'none'}")
    axes = {
        request.name: request.axes[0]
        for request in filled
        if len(request.axes) == 1 and not request.is_profile and isinstance(request.axes[0], Binning)
    }
    first = next(iter(axes), None)
    for name, axis in axes.items() if style.stack else ():
        if first is not None and axis != axes[first]:
            raise OptionError(f"{first} and {name} cannot be stacked: give them the same bins, or draw an overlay")
