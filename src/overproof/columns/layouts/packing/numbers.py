"""Numbers in few bytes."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import zstandard

Numbers: TypeAlias = npt.NDArray[np.int64]

_LEVEL = 3
_BYTES = 8


def squeezed(numbers: Numbers) -> bytes:
    """Pack integers, of which most should be near 0: their lowest bytes first, then the next, and so on.

    Returns:
        How many bytes of a number are kept, and these, compressed.
    """
    folded = ((numbers << 1) ^ (numbers >> 63)).astype("<u8")
    n_bytes = (int(folded.max()).bit_length() + 7) // 8 if len(folded) else 0
    planes = np.ascontiguousarray(folded.view(np.uint8).reshape(-1, _BYTES)[:, :n_bytes].T)
    return bytes([n_bytes]) + compressed(planes.tobytes())


def spread(data: bytes, n_numbers: int) -> Numbers:
    """Undo `squeezed`.

    Raises:
        ValueError: there are not as many numbers.
    """
    n_bytes = data[0]
    planes = np.frombuffer(decompressed(data[1:], n_numbers * n_bytes), np.uint8).reshape(n_bytes, n_numbers)
    whole = np.zeros((n_numbers, _BYTES), np.uint8)
    whole[:, :n_bytes] = planes.T
    folded = whole.view("<u8")[:, 0]
    return (folded >> np.uint64(1)).astype(np.int64) ^ -(folded & np.uint64(1)).astype(np.int64)


def compressed(data: bytes) -> bytes:
    """Compress bytes; of nothing nothing is left."""
    return zstandard.ZstdCompressor(level=_LEVEL).compress(data) if data else b""


def decompressed(data: bytes, n_bytes: int) -> bytes:
    """Undo `compressed`.

    Raises:
        ValueError: there are not as many bytes.
    """
    try:
        found = zstandard.ZstdDecompressor().decompress(data) if data else b""
    except zstandard.ZstdError as error:
        raise ValueError("nothing that was compressed") from error
    if len(found) != n_bytes:
        raise ValueError("another length")
    return found


def document(facts: Any) -> bytes:
    """Pack what JSON can say."""
    text = json.dumps(facts, separators=(",", ":")).encode()
    return len(text).to_bytes(4, "big") + compressed(text)


def facts_of(data: bytes) -> Any:
    """Undo `document`.

    Raises:
        ValueError: it is none.
    """
    return json.loads(decompressed(data[4:], int.from_bytes(data[:4], "big")))
