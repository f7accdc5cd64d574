"""The public face of pictures: `overproof.plot`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from overproof.session.show.histograms import is_histogram
from overproof.session.show.paper.picture import Picture, check_picture, make_picture
from overproof.session.show.style import Style
from overproof.words.errors import OptionError


def plot(
    histograms: Any,
    path: str | os.PathLike[str] | None = None,
    *,
    overlay: bool = False,
    stack: bool = False,
    norm: bool = False,
    points: str | Sequence[str] = (),
    logx: bool = False,
    logy: bool = False,
    logz: bool = False,
    title: str = "",
) -> Picture:
    """Draw one histogram, or several, as a picture.

    Args:
        histograms: one, a sequence of them, or a mapping by name such as a result; other outputs in it are passed over.
        path: save it there too: `.png`, `.pdf` or `.svg`.
        overlay: draw those of one dimension in one frame, over each other.
        stack: draw them upon each other; their axes must be equal.
        norm: divide each by the sum of its contents, a stack by that of the whole.
        points: names of those to be drawn as points with errors, such as data over a stack.
        logx, logy: logarithmic axes; logz: logarithmic colours of maps.
        title: of the picture.

    Returns:
        A picture, which a notebook shows; `.save(path)` writes it, `.figure` is matplotlib's own.

    Raises:
        OptionError: choices that exclude each other, or a name in `points` that no histogram has.
        OutputError: nothing that can be drawn, no libraries for it, or the place cannot be written.
    """
    if path is not None:
        check_picture(path)
    style = Style(
        overlay=overlay,
        stack=stack,
        norm=norm,
        points=(points,) if isinstance(points, str) else tuple(points),
        logx=logx,
        logy=logy,
        logz=logz,
        title=title,
    )
    picture = make_picture(_by_name(histograms), style=style)
    if path is not None:
        picture.save(path)
    return picture


def _by_name(histograms: Any) -> Mapping[Any, Any]:
    if isinstance(histograms, Mapping):
        return histograms
    if is_histogram(histograms):
        return {_name_of(histograms): histograms}
    if not isinstance(histograms, Sequence) or isinstance(histograms, str):
        raise OptionError(
            f"plot takes a histogram, a sequence of histograms, or a mapping of them by name, not "
            f"{type(histograms).__name__}"
        )
    named: dict[str, Any] = {}
    for place, histogram in enumerate(histograms, start=1):
        name = _name_of(histogram) or str(place)
        named[name if name not in named else f"{name} ({place})"] = histogram
    return named


def _name_of(histogram: Any) -> str:
    return str(getattr(histogram, "name", None) or "")
