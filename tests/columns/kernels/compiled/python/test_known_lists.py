"""What is known of the Python dialect on the compiled path: everything but a short list, in one place."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
from both_paths import differences, is_written, written_together
from list_tree import SCHEMA as WIDE
from list_tree import Block, random_block
from python_sample import SCHEMA, Events
from test_against_awkward import LINES

from overproof.analysis.draw.python.resolve import BIT_KERNELS, KERNELS
from overproof.analysis.draw.python.rows import PythonRows, make_python_rows
from overproof.analysis.draw.python.typed import Apply, Decision, Filter, Lists, Pick, Typed
from overproof.analysis.draw.python.vocabulary import ELEMENTWISE, LIST_FUNCTIONS
from overproof.columns.kernels.compiled.block import BlockGiven
from overproof.columns.kernels.compiled.python.scratch import FIRST_ROOM
from overproof.columns.kernels.compiled.work import Undecided
from overproof.columns.kernels.python.rows import compute_python_rows
from overproof.columns.kernels.selectors.ways import COMPILED, Computing

PAGE = Path(__file__).resolve().parents[5] / "docs" / "draw-language.md"
NAMES = {"x": "pt", "yes": "ok", "xx": "dd"}
"""Branches of the page, and those of the sample."""

CHOICES = ["pt if good else eta", "pt if ok else eta", "met if n > 1 else w", "n and met", "met or n", "pt and 2"]
TEXTS = [*LINES, *CHOICES]

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def asked(text: str, *, cut: str | None = None) -> PythonRows:
    return make_python_rows(text, cut=cut, schema=SCHEMA)


def only_interpreted() -> list[str]:
    """Return the examples of the page, with branches of the sample."""
    table = PAGE.read_text(encoding="utf-8").split("| only interpreted | such as |\n|---|---|\n")[1].split("\n\n")[0]
    examples = re.findall(r"\| `([^`]+)` \|$", table, flags=re.MULTILINE)
    return [re.sub(r"\b(xx|x|yes)\b", lambda name: NAMES[name[0]], example) for example in examples]


def test_what_awkward_computes_is_compiled(compiled_in_haste: None) -> None:
    """Law: every expression that is held against awkward has the same rows, to the last bit, by compiled functions."""
    rows = [asked(text) for text in TEXTS]
    assert all(is_written(each, Events()) for each in rows)
    found: dict[int, str] = {}
    for first in range(0, len(rows), 12):
        found |= {first + number: told for number, told in differences(rows[first : first + 12], [Events()]).items()}
    assert {TEXTS[number]: told for number, told in found.items()} == {}


def of_every_function() -> list[str]:
    """Return an expression for each function of numbers."""
    arguments = {1: "dd", 2: "dd, ee", 3: "dd, -1, w"}
    return [f"{name}({arguments[each.n_arguments]})" for name, each in ELEMENTWISE.items()]


def test_every_function_of_numbers_is_compiled(compiled_in_haste: None) -> None:
    """Law: every function of numbers gives the same bits, for numbers on edges too."""
    block = random_block(np.random.default_rng(3), n_entries=60, longest=4, is_odd=True)
    rows = [make_python_rows(text, schema=WIDE) for text in of_every_function()]
    assert differences(rows, [block]) == {}


def names_in(node: Typed) -> set[str]:
    """Return the names of everything that is done in an expression."""
    match node:
        case Apply():
            return {node.kernel}.union(*map(names_in, node.arguments))
        case Lists():
            return {node.function}.union(*map(names_in, node.arguments))
        case Pick():
            return {"Pick"} | names_in(node.base)
        case Filter():
            return {"Filter"} | names_in(node.base) | names_in(node.index)
        case Decision():
            parts = [part for part in (node.condition, node.yes, node.no) if part is not None]
            return {"Decision"}.union(*map(names_in, parts))
    return {type(node).__name__}


def test_the_questions_cover_the_dialect() -> None:
    """Law: what is held against the interpreter has every function and every operator of the dialect in it."""
    rows = [asked(text) for text in TEXTS] + [make_python_rows(text, schema=WIDE) for text in of_every_function()]
    names = set[str]().union(*(names_in(formula.root) for each in rows for formula in each.values))
    operators = {*KERNELS.values(), *(kernel for pair in BIT_KERNELS.values() for kernel in pair if kernel)}
    functions = {function.kernel for function in ELEMENTWISE.values()} | {name[3:] for name in LIST_FUNCTIONS}
    assert {*operators, *functions, "Pick", "Filter", "Decision"} - names == set()


@pytest.mark.parametrize("text", only_interpreted())
def test_the_page_tells_what_is_only_interpreted(text: str) -> None:
    """Law: what the page says that only the interpreter knows is not compiled, and has its answer all the same."""
    rows = asked(text)
    assert not is_written(rows, Events())
    found = Computing(rows, path=COMPILED).compute(Events())
    expected = compute_python_rows(rows, Events())
    np.testing.assert_array_equal(found.values[0], expected.values[0])
    np.testing.assert_array_equal(found.entry, expected.entry)


def test_the_page_has_at_most_six_uses() -> None:
    """Law: the list of what is only interpreted stays short."""
    assert 0 < len(only_interpreted()) <= 6


@pytest.mark.parametrize(
    "text",
    ["pt[:, 0]", "dd[:, :, 0]", "pt + jet", "pt[good[:, :1]]", "dd + dd[:, ::-1]", "pt[ak.local_index(pt) + 1]"],
)
def test_errors_are_left_to_the_interpreter(text: str, compiled_in_haste: None) -> None:
    """Law: a block with an entry that has not what is asked for is left to the interpreter."""
    with pytest.raises(Undecided):
        differences([asked(text)], [Events()])


def test_what_a_cut_leaves_out_is_no_error(compiled_in_haste: None) -> None:
    """Law: entries that the cut or a mask leaves out are not looked at."""
    questions = [asked("pt[:, 1]", cut="n > 1"), asked("pt[n > 1][:, 1]"), asked("pt[:, 0] if n > 0 else met")]
    assert differences(questions, [Events()]) == {}


def many(n_elements: int) -> Block:
    """Make one entry with many elements, in no order."""
    numbers = np.random.default_rng(1).integers(0, 1000, n_elements).astype(np.float64)
    whole = Events(0, 1)
    return Block({**whole, "pt": ak.Array([numbers]), "eta": ak.Array([numbers[::-1]])}, 1)


def test_long_lists_find_room(compiled_in_haste: None) -> None:
    """Law: a list that is longer than the scratch memory gets more, and the same answer; long lists are sorted too."""
    questions = [asked("ak.sort(pt)"), asked("pt[ak.argsort(eta, ascending=False)]"), asked("pt[pt > 500]")]
    assert differences(questions, [many(FIRST_ROOM)]) == {}


def test_no_list_is_read_beyond_its_end(compiled_in_haste: None) -> None:
    """Law: offsets that do not fit their content leave the block to the interpreter, whatever they are."""
    rows = [asked("ak.sum(pt, axis=1)"), asked("ak.sort(dd, axis=2)")]
    dice = np.random.default_rng(7)
    for _ in range(20):
        given = BlockGiven(rows, Events(0, 5))
        name = dice.choice(["pt", "dd"])
        offsets = given.block.columns[name].offsets[0].copy()
        offsets[dice.integers(1, len(offsets))] = dice.choice([-1, 10**6, 2**62, -(2**63)])
        broken: dict[str, Any] = {name: _with_offsets(given.block.columns[name], offsets)}
        object.__setattr__(given.block, "columns", {**given.block.columns, **broken})
        with pytest.raises(Undecided):
            written_together(rows, given)[0].run(given)


def _with_offsets(column: Any, offsets: Any) -> Any:
    return replace(column, offsets=(offsets, *column.offsets[1:]))
