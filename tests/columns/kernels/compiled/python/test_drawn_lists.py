"""Histograms of the Python dialect on both paths."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from list_tree import SCHEMA, random_block

from overproof.analysis.draw.plan import make_plan
from overproof.columns.kernels.compiled.drawing import CompiledDraw
from overproof.columns.kernels.selectors.ways import fill

BINS = "12, -6, 6"
QUESTIONS = [
    ("eta", None, None),
    ("eta", "pt > 0", None),
    ("eta*2 + 1", "good", "pt"),
    ("np.cosh(eta)", "good & (q > 0)", None),
    ("eta", "pt", None),
    ("1", "pt > 0", None),
    ("jet", "w > 0", "w"),
    ("pt[pt > 0]", "n > 1", None),
    ("ak.max(jet, axis=1)", "ok", "met"),
    ("m", None, None),
    ("dd", "ok", None),
    ("eta", "True", None),
]

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@pytest.mark.parametrize("is_odd", [False, True])
def test_histograms_are_the_same_on_both_paths(is_odd: bool, compiled_in_haste: None) -> None:
    """Law: the sums of every cell have the same bits, whether lists are gone through as one or entry by entry."""
    block = random_block(np.random.default_rng(11), n_entries=80, longest=5, is_odd=is_odd)
    plans = [
        make_plan(text, cut=cut, weight=weight, bins=BINS, schema=SCHEMA, dialect="python")
        for text, cut, weight in QUESTIONS
    ]
    compiled = CompiledDraw(plans).fill(block)
    for question, found, plan in zip(QUESTIONS, compiled, plans, strict=True):
        for name, sums in fill(plan, block).items():
            np.testing.assert_array_equal(found[name], sums, err_msg=f"{name} of {question}")


def test_compiled_draws_do_not_wait_for_awkward() -> None:
    """Law: what is computed by a function loads no awkward, which takes longer than most draws."""
    program = (
        "import sys; from overproof.columns.kernels.compiled import drawing, listing; "
        "print([name for name in ('awkward', 'uproot', 'numba') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
