"""The C library's functions as ufuncs."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from overproof.columns.machine.libm import SLOTS, libm

ONE = ("exp", "log", "log10", "log2", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "cbrt")


@pytest.mark.parametrize("name", ONE)
def test_values_are_those_of_the_c_library(name: str) -> None:
    """Law: each value is the one that Python's math module gets from the same library."""
    rng = np.random.default_rng(1)
    values = rng.uniform(0.001, 1.0, 2000) if name in {"asin", "acos"} else rng.uniform(0.001, 100.0, 2000)
    expected = [getattr(math, name)(value) for value in values]
    np.testing.assert_array_equal(libm(name)(values), expected)


@pytest.mark.parametrize("name", ["pow", "fmod", "hypot", "atan2"])
def test_functions_of_two_arguments(name: str) -> None:
    """Law: functions of two doubles broadcast like any ufunc and give the C library's values."""
    left, right = np.random.default_rng(2).uniform(0.1, 9.0, (2, 1000))
    if name != "hypot":  # Python has its own hypot since 3.10
        np.testing.assert_array_equal(libm(name, 2)(left, right), list(map(getattr(math, name), left, right)))
    assert libm(name, 2)(left[:, None], right[None, :5]).shape == (1000, 5)
    np.testing.assert_allclose(libm(name, 2)(left, 2.0), [getattr(math, name)(x, 2.0) for x in left], rtol=1e-15)


def test_layouts_and_types_do_not_matter() -> None:
    """Law: strided, empty, scalar and float32 input give what contiguous doubles give."""
    values = np.linspace(0.5, 5.0, 40)
    np.testing.assert_array_equal(libm("exp")(values[::-3]), libm("exp")(values[::-3].copy()))
    assert libm("exp")(np.empty(0)).shape == (0,)
    assert libm("exp")(1.0) == math.e
    assert libm("exp")(np.float32([1.0])).dtype == np.float64


def test_slots_are_those_of_numpys_header() -> None:
    """Law: the places used are the ones that numpy publishes to C extensions."""
    header = Path(np.get_include()) / "numpy" / "__ufunc_api.h"
    text = header.read_text(encoding="utf-8")
    for name, slot in SLOTS.items():
        found = re.search(rf"#define {name} \\\n.*?PyUFunc_API\[(\d+)\]", text, re.DOTALL)
        assert found is not None
        assert int(found.group(1)) == slot


def test_nothing_heavy_is_imported() -> None:
    """Law: planning a draw and making its functions import neither numba nor hist nor uproot nor awkward."""
    code = (
        "import sys, overproof.analysis.draw, overproof.columns.kernels.selectors.draw_selector\n"
        "from overproof.columns.kernels.functions import kernel\n"
        "kernel('guarded_exp')(1.0)\n"
        "print([name for name in ('numba', 'hist', 'uproot', 'awkward', 'boost_histogram') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
