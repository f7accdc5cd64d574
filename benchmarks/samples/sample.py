"""Which samples there are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SOURCES = ("generated", "resampled", "copied")
FORMATS = ("ttree", "rntuple")
COMPRESSIONS = {"zstd": (5, 5), "lz4": (4, 4), "zlib": (1, 1), "lzma": (2, 7)}
"""ROOT's number of each, and the level at which ROOT writes when none is named."""

TREE = "Events"
MANIFEST = "sample.json"
"""Written last: a directory without it holds no whole sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Events in files.

    Attributes:
        source: `"generated"`: from dice; `"resampled"`: real events, again and again, turned and smeared; `"copied"`: a
            real file as it is, with its 1,500 branches, once for each file.
        format: `"ttree"` or `"rntuple"`.
        compression: a name in `COMPRESSIONS`.
        n_files: distinct files.
        pieces: pieces in each file.
        piece_events: events in each piece.
    """

    source: str
    format: str
    compression: str
    n_files: int
    pieces: int = 8
    piece_events: int = 500_000

    @property
    def n_events(self) -> int:
        """Events in all files together."""
        return self.n_files * self.pieces * self.piece_events

    @property
    def kind(self) -> str:
        """What is in it, whatever the size."""
        return f"{self.source}-{self.format}-{self.compression}"

    @property
    def name(self) -> str:
        """What it is called in tables: kind and size."""
        return f"{self.kind}-{human_count(self.n_events)}"

    @property
    def root_compression(self) -> int:
        """The settings of the compression as ROOT writes them, in one number."""
        number, level = COMPRESSIONS[self.compression]
        return 100 * number + level

    @property
    def shape(self) -> str:
        """How the events are spread; files of one shape are shared by samples of any number of files."""
        return f"{self.kind}-{self.pieces}x{human_count(self.piece_events)}"

    def directory(self, below: Path) -> Path:
        """Tell where the files are."""
        return below / "samples" / self.shape

    def files(self, below: Path) -> list[Path]:
        """List the files, in order."""
        return [self.directory(below) / f"{index:02d}.root" for index in range(self.n_files)]


def human_count(n: int) -> str:
    """Write a number of events with as few digits as it has: `4M`, `500k`, `1234`."""
    for unit, name in ((1_000_000, "M"), (1_000, "k")):
        if n >= unit and n % (unit // 10) == 0:
            return f"{n / unit:g}{name}"
    return str(n)
