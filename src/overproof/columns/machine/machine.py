"""A compiled function, ready to be called."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Mapping
from typing import Any

import llvmlite.binding as llvm
import numpy as np
import numpy.typing as npt

from overproof.columns.machine.compiling import target_machine
from overproof.columns.machine.kept import object_of
from overproof.columns.machine.libm import address_of
from overproof.columns.machine.writer import Writer

_NOTHING = np.zeros(2, dtype=np.float64)
"""What an empty array is for a function: an element that it may read, and does not use."""


class Machine:
    """A function of arrays and numbers, by name; while it runs, other threads run too.

    Args:
        writer: that wrote the function.
    """

    def __init__(self, writer: Writer) -> None:
        text = writer.text()
        for known, (name, _) in writer.outside.items():
            llvm.add_symbol(known, address_of(name))
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target_machine())
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(object_of(text)))
        self._engine.finalize_object()
        self._run = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)(self._engine.get_function_address("run"))
        self._names = dict(writer.names)

    def __call__(self, given: Mapping[str, npt.NDArray[Any] | int | float]) -> int:
        """Run the function.

        Args:
            given: by name; arrays lie in one piece, with the elements the function was written for.
        """
        slots = np.empty(len(self._names) or 1, dtype=np.int64)
        for name, place in self._names.items():
            slots[place] = _slot(given[name])
        code: int = self._run(slots.ctypes.data)
        return code


def _slot(value: npt.NDArray[Any] | int | float) -> int:
    if isinstance(value, np.ndarray):
        assert value.flags.c_contiguous
        return value.ctypes.data if value.size else _NOTHING.ctypes.data
    if isinstance(value, float):
        bits: int = struct.unpack("q", struct.pack("d", value))[0]
        return bits
    return value
