"""How much something was used in the last hour, minute by minute."""

from __future__ import annotations

import struct

N_MINUTES = 60
SLOT = struct.Struct("<QQ")
"""A minute since the epoch, and how much was used in it."""
RING_BYTES = N_MINUTES * SLOT.size


def slot_of(minute: int) -> int:
    """Return where in a ring a minute has its slot, in bytes."""
    return minute % N_MINUTES * SLOT.size


def added(slot: bytes, amount: int, *, minute: int) -> bytes:
    """Return a slot to which something of this minute was added; what it held of an earlier hour is forgotten."""
    then, before = SLOT.unpack(slot)
    return SLOT.pack(minute, amount + (before if then == minute else 0))


def used_in_last_hour(ring: bytes, *, minute: int) -> int:
    """Return the sum over the slots of the hour that ends now; slots of a clock that went ahead do not count."""
    return sum(amount for then, amount in SLOT.iter_unpack(ring) if minute - N_MINUTES < then <= minute)
