"""How many bits an element of a page can have."""

from __future__ import annotations

_FIXED = {
    1: (0x00,),
    8: (0x01, 0x02, 0x03, 0x04),
    16: (0x05, 0x06, 0x0B, 0x11, 0x12, 0x17),
    32: (0x07, 0x08, 0x0C, 0x0E, 0x13, 0x14, 0x18, 0x1A),
    64: (0x09, 0x0A, 0x0D, 0x0F, 0x15, 0x16, 0x19, 0x1B),
    96: (0x10,),
}
"""Types of columns by their bits."""

N_BITS = {number: range(n_bits, n_bits + 1) for n_bits, numbers in _FIXED.items() for number in numbers}
N_BITS |= {0x1C: range(10, 32), 0x1D: range(1, 33)}
"""By the number of the type of a column.

Source: ROOT's RNTuple binary format specification 1.0, column types.
"""


def is_width(n_bits: int, encoding: int) -> bool:
    """Tell whether elements can have so many bits; of types that are not known, any.

    Args:
        n_bits: of an element, as stored.
        encoding: number of the type of the column.
    """
    return encoding not in N_BITS or n_bits in N_BITS[encoding]
