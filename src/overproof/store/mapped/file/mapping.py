"""Bytes of a file in memory, for reading."""

from __future__ import annotations

import ctypes
import mmap
import os
from typing import Any

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = (
    ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int64,
)  # fmt: skip
_libc.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)

_FAILED = ctypes.c_void_p(-1).value


def map_file(handle: int, size_bytes: int) -> Bytes:
    """Map the start of an open file; the mapping lives as long as any array that looks into it.

    Python's own `mmap` keeps a descriptor for each mapping: a selector that keeps columns of thousands of files would
    run out of them.

    Raises:
        OSError: it cannot be mapped.
    """
    return np.asarray(_Region(handle, size_bytes))


class _Region:
    """Owns a mapping; numpy keeps it for as long as there are arrays of it."""

    __slots__ = ("__array_interface__", "_address", "_size_bytes")

    def __init__(self, handle: int, size_bytes: int) -> None:
        self._address = None
        address = _libc.mmap(None, size_bytes, mmap.PROT_READ, mmap.MAP_SHARED, handle, 0)
        if address == _FAILED:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        self._address, self._size_bytes = address, size_bytes
        is_read_only = True
        self.__array_interface__: dict[str, Any] = {
            "version": 3, "typestr": "|u1", "shape": (size_bytes,), "data": (address, is_read_only),
        }  # fmt: skip

    def __del__(self, munmap: Any = _libc.munmap) -> None:
        if self._address is not None:
            munmap(self._address, self._size_bytes)
