"""When a worker reads by compiled steps."""

from __future__ import annotations

from typing import Any

import cloudpickle
import pytest

from overproof.analysis.selector import FunctionSelector
from overproof.columns.native.steps import Machinery
from overproof.columns.reader import ReaderCache


def selector_on(path: str) -> bytes:
    """Make a selector that is served by a path, as draws are."""
    selector = FunctionSelector(len)
    selector.path = path  # type: ignore[attr-defined]  # what draws have
    return cloudpickle.dumps(selector)


@pytest.mark.parametrize(("path", "is_used"), [("compiled", True), ("interpreted", False), ("", False)])
def test_steps_are_compiled_where_the_query_is(path: str, is_used: bool, make_bench: Any) -> None:
    """LLVM is not loaded for a query that has no other use for it, also not behind one that had."""
    readers = ReaderCache()
    readers.machinery = Machinery(patience=0)
    bench = make_bench(readers=readers)
    bench.begin(len, selector=selector_on("compiled"))
    bench.begin(len, selector=selector_on(path))
    assert (readers.machinery.step("move") is not None) is is_used
