"""The page says which names of ROOT's dialect are not compiled."""

from __future__ import annotations

import re
from pathlib import Path

from overproof.analysis.draw.language.vocabulary import FUNCTIONS
from overproof.analysis.draw.resolve import BINARY_KERNELS, UNARY_KERNELS
from overproof.columns.kernels.compiled.functions import function_names

PAGE = Path(__file__).resolve().parents[5] / "docs" / "draw-language.md"
KERNELS = {
    **{name: function.kernel for name, function in FUNCTIONS.items()},
    **BINARY_KERNELS,
    **UNARY_KERNELS,
}


def test_the_page_lists_the_names_that_only_the_interpreter_knows() -> None:
    """Law: what the page lists are the functions and operators that no compiled function can have, no more, no less."""
    text = PAGE.read_text(encoding="utf-8").split("\n## Compiled and interpreted\n")[1].split("\n## ")[0]
    (listed,) = re.findall(r"Names of this dialect that only the interpreter knows: ([^.]*)\.", text)
    names = set() if listed == "none" else set(re.findall(r"`([^`]+)`", listed))
    assert names == {name for name, kernel in KERNELS.items() if kernel not in function_names()}
    assert len(names) <= 10
