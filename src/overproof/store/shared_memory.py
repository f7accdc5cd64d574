"""Directories of ours where everybody may make some."""

from __future__ import annotations

import os
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")
"""Where Linux keeps files that lie in memory."""


def own_directory(parent: Path) -> Path:
    """Return the directory that belongs to this user in one that others may share."""
    return parent / (f"overproof-{os.getuid()}" if hasattr(os, "getuid") else "overproof")
