"""The Python dialect against Python itself: the text evaluated by Python on awkward arrays."""

from __future__ import annotations

import awkward as ak
import numpy as np
import pytest
from python_sample import COLUMNS, N_ENTRIES, SCHEMA, Events

from overproof.analysis.draw.python.rows import make_python_rows
from overproof.columns.kernels.python.rows import compute_python_rows

EXPRESSIONS = """
pt
3
ok
pt + met
pt*2 - 1
-pt
+pt
7//3
pt % 7
pt // 7
pt**2
pt**3
pt**0.5
2**n
pt / q
met / 0
(pt > 20) & (eta < 0.3)
(pt > 20) | good
good ^ (q == 1)
flags & 4
(flags & 4) != 0
flags | 1
flags >> 1
flags << 2
flags ^ 3
~flags
~ok
~good
q == 1
q != 1
met <= 30
met >= 30
pt[pt > 20]
pt[q == 1]
pt[good]
pt[~good]
pt[ok]
(pt + eta)[ok]
pt[n > 1]
pt[n > 1][:, 1]
pt[n > 0][:, -1]
pt[(n > 1) & ok][:, -2]
pt[pt > 20][ak.num(pt[pt > 20]) > 0][:, 0]
pt[:, :2]
pt[:, 1:]
pt[:, ::-1]
pt[:, ::2]
pt[:, -1:]
pt[..., :1]
m
m[:, 0]
m[:, -1]
m[:, 1:]
dd
dd[:, 0]
dd[:, 1, :1]
dd[:, :, :2]
dd[..., :1]
dd[dd > 0]
dd[ak.num(dd, axis=2) > 1]
dd[ak.num(dd, axis=2) > 1][:, :, 1]
dd[ak.sum(dd, axis=2) > 0]
pt[ak.argmax(pt, axis=1, keepdims=True)]
eta[ak.argmin(abs(eta), axis=1, keepdims=True)]
pt[ak.argsort(pt, ascending=False)]
pt[ak.local_index(pt) == 1]
met[ak.any(pt > 50, axis=1)]
pt[:, :, np.newaxis] - jet[:, np.newaxis, :]
ak.min(abs(pt[:, :, None] - jet[:, None, :]), axis=2)
pt[ak.all(abs(pt[:, :, None] - jet[:, None, :]) > 5, axis=2)]
ak.sum(pt, axis=1)
ak.sum(pt, axis=-1)
ak.sum(pt*(pt > 20), axis=1)
ak.sum(good, axis=1)
ak.sum(q, axis=1, keepdims=True)
ak.sum(dd, axis=1)
ak.sum(dd, axis=-1)
ak.sum(ak.sum(dd, axis=2), axis=1)
ak.prod(pt, axis=1)
ak.max(pt, axis=1)
ak.min(pt, axis=1)
ak.max(pt, axis=1, mask_identity=False)
ak.fill_none(ak.max(pt, axis=1), -1)
ak.any(pt > 50, axis=1)
ak.all(pt > 0, axis=1)
ak.count(pt, axis=1)
ak.count_nonzero(good, axis=1)
ak.argmax(pt, axis=1)
ak.argmin(pt, axis=1)
ak.mean(pt, axis=1)
ak.var(pt, axis=1)
ak.var(pt, axis=1, ddof=1)
ak.std(pt, axis=1)
ak.ptp(pt, axis=1)
np.sum(pt, axis=-1)
np.max(pt, axis=1)
np.any(good, axis=1)
ak.num(pt)
ak.num(pt[pt > 20])
ak.num(dd, axis=2)
ak.num(dd)
ak.firsts(pt)
ak.firsts(dd, axis=2)
ak.fill_none(ak.firsts(pt), -1.0)
ak.fill_none(pt, 0)
ak.is_none(ak.firsts(pt))
ak.is_none(ak.mask(pt, good), axis=1)
ak.drop_none(ak.firsts(pt), axis=0)
ak.drop_none(ak.mask(pt, good))
ak.singletons(ak.firsts(pt))
ak.pad_none(pt, 2)
ak.pad_none(pt, 2, clip=True)[:, 1]
ak.pad_none(pt, target=3, clip=True)[:, 2]
ak.sort(pt)
ak.sort(pt, ascending=False)[:, :1]
ak.sort(dd, axis=1)
ak.argsort(pt)
ak.local_index(pt)
ak.local_index(dd, axis=1)
ak.flatten(pt)
ak.flatten(pt, axis=None)
ak.ravel(dd)
ak.flatten(dd, axis=2)
ak.concatenate([pt, jet], axis=1)
ak.num(ak.concatenate((pt, jet, eta), axis=1))
ak.mask(pt, pt > 20)
ak.sum(ak.mask(pt, pt > 20), axis=1)
ak.mask(pt, good, valid_when=False)
ak.where(pt > 20, pt, -pt)
ak.where(ok, pt, eta)
np.where(ok, met, -1)
ak.zeros_like(pt) + 1
ak.ones_like(eta)
np.sqrt(pt)
np.log(met)
np.arctan2(pt, eta)
np.hypot(pt, eta)
np.maximum(pt, 20)
np.minimum(met, w)
np.abs(eta)
abs(eta)
np.sign(eta)
np.isnan(np.sqrt(pt))
np.isfinite(np.log(abs(met)))
np.round(pt)
np.floor(eta)
np.remainder(eta, 1)
np.logical_and(good, q == 1)
np.logical_or(good, q == 1)
np.logical_xor(good, q == 1)
np.logical_not(good)
np.cosh(eta)*pt
np.pi*eta/180
np.sqrt(2*pt[:, :1]*jet[:, :1][ak.num(jet) > 10])
"""
"""Expressions that awkward itself computes on the whole sample."""

LINES = [line for line in EXPRESSIONS.splitlines() if line]


def whole_numbers_in_double(name: str) -> object:
    """Return a column as the dialect reads it; awkward keeps integers where bits or squares of them are asked for."""
    column = ak.from_regular(COLUMNS[name], axis=None)
    return column if name in {"ok", "good", "flags", "q", "n"} else ak.values_astype(column, np.float64)


@pytest.mark.parametrize("text", LINES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_text_means_what_python_makes_of_it(text: str) -> None:
    """Law: a text has the elements that Python and awkward give it, made flat, without what is None."""
    expected = eval(text, {"np": np, "ak": ak}, {name: whole_numbers_in_double(name) for name in COLUMNS})
    if not isinstance(expected, ak.Array):
        expected = ak.Array(np.full(N_ENTRIES, expected))
    flat = np.asarray(ak.to_numpy(ak.flatten(expected, axis=None)), dtype=np.float64)
    found = compute_python_rows(make_python_rows(text, schema=SCHEMA), Events())
    np.testing.assert_allclose(found.values[0], flat, rtol=1e-15, atol=0.0)
    assert found.weights is None


@pytest.mark.parametrize("text", LINES[::7])
def test_blocks_of_any_size_give_the_same_rows(text: str) -> None:
    """Law: no row depends on which entries share its block, to the last bit."""
    rows = make_python_rows(text, schema=SCHEMA)
    whole = compute_python_rows(rows, Events())
    pieces = [compute_python_rows(rows, Events(first, first + 40)) for first in range(0, N_ENTRIES, 40)]
    np.testing.assert_array_equal(np.concatenate([piece.values[0] for piece in pieces]), whole.values[0])
