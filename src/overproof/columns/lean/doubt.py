"""What is not surely understood is left to uproot."""

from __future__ import annotations

import struct

from overproof.columns.files.damage import DamageError


class DoubtError(Exception):
    """Bytes that are not of the few kinds that are surely understood here; no damage, perhaps."""


NOT_UNDERSTOOD = (DoubtError, DamageError, OSError, struct.error, IndexError, KeyError, ValueError, OverflowError)
"""What understanding bytes may raise: damage also shows as a number out of range, or as text that is none."""
