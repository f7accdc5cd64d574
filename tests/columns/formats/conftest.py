"""Files of known layout for the tests of this room."""

from __future__ import annotations

from formats_layout import ntuple, patch, trees

__all__ = ["ntuple", "patch", "trees"]
