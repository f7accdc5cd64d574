"""A real file of NanoAOD as it is, again and again: few events, and all the branches that experiments keep."""

from __future__ import annotations

import shutil
from pathlib import Path

FILE = "nano_dy.root"
"""40 events of 1,499 branches, compressed with zlib."""


def copy_whole(data: Path, to: Path) -> None:
    """Copy the file.

    Args:
        data: where real files are.
        to: path of the copy.
    """
    shutil.copyfile(data / FILE, to)
