"""How a picture is to look."""

from __future__ import annotations

from overproof.words.errors import OptionError
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """What was said about a picture apart from the histograms.

    Attributes:
        overlay: histograms of one dimension stand in one frame, one over the other.
        stack: they stand in one frame, one upon the other; they need equal axes.
        norm: each is divided by the sum of its contents; a stack by the sum of all that is in it.
        points: names of those that are drawn as points with errors, over the others and never in a stack.
        logx, logy: logarithmic axes.
        logz: logarithmic colours of maps.
        title: above a picture of several frames, or instead of the name of the only one.
    """

    overlay: bool = False
    stack: bool = False
    norm: bool = False
    points: tuple[str, ...] = ()
    logx: bool = False
    logy: bool = False
    logz: bool = False
    title: str = ""

    def __post_init__(self) -> None:
        if self.overlay and self.stack:
            raise OptionError("overlay and stack: a picture has one of them; name what lies over a stack in points")

    @property
    def is_together(self) -> bool:
        """Tell whether histograms of one dimension share a frame."""
        return self.overlay or self.stack


PLAIN_STYLE = Style()
"""Each histogram in a frame of its own, all axes linear."""
