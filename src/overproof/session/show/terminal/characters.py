"""The characters that pictures are made of, and plain ones in their place."""

from __future__ import annotations

from typing import Final

RISING: Final = " ▁▂▃▄▅▆▇█"
GROWING: Final = " ▏▎▍▌▋▊▉█"
SHADES: Final = " ·░▒▓█"
POINT: Final = "•"
PLAIN: Final = str.maketrans("▁▂▃▄▅▆▇█▏▎▍▌▋▊▉▀│┼─┬·░▒▓•┤≤", "...#####...#####|+-+.:+%o|<")
"""What stands for the characters of pictures where these cannot be shown."""


def shown_with(picture: str, *, encoding: str | None) -> str:
    """Return a picture as it is, or in plain characters where an encoding has no others; None has all."""
    try:
        "".join(map(chr, PLAIN)).encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return picture.translate(PLAIN)
    return picture


def short(value: float) -> str:
    """Write a number for an axis."""
    return f"{value:.4g}"


def steps(value: float, *, top: float, n_steps: int) -> int:
    """Scale to whole steps; what is not zero is seen."""
    return max(1, round(value / top * n_steps)) if value > 0 and top > 0 else 0
