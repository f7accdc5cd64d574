"""numpy's functions in ROOT's dialect: as numpy has them, without guards."""

from __future__ import annotations

import numpy as np
import pytest

from overproof.analysis.draw.language.numpy_names import NUMPY_CONSTANTS, NUMPY_FUNCTIONS
from overproof.columns.kernels.functions import kernel

EDGES = np.array([-np.inf, -7.5, -4.0, -1.0, -0.5, -0.0, 0.0, 0.3, 1.0, 2.5, 3.0, 700.5, 1e300, np.inf, np.nan])


@pytest.mark.parametrize("name", NUMPY_FUNCTIONS)
def test_numpys_functions_have_no_guards(name: str) -> None:
    """Law: what has no value is NaN or infinite where numpy says so; elsewhere the last bit may differ from numpy's."""
    kernel_name, n_arguments = NUMPY_FUNCTIONS[name]
    arguments = np.meshgrid(*[EDGES] * n_arguments)
    with np.errstate(all="ignore"):
        expected = np.asarray(getattr(np, name)(*arguments), dtype=np.float64)
        found = np.asarray(kernel(kernel_name)(*arguments), dtype=np.float64)
    np.testing.assert_allclose(found, expected, rtol=1e-15, atol=0.0)


def test_numpys_constants_are_its_own() -> None:
    """Law: constants have numpy's values."""
    for name, value in NUMPY_CONSTANTS.items():
        np.testing.assert_equal(value, getattr(np, name))
