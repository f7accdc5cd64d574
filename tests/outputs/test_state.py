"""The un-rounded state: any grouping, all or nothing, round once."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from overproof.outputs.state import OutputState
from overproof.words.errors import MergeError


def test_nothing_in_nothing_out() -> None:
    """A state of no blocks has no outputs."""
    assert (OutputState().value(), OutputState().n_blocks) == ({}, 0)


def test_blocks_without_outputs_count(block: Any) -> None:
    """None and an empty dict are outputs too: the block is merged."""
    state = OutputState()
    state.add_block(block(0, 0), None)
    state.add_block(block(3, 70), {})
    assert (state.n_blocks, state.value()) == (2, {})


def test_keys_stand_in_the_order_of_first_appearance(at_random: Any) -> None:
    """By position of the block that had the key first, not by arrival."""
    outputs = {(0, 0): {"z": 1, "y": 1}, (0, 1): {"a": 1, "y": 1}, (1, 0): {"b": 1, "z": 1}}
    for seed in range(8):
        assert list(at_random(outputs, seed).value().items()) == [("z", 2), ("y", 2), ("a", 1), ("b", 1)]


def test_none_is_the_identity(at_random: Any) -> None:
    """A key that is None in some blocks has the sum of the others; None everywhere stays None."""
    outputs = {(0, 0): {"n": None, "m": None}, (0, 1): {"n": 2}, (0, 2): {"n": 3.5, "m": None}}
    for seed in range(4):
        assert at_random(outputs, seed).value() == {"n": 5.5, "m": None}


def test_no_block_counts_twice(block: Any) -> None:
    """Merging a block that is in already is refused, and changes nothing."""
    one, other = OutputState(), OutputState()
    one.add_block(block(0, 0), {"n": 1})
    other.add_block(block(0, 1), {"n": 1})
    other.add_block(block(0, 0), {"n": 1})
    with pytest.raises(MergeError, match="block 0 of file 0"):
        one.merge(other)
    with pytest.raises(MergeError, match="twice"):
        other.add_block(block(0, 1), None)
    assert (one.value(), one.n_blocks, other.value(), other.n_blocks) == ({"n": 1}, 1, {"n": 2}, 2)


@pytest.mark.parametrize(
    ("output", "complaint"),
    [
        ({"n": 1, "o": object()}, "'o'.*object.*no `\\+`"),
        ({"n": 1, "d": {"x": {"y": object()}}}, r"'d'\['x'\]\['y'\]"),
        ({"n": 1, "a": np.zeros(3)}, "shapes"),
        ({"n": "text"}, "'n'"),
        ([1, 2], "by name"),
    ],
)
def test_a_failing_block_changes_nothing(output: Any, complaint: str, block: Any) -> None:
    """All or nothing: also what came before the failing key is not added."""
    state = OutputState()
    state.add_block(block(0, 0), {"n": 1, "a": np.ones(2)})
    with pytest.raises(MergeError, match=complaint):
        state.add_block(block(0, 1), output)
    value = state.value()
    assert (value["n"], value["a"].tolist(), state.n_blocks) == (1, [1, 1], 1)


def test_asking_for_the_value_changes_nothing(at_random: Any) -> None:
    """Partial results may be had at any time: sums go on un-rounded."""
    outputs = {(0, i): {"x": x, "a": np.array([x])} for i, x in enumerate([1e16, 1.0, -1e16, 1.0])}
    state = OutputState()
    for position, output in outputs.items():
        state.merge(at_random({position: output}, 0))
        state.value()
    assert (state.value()["x"], state.value()["a"].tolist()) == (2.0, [2.0])


def test_what_was_kept_can_be_merged_later(in_order: Any) -> None:
    """A state that was written down, its value asked for, and read again rounds once all the same."""
    first = in_order({(0, 0): {"x": 2.0**53}, (0, 1): {"x": 1.0}})
    assert first.value()["x"] == 2.0**53
    later = OutputState.from_bytes(first.to_bytes())
    later.merge(in_order({(1, 0): {"x": 2.0**-60}}))
    assert later.value()["x"] == 2.0**53 + 2


def test_copies_are_independent(in_order: Any, block: Any) -> None:
    """What is merged into a copy is not in the original."""
    state = in_order({(0, 0): {"n": 1, "l": [1], "a": np.ones(2), "d": {"s": {1}}}})
    copy = state.copy()
    copy.add_block(block(0, 1), {"n": 1, "l": [2], "a": np.ones(2), "d": {"s": {2}}})
    assert (state.value()["n"], state.value()["l"], state.value()["d"], state.n_blocks) == (1, [1], {"s": {1}}, 1)
    assert (copy.value()["n"], copy.value()["l"], copy.value()["d"], copy.n_blocks) == (2, [1, 2], {"s": {1, 2}}, 2)
    assert state.value()["a"].tolist() == [1, 1]


def test_the_other_is_consumed(in_order: Any) -> None:
    """A merged state is empty, so that it cannot be merged again by mistake."""
    state, other = in_order({(0, 0): {"n": 1}}), in_order({(0, 1): {"n": 2}})
    state.merge(other)
    assert (state.value(), other.value(), other.n_blocks) == ({"n": 3}, {}, 0)


def test_the_size_tells_the_memory_of_arrays(in_order: Any) -> None:
    """Six words an element of a float array."""
    assert in_order({(0, 0): {"a": np.ones(10_000)}}).size_bytes == pytest.approx(6 * 8 * 10_000, rel=0.1)


def test_a_state_can_be_kept_in_a_file(in_order: Any, block: Any) -> None:
    """Between other things: what is read is what was written, un-rounded, and goes on as if nothing had been."""
    state = in_order({(0, 0): {"x": 2.0**53, "a": np.ones(2), "l": [1]}, (0, 1): {"x": 1.0}})
    file = io.BytesIO(b"before")
    file.seek(0, io.SEEK_END)
    state.write_to(file)
    file.write(b"behind")
    file.seek(6)
    again = OutputState.read_from(file)
    assert file.read() == b"behind"
    for each in (state, again):
        each.add_block(block(1, 0), {"x": 2.0**-60, "a": np.ones(2), "l": [2]})
    assert again.to_bytes() == state.to_bytes()
    assert (again.value()["x"], again.value()["l"], again.n_blocks) == (2.0**53 + 2, [1, 2], 3)


def test_what_pickle_cannot_find_is_kept_by_value(in_order: Any) -> None:
    """A class of a function is written with its code; nothing of the first attempt stays in the file."""

    class Tally(list[int]):
        pass

    state = in_order({(0, 0): {"a": np.ones(3), "t": Tally([1])}})
    file = io.BytesIO()
    state.write_to(file)
    assert file.tell() == len(file.getvalue())
    file.seek(0)
    assert list(OutputState.read_from(file).value()["t"]) == [1]


@pytest.mark.parametrize("cut", [0, 1, 20, -1])
def test_a_torn_file_is_told(cut: int, in_order: Any) -> None:
    """What is not whole is one of our errors, not a traceback of pickle's."""
    file = io.BytesIO()
    in_order({(0, 0): {"a": np.ones(3)}}).write_to(file)
    with pytest.raises(MergeError, match="reading outputs"):
        OutputState.read_from(io.BytesIO(file.getvalue()[:cut]))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("n_cells", [3, 100_000])
def test_a_full_disk_is_told_as_such(n_cells: int, in_order: Any) -> None:
    """What the file raises is the caller's to hear, and the state goes on."""
    state = in_order({(0, 0): {"a": np.ones(n_cells)}})
    with pytest.raises(OSError, match="No space"), Path("/dev/full").open("wb") as file:
        state.write_to(file)
    assert state.value()["a"].sum() == n_cells


SCRIPT = """
from overproof.outputs.state import OutputState
from overproof.records.block import Block
def make():
    class Tally:
        def __init__(self, n): self.n = n
        def __add__(self, other): return Tally(self.n + other.n)
    return Tally
tally = make()
state = OutputState()
state.add_block(Block(file=0, index=0, first=0, stop=1), {"t": tally(3)})
again = OutputState.from_bytes(state.to_bytes())
again.add_block(Block(file=0, index=1, first=1, stop=2), {"t": tally(4)})
print(again.value()["t"].n)
"""


def test_classes_that_only_the_user_has_travel() -> None:
    """A class typed at the prompt, which plain pickle cannot find again, travels by value and can be added after."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "7"


def test_heavy_libraries_are_not_imported() -> None:
    """Whoever returns boost-histograms does not pay for awkward, hist or uproot."""
    script = (
        "import sys, boost_histogram as bh; from overproof.outputs.state import OutputState;"
        "from overproof.records.block import Block; s = OutputState();"
        "s.add_block(Block(file=0, index=0, first=0, stop=1), {'h': bh.Histogram(bh.axis.Regular(2, 0, 1)), 'n': 1});"
        "OutputState.from_bytes(s.to_bytes()).value();"
        "print(sorted({'awkward', 'hist', 'uproot', 'pandas', 'numba', 'cloudpickle'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
