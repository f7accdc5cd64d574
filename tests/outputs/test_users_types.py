"""Objects that the selector uses again, and objects that misbehave."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import awkward as ak
import hist
import numpy as np
import pytest

from overproof.outputs.state import OutputState
from overproof.words.errors import MergeError


class Plain:
    """A sum that makes a new object."""

    def __init__(self, n: float) -> None:
        self.n = n

    def __add__(self, other: Plain) -> Plain:
        return type(self)(self.n + other.n)


class InPlace(Plain):
    """A `+` that changes and gives back its left operand, and spoils its right one."""

    def __add__(self, other: Plain) -> InPlace:
        self.n += other.n
        other.n = -1000
        return self


def histogram() -> Any:
    return hist.Hist(hist.axis.StrCategory([], growth=True, name="c"))


class Reused:
    """A selector that makes its outputs once and changes them in every block."""

    def __init__(self) -> None:
        self.numbers = np.zeros(2)
        self.wide = np.zeros(2, np.longdouble)
        self.objects = np.array([[0]], dtype=object)
        self.plain, self.inner, self.histogram = Plain(0), {"k": [0]}, histogram()

    def __call__(self, n: int) -> dict[str, Any]:
        self.numbers[:], self.wide[:], self.objects[0, 0], self.plain.n, self.inner["k"][0] = n, n, n, n, n
        self.histogram.reset()
        self.histogram.fill(f"c{n}")
        self.histogram.axes[0].label = f"label {n}"
        return {
            "arrays": self.numbers,
            "wide": self.wide,
            "objects": self.objects,
            "plain": self.plain,
            "list": [self.numbers, self.inner],
            "tuple": (self.numbers, self.inner),
            "dict": {"deep": {"list": [self.inner]}},
            "packed": ak.Array(self.numbers),
            "slice": ak.Array(self.numbers)[1:],
            "histogram": self.histogram,
        }


def as_text(value: dict[str, Any]) -> str:
    return repr({key: each.n if isinstance(each, Plain) else each for key, each in value.items()})


def test_outputs_that_are_used_again_are_copied(in_order: Any, block: Any) -> None:
    """A selector that fills the same objects in every block gives what one that makes new ones gives."""
    reused, state = Reused(), OutputState()
    for i in range(5):
        state.add_block(block(0, i), reused(i))
    fresh = in_order({(0, i): Reused()(i) for i in range(5)})
    assert as_text(state.value()) == as_text(fresh.value())
    assert state.value()["plain"].n == sum(range(5))
    assert state.value()["packed"].to_list() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_tables_of_pandas_are_copied(block: Any) -> None:
    """Values, cells that are lists, and the index."""
    pandas = pytest.importorskip("pandas")
    numbers, cell, state = np.zeros(1), [0], OutputState()
    for i in range(3):
        numbers[:], cell[0] = i, i
        table = pandas.DataFrame({"x": numbers, "l": [cell]}, index=pandas.Index(numbers, copy=False), copy=False)
        state.add_block(block(0, i), {"t": table, "s": pandas.Series(numbers, copy=False)})
    value = state.value()
    assert value["t"]["x"].tolist() == value["t"].index.tolist() == value["s"].tolist() == [0, 1, 2]
    assert value["t"]["l"].tolist() == [[0], [1], [2]]


def test_tables_of_arrow_are_copied(block: Any) -> None:
    """A table may be a view of the selector's arrays; one of other columns is refused when it comes."""
    pyarrow = pytest.importorskip("pyarrow")
    numbers, state = np.zeros(1), OutputState()
    for i in range(3):
        numbers[:] = i
        state.add_block(block(0, i), {"t": pyarrow.table({"x": numbers})})
    with pytest.raises(MergeError, match="'t'"):
        state.add_block(block(0, 3), {"t": pyarrow.table({"y": numbers})})
    assert state.value()["t"].to_pydict() == {"x": [0, 1, 2]}


def test_a_plus_that_changes_its_operands_counts_once(block: Any) -> None:
    """Asking for the value, of a state or of its copy, at any time, changes nothing."""
    state = OutputState()
    for i in range(11):
        state.add_block(block(i % 2, i), {"o": InPlace(i)})
        copy = state.copy()
        assert copy.value()["o"].n == state.value()["o"].n == state.value()["o"].n == sum(range(i + 1))


def test_a_plus_that_changes_its_operands_and_fails_changes_nothing(block: Any) -> None:
    """All or nothing, also when the failure comes from another output."""
    state = OutputState()
    state.add_block(block(0, 0), {"o": InPlace(1), "z": 1})
    with pytest.raises(MergeError, match="'z'"):
        state.add_block(block(0, 1), {"o": InPlace(2), "z": "text"})
    assert state.value()["o"].n == 1


class BadUnpickle(Plain):
    """Cannot be made again."""

    def __setstate__(self, state: object) -> None:
        raise ValueError("cannot load")


class BadPickle(Plain):
    """Cannot be written."""

    def __getstate__(self) -> object:
        raise KeyError("cannot store")


class Locked(Plain):
    """Holds what belongs to one process."""

    def __init__(self, n: float) -> None:
        super().__init__(n)
        self.lock = threading.Lock()


class BadPlus(Plain):
    """Cannot be added, and cannot even say why."""

    def __add__(self, other: Plain) -> Plain:
        class Mute(Exception):
            def __str__(self) -> str:
                raise RuntimeError

        raise Mute


class BadSize(Plain):
    """Fails when asked for its size."""

    @property
    def nbytes(self) -> int:
        raise ValueError("no size")


class Copied:
    """Can be copied, but not travel; its state fails when it is unpickled."""

    def __init__(self, *, fails_late: bool = False) -> None:
        self.fails_late = fails_late

    def __deepcopy__(self, memo: object) -> Copied:
        return self

    def __add__(self, other: Copied) -> Copied:
        return self

    def __reduce__(self) -> Any:
        if self.fails_late:
            return (int, ("no number",))
        raise OSError("stays here")


class BadItems(dict[str, int]):
    """A mapping that fails while it is read."""

    def items(self) -> Iterator[Any]:  # type: ignore[override]
        raise OSError("gone")


@pytest.mark.parametrize("make", [BadUnpickle, BadPickle, Locked])
def test_what_cannot_be_copied_is_refused_in_its_block(make: Callable[[float], Any], block: Any) -> None:
    """Found in the first block, by name, and not when the delta is merged."""
    state = OutputState()
    with pytest.raises(MergeError, match=f"'o': a {make.__name__} cannot be sent"):
        state.add_block(block(0, 0), {"n": 1, "o": make(1)})
    assert (state.value(), state.n_blocks) == ({}, 0)


def test_a_plus_that_raises_is_named_in_a_merge_and_in_a_value(block: Any) -> None:
    """Whether siblings meet in a merge or the rest meets in the value, the output is named."""
    near, far = OutputState(), OutputState()
    near.add_block(block(0, 0), {"o": BadPlus(1)})
    far.add_block(block(0, 0), {"o": BadPlus(1)})
    far.add_block(block(7, 0), {"o": BadPlus(1)})
    with pytest.raises(MergeError, match=r"'o'.*BadPlus raised Mute: no message"):
        near.add_block(block(0, 1), {"o": BadPlus(1)})
    with pytest.raises(MergeError, match=r"'o'.*BadPlus raised Mute: no message"):
        far.value()


def test_the_size_is_told_whatever_an_object_does(in_order: Any) -> None:
    """A property that raises counts as no bytes."""
    state = in_order({(0, i): {"o": BadSize(i), "a": np.ones(1000)} for i in range(3)})
    assert 48_000 < state.size_bytes < 60_000


def test_what_cannot_travel_is_named(in_order: Any) -> None:
    """Whatever pickling raises is a MergeError with the output's name; reading raises nothing else either."""
    with pytest.raises(MergeError, match=r"output 'bad': .*stays here"):
        in_order({(0, 0): {"good": 1, "bad": Copied()}}).to_bytes()
    with pytest.raises(MergeError, match="no number"):
        OutputState.from_bytes(in_order({(0, 0): {"late": Copied(fails_late=True)}}).to_bytes())
    with pytest.raises(MergeError):
        OutputState.from_bytes(b"no pickle")


def test_a_mapping_that_fails_is_refused(block: Any) -> None:
    """As the outermost one, and as an output."""
    for output, complaint in ((BadItems(n=1), "gone"), ({"o": BadItems(n=1)}, "'o'.*gone")):
        with pytest.raises(MergeError, match=complaint):
            OutputState().add_block(block(0, 0), output)
