"""Methods of vectors against ROOT's own."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest

from overproof.analysis.draw.names.formulas import SYSTEMS
from overproof.analysis.draw.rows import make_rows
from overproof.columns.kernels.rows import compute_rows
from overproof.records.schema import Branch, Schema

pytestmark = pytest.mark.usefixtures("path")

NUMBERS: dict[str, Any] = json.loads(Path(__file__).with_name("vector_numbers.json").read_text(encoding="utf-8"))


NEW_SINGLES = (2, 41)
"""From this glibc on `sinhf`, `atan2f` and others round correctly, in ROOT as here; the numbers are of an older one."""


def has_singles_of_the_numbers() -> bool:
    """Tell whether functions of floats round as they did where ROOT was asked."""
    name, version = platform.libc_ver()
    return name == "glibc" and tuple(map(int, version.split("."))) < NEW_SINGLES


def branches(vector: str, *, n_jagged: int) -> tuple[Branch, ...]:
    """Return the members of a vector `v` as they are called in a tree."""
    system, dtype = vector.split(maxsplit=1)[0], "float32" if vector.endswith("floats") else "float64"
    return tuple(
        Branch(name=f"v.{path}", typename=dtype, kind="number", dtype=dtype, n_jagged=n_jagged)
        for path in SYSTEMS[system].paths
    )


@pytest.mark.parametrize("vector", NUMBERS)
def test_every_method_is_roots_to_the_last_bit(vector: str) -> None:
    """Law: a vector in any coordinates, of doubles or floats, has ROOT's values, NaN and infinities too."""
    if vector.endswith("floats") and not has_singles_of_the_numbers():
        pytest.skip("the C library here rounds functions of floats otherwise than the one of ROOT's numbers")
    members = np.array(NUMBERS[vector]["members"])
    own = branches(vector, n_jagged=0)
    schema = Schema(tree="t", format="TTree", branches=own)
    events = ak.Array({branch.name: members[:, place].astype(branch.dtype) for place, branch in enumerate(own)})
    methods = NUMBERS[vector]["methods"]

    text = ":".join(f"v.{method}()" for method in methods)
    computed = compute_rows(make_rows(text, schema=schema), events).values

    assert {method: values.tolist() for method, values in zip(methods, computed, strict=True)} == {
        method: pytest.approx(expected, rel=0, abs=0, nan_ok=True) for method, expected in methods.items()
    }


def test_every_method_that_is_known_was_asked() -> None:
    """Law: no formula stands unchecked, but those that only others use."""
    known = {
        (system, method)
        for system, vector in SYSTEMS.items()
        for method in vector.formulas
        if not method.startswith("_")
    }
    asked = {
        (vector, method)
        for vector, numbers in NUMBERS.items()
        if "floats" not in vector
        for method in numbers["methods"]
    }
    assert known == asked


def test_vectors_in_lists_have_methods_element_by_element() -> None:
    """Law: a method of a list of vectors loops over them, and an index in front of it picks one."""
    members = np.array(NUMBERS["PxPyPzE4D"]["members"])
    expected = np.array(NUMBERS["PxPyPzE4D"]["methods"]["Pt"])
    counts = np.array([0, 3, 1, 0, len(members) - 4])
    own = branches("PxPyPzE4D", n_jagged=1)
    schema = Schema(tree="t", format="TTree", branches=own)
    events = ak.Array({branch.name: ak.unflatten(members[:, place], counts) for place, branch in enumerate(own)})

    (looping,) = compute_rows(make_rows("v.Pt()", schema=schema), events).values
    (second,) = compute_rows(make_rows("v[1].Pt()", schema=schema), events).values
    (size,) = compute_rows(make_rows("@v.size() + v@.size()", schema=schema), events).values

    assert looping.tolist() == expected.tolist()
    assert second.tolist() == [expected[1], expected[5]]
    assert size.tolist() == (2.0 * counts).tolist()
