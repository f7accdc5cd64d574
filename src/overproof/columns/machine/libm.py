"""The C library's mathematics as numpy ufuncs, one call a value.

numpy computes `exp`, `log`, `pow` ... with different code on processors with and without AVX-512, and the results
differ in the last bit. The C library's functions, which ROOT and compiled kernels call too, do not. numpy offers a
loop for any function of one or two doubles to C extensions; it is reached here without compiling anything, so that
nothing heavy is imported and nothing has to be cached on disk.

Source: numpy's C-API for ufuncs (PyUFunc_FromFuncAndData, PyUFunc_d_d, PyUFunc_dd_d; table in __ufunc_api.h).
"""

from __future__ import annotations

import ctypes
import functools
import importlib
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

Ufunc: TypeAlias = Callable[..., Any]

SLOTS = {"PyUFunc_FromFuncAndData": 1, "PyUFunc_d_d": 5, "PyUFunc_f_f": 6, "PyUFunc_ff_f": 14, "PyUFunc_dd_d": 15}
"""Places in numpy's table of ufunc functions; part of its stable binary interface."""

_FLOAT = 11  # NPY_FLOAT
_DOUBLE = 12  # NPY_DOUBLE
_NO_IDENTITY = -1  # PyUFunc_None

_kept: list[object] = []
"""What numpy keeps pointers to; must outlive the ufuncs, which live as long as the process."""


@functools.cache
def libm(name: str, n_arguments: int = 1, *, in_single: bool = False) -> Ufunc:
    """Make the ufunc of one function of the C library, such as `exp`.

    Args:
        name: of a C function of doubles that returns a double.
        in_single: it is one of floats that returns a float.
        n_arguments: 1 or 2.
    """
    address = ctypes.c_void_p(address_of(name))
    letter, number = ("f", _FLOAT) if in_single else ("d", _DOUBLE)
    loop = ctypes.c_void_p(_numpy_function(SLOTS[f"PyUFunc_{letter * n_arguments}_{letter}"]))
    loops = (ctypes.c_void_p * 1)(loop)
    data = (ctypes.c_void_p * 1)(address)
    types = ctypes.create_string_buffer(bytes([number] * (n_arguments + 1)))
    title, document = ctypes.c_char_p(name.encode()), ctypes.c_char_p(b"of the C library")
    _kept.extend((loops, data, types, title, document))
    make = _MAKER(_numpy_function(SLOTS["PyUFunc_FromFuncAndData"]))
    ufunc: Ufunc = make(loops, data, types, 1, n_arguments, 1, _NO_IDENTITY, title, document, 0)
    return ufunc


def address_of(name: str) -> int:
    """Return where a function of the C library lies."""
    address = ctypes.cast(getattr(_library(), name), ctypes.c_void_p).value
    assert address is not None
    return address


_MAKER = ctypes.PYFUNCTYPE(
    ctypes.py_object,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_char_p,
    ctypes.c_char_p,
    ctypes.c_int,
)


@functools.cache
def _library() -> ctypes.CDLL:
    process = ctypes.CDLL(None)
    if hasattr(process, "erf"):  # Python itself needs the mathematics of the C library
        return process
    from ctypes.util import find_library

    return ctypes.CDLL(find_library("m"))


def _numpy_function(slot: int) -> int:
    """Return the address that numpy publishes for C extensions in one slot of its table."""
    get_pointer = ctypes.pythonapi.PyCapsule_GetPointer
    get_pointer.restype = ctypes.c_void_p
    get_pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    core = importlib.import_module("numpy._core._multiarray_umath")
    table = get_pointer(core._UFUNC_API, None)
    address: int | None = ctypes.cast(table, ctypes.POINTER(ctypes.c_void_p))[slot]
    if address is None:
        raise ImportError(f"numpy {np.__version__} has no function in slot {slot} of its table for C extensions")
    return address
