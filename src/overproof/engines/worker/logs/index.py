"""Which bytes of a worker's log were printed by which block."""

from __future__ import annotations

import os
from dataclasses import astuple
from pathlib import Path

from overproof.words.frozen import dataclass
from overproof.words.ids import FileIndex, WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What one range of a block has printed.

    Attributes:
        file: place of the file in the dataset.
        index: place of the block in the grid of its file.
        first: first entry of the range.
        stop: last entry, exclusive.
        from_byte: where its text begins in the log.
        to_byte: where it ends, exclusive.
    """

    file: FileIndex
    index: int
    first: int
    stop: int
    from_byte: int
    to_byte: int


def log_path(directory: str | os.PathLike[str], worker: WorkerId) -> Path:
    """Name the file that holds what a worker's user code printed."""
    return Path(directory, f"{worker}.log")


def index_path(directory: str | os.PathLike[str], worker: WorkerId) -> Path:
    """Name the index of that file: a line of six numbers for each range that printed anything."""
    return Path(directory, f"{worker}.index")


def append_to_index(directory: str | os.PathLike[str], worker: WorkerId, printed: Printed) -> None:
    """Add one line; where the disk does not take it, there is none."""
    line = " ".join(map(str, astuple(printed))) + "\n"
    try:
        with index_path(directory, worker).open("a", encoding="ascii") as file:
            file.write(line)
    except OSError:
        return  # a full disk must not end a query; the text is in the log all the same


def read_index(directory: str | os.PathLike[str], worker: WorkerId) -> list[Printed]:
    """Read what is in the index of a worker, in the order of printing; a torn line is passed over."""
    try:
        lines = index_path(directory, worker).read_text(encoding="ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    numbers = [line.split() for line in lines]
    return [
        Printed(**dict(zip(Printed.__dataclass_fields__, map(int, fields), strict=True)))
        for fields in numbers
        if len(fields) == len(Printed.__dataclass_fields__) and all(field.isdecimal() for field in fields)
    ]
