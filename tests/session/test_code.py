"""Laws of how the user's code travels."""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import cloudpickle
import hist
import numpy as np
import pytest

import overproof as op
from overproof.session.code import make_selector, pack_selector
from overproof.session.written import MAIN, is_installed, libraries_of
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
    packed.write_bytes(pack_selector(analysis.Mine()).payload)
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
    assert pickle.loads(pack_selector(made).payload).params == {"a": 1, "b": 3}


def test_a_selector_names_its_schema() -> None:
    """A schema that a selector names is found as one of the call is, which wins."""
    nanoevents = pytest.importorskip("coffea.nanoevents")

    class Mine(op.Selector):
        schema = "NanoAODSchema"

        def process(self, events: Any) -> dict[str, int]:
            return {}

    assert make_selector(Mine, None).schema is nanoevents.NanoAODSchema
    assert make_selector(Mine, None, schema="base").schema is nanoevents.BaseSchema
    Mine.schema = "NoSchema"
    with pytest.raises(SelectorError, match="NoSchema"):
        make_selector(Mine, None)


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


SCRIPT = """
import importlib, pathlib
import overproof as op
import helper

def count(cycles):
    return {"n": helper.value()}

with op.Session("local:1", progress=False) as session:
    print(session.process(count, cycles=1)["n"])
    pathlib.Path(helper.__file__).write_text("import overproof\\ndef value():\\n    return 200\\n")
    importlib.reload(helper)
    print(session.process(count, cycles=1)["n"])
"""


def test_a_module_that_was_edited_and_reloaded_is_run_as_it_is_now(tmp_path: Path) -> None:
    """Workers run what is in the user's memory, also in the second query of a session."""
    (tmp_path / "main.py").write_text(SCRIPT)
    (tmp_path / "helper.py").write_text("def value():\n    return 1\n")
    printed = subprocess.run(
        [sys.executable, "-B", str(tmp_path / "main.py")], check=True, capture_output=True, text=True, timeout=60
    ).stdout
    assert printed.split() == ["1", "200"]


def test_what_a_module_does_when_imported_is_done_on_workers_too(tmp_path: Path) -> None:
    """Registering behaviours at the top of a module is the commonest idiom of the field."""
    (tmp_path / "behaviours.py").write_text("import awkward as ak\nak.behavior['__mine__', 'x'] = 7\n")
    (tmp_path / "main.py").write_text(
        "import awkward as ak\nimport overproof as op\nimport behaviours\n"
        "def look(cycles):\n    return {'seen': ak.behavior.get(('__mine__', 'x'), 0)}\n"
        "with op.Session('local:1', progress=False) as session:\n"
        "    print(session.process(look, cycles=1)['seen'])\n"
    )
    printed = subprocess.run(
        [sys.executable, str(tmp_path / "main.py")], check=True, capture_output=True, text=True, timeout=60
    ).stdout
    assert printed.split() == ["7"]


def test_packages_that_a_software_stack_adds_to_the_path_are_not_the_users(tmp_path: Path) -> None:
    """What lies in a directory of packages is found by workers too, wherever that directory is."""
    module = ModuleType("stacked")
    module.__file__ = str(tmp_path / "view" / "lib" / "python3.11" / "site-packages" / "stacked" / "__init__.py")
    assert is_installed(module)
    module.__file__ = str(tmp_path / "view" / "stacked.py")
    assert not is_installed(module)


def test_workers_load_what_the_users_code_names_before_they_are_forked() -> None:
    """Installed modules that `process` names, by themselves or by what is in them; not those of `terminate`."""
    libraries = libraries_of(Naming())

    assert {"numpy", "hist"} <= set(libraries)
    assert not {"pytest", MAIN, __name__} & set(libraries)


class Naming(op.Selector):
    """Names modules, and classes of them."""

    def process(self, events: Any) -> dict[str, Any]:
        return {"all": [hist.Hist(each) for each in np.zeros(3)]}

    def terminate(self, outputs: dict[str, Any]) -> None:
        pytest.fail("never called")
