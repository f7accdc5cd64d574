"""Histograms as a picture that can be saved."""

from __future__ import annotations

import importlib.util
import io
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from overproof.session.show.paper.frames import Frame, make_frames
from overproof.session.show.paper.texts import shown
from overproof.session.show.style import PLAIN_STYLE, Style
from overproof.words.errors import OutputError
from overproof.words.frozen import dataclass

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES: Final = (".png", ".pdf", ".svg")
LOOK: Final = {"svg.hashsalt": "overproof", "font.size": 11}
"""With a fixed salt and no date, the same histograms make the same bytes."""
METADATA: Final[dict[str, dict[str, Any]]] = {".png": {}, ".pdf": {"CreationDate": None}, ".svg": {"Date": None}}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """A picture of histograms.

    Attributes:
        figure: matplotlib's own, to be changed by those who know it.
    """

    figure: Figure

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture as a file, which appears whole or not at all.

        Raises:
            OutputError: the format is not known, or the place cannot be written.
        """
        check_picture(path)
        temporary = Path(f"{path}.{os.getpid()}.part")
        try:
            temporary.write_bytes(self._rendered(Path(path).suffix.lower()))
            temporary.replace(path)
        except OSError as error:
            raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error
        finally:
            temporary.unlink(missing_ok=True)

    def _rendered(self, suffix: str) -> bytes:
        from matplotlib import style

        buffer = io.BytesIO()
        with style.context(LOOK):
            self.figure.savefig(buffer, format=suffix[1:], dpi=150, metadata=METADATA[suffix])
        return buffer.getvalue()

    def _repr_png_(self) -> bytes:
        """Show the picture in a notebook."""
        return self._rendered(".png")


def check_picture(path: str | os.PathLike[str]) -> None:
    """Find out before the work whether a picture can be made.

    Raises:
        OutputError: its format is not known, the libraries for it are absent, or the place cannot be written.
    """
    if Path(path).suffix.lower() not in SUFFIXES:
        raise OutputError(f"{path}: a picture ends in one of {', '.join(SUFFIXES)}")
    _check_libraries(f"{path}: ")
    parent = Path(path).parent
    if Path(path).is_dir() or not parent.is_dir():
        raise OutputError(f"{path}: there is no directory {parent}, or the name itself is that of a directory")
    if not os.access(path if Path(path).exists() else parent, os.W_OK):
        raise OutputError(f"{path}: cannot be written; choose another place")


def make_picture(outputs: Mapping[Any, Any], *, style: Style = PLAIN_STYLE) -> Picture:
    """Draw the histograms among outputs, in frames as the style says.

    Raises:
        OptionError: a name in the style that no histogram has.
        OutputError: nothing to draw, libraries absent, or what the style asks for cannot be drawn.
    """
    _check_libraries("")
    frames = make_frames(outputs, style=style)
    from matplotlib import style as looks
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    n_columns = math.ceil(math.sqrt(len(frames)))
    n_rows = math.ceil(len(frames) / n_columns)
    with looks.context(LOOK):
        figure = Figure(figsize=(6.4 * n_columns, 4.8 * n_rows), layout="constrained")
        FigureCanvasAgg(figure)
        if style.title and len(frames) > 1:
            figure.suptitle(shown(style.title))
        for place, frame in enumerate(frames, start=1):
            _draw(figure.add_subplot(n_rows, n_columns, place), frame, style=style)
    return Picture(figure=figure)


def save_picture(path: str | os.PathLike[str], outputs: Mapping[Any, Any], *, style: Style = PLAIN_STYLE) -> None:
    """Save the histograms among outputs as a PNG, PDF or SVG file; equal histograms make equal files.

    Raises:
        OptionError, OutputError: as `check_picture` and `make_picture` do.
    """
    check_picture(path)
    try:
        picture = make_picture(outputs, style=style)
    except OutputError as error:
        raise OutputError(f"{path}: {error}") from error
    picture.save(path)


def _draw(axes: Any, frame: Frame, *, style: Style) -> None:
    from overproof.session.show.paper.curves import draw_curves
    from overproof.session.show.paper.maps import draw_map

    first = frame.parts[0]
    if first.bins.values.size == 0:
        axes.set_title(shown(frame.title), loc="left", fontsize="medium")
        axes.text(0.5, 0.5, "no bins", ha="center", va="center", transform=axes.transAxes)
    elif first.bins.values.ndim == 2:
        draw_map(axes, first, title=frame.title, style=style)
    else:
        draw_curves(axes, frame, style=style)


def _check_libraries(where: str) -> None:
    if not all(importlib.util.find_spec(name) for name in ("matplotlib", "mplhep")):
        raise OutputError(f"{where}pictures need matplotlib and mplhep: pip install 'overproof[plot]'")
