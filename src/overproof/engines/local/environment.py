"""The environment variables of worker processes."""

from __future__ import annotations

import os
from collections.abc import Mapping

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "NUMBA_NUM_THREADS")
KEPT_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(32 * 2**20), "MALLOC_TRIM_THRESHOLD_": str(64 * 2**20)}
"""Bytes up to which the C library (glibc) uses freed memory again; arrays that it gives back to the system instead come
back as pages to be zeroed one by one, which costs up to two fifths of reading."""
NO_BACKGROUND = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}
"""Arrow, which awkward loads where it is installed, starts a thread; what forks must have one alone."""
_HERE = os.path.dirname(os.path.realpath(__file__))
PACKAGE_PARENT = os.path.normpath(os.path.join(_HERE, *[os.pardir] * 3))


def worker_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what workers get: one thread for numeric libraries, one order of hashing, our package within reach.

    Memory that blocks have freed is used for the next blocks, unless the user says otherwise.
    """
    paths = [PACKAGE_PARENT, *filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))]
    return {
        **KEPT_MEMORY,
        **NO_BACKGROUND,
        **environment,
        **dict.fromkeys(ONE_THREAD, "1"),
        "PYTHONHASHSEED": environment.get("PYTHONHASHSEED", "0"),
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
        "PYTHONSAFEPATH": "1",
    }
