"""Laws of how the user's code travels."""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cloudpickle
import pytest

import overproof as op
from overproof.session.code import make_selector, pack_selector
from overproof.words.errors import SelectorError


@pytest.fixture
def analysis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A module of the user's with a neighbour, importable here and nowhere else."""
    (tmp_path / "my_neighbour.py").write_text("def double(x):\n    return 2 * x\n")
    (tmp_path / "my_analysis.py").write_text(
        "import overproof as op\nfrom my_neighbour import double\n\n"
        "class Mine(op.Selector):\n    def process(self, events):\n        return {'n': double(len(events))}\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("my_analysis")
    for name in ("my_analysis", "my_neighbour"):
        sys.modules.pop(name, None)


def test_code_next_to_the_script_travels_with_its_neighbours(analysis: Any, tmp_path: Path) -> None:
    """A process that cannot import the user's modules can load and run the selector."""
    packed = tmp_path / "packed"
    packed.write_bytes(pack_selector(analysis.Mine()))
    program = "import pickle, sys; print(pickle.load(open(sys.argv[1], 'rb')).process([1, 2, 3]))"
    printed = subprocess.run(
        [sys.executable, "-c", program, str(packed)], check=True, capture_output=True, text=True, cwd="/"
    ).stdout
    assert printed == "{'n': 6}\n"


def test_packing_leaves_no_trace(analysis: Any) -> None:
    """What travels by value once does not do so for others afterwards."""
    before = set(cloudpickle.list_registry_pickle_by_value())
    pack_selector(analysis.Mine())
    assert set(cloudpickle.list_registry_pickle_by_value()) == before


def test_what_cannot_travel_is_said_with_the_cure(tmp_path: Path) -> None:
    """An open file on the selector is refused before any worker hears of it."""

    class Holder(op.Selector):
        def process(self, events: Any) -> dict[str, int]:
            return {"n": len(events)}

    holder = Holder()
    with (tmp_path / "f").open("w") as file:
        holder.file = file  # type: ignore[attr-defined]
        with pytest.raises(SelectorError, match=r"Holder cannot be sent to workers: .*worker_begin"):
            pack_selector(holder)


def test_parameters_of_the_call_are_added_to_those_of_the_selector() -> None:
    """What the call says wins; the selector keeps the rest."""

    class Mine(op.Selector):
        def process(self, events: Any) -> dict[str, int]:
            return {}

    made = make_selector(Mine(a=1, b=2), {"b": 3})
    assert made.params == {"a": 1, "b": 3}
    assert pickle.loads(pack_selector(made)).params == {"a": 1, "b": 3}


def test_a_class_that_needs_arguments_is_refused_with_the_cure() -> None:
    """A class is made without arguments; who needs some gives an instance."""

    class Needy(op.Selector):
        def __init__(self, cut: float) -> None:
            super().__init__(cut=cut)

        def process(self, events: Any) -> dict[str, int]:
            return {}

    with pytest.raises(SelectorError, match="give an instance"):
        make_selector(Needy, None)
    assert make_selector(Needy(2.0), None).params == {"cut": 2.0}
