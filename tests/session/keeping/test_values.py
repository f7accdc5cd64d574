"""Laws of telling selectors apart that differ only in what they hold."""

from __future__ import annotations

import functools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import overproof as op
from overproof.session.code import make_selector, module_names, pack_selector
from overproof.session.keeping.identity.code_identity import CodeIdentity, changes, changes_on_disk, identify
from overproof.session.keeping.identity.values import digest_of
from overproof.words.errors import InputError, QueryError

WRITTEN = """
import functools
CUT = {cut}
def plain(events, cut=CUT):
    return {{"n": cut * len(events)}}
def decorated(function):
    @functools.wraps(function)
    def wrapper(events):
        return function(events)
    return wrapper
@decorated
def wrapped(events):
    return {{"n": CUT * len(events)}}
class Caller:
    weight = {cut}
    def __init__(self, cut):
        self.cut = cut
    def __call__(self, events):
        return {{"n": self.cut * len(events)}}
    def method(self, events):
        return self(events)
def made(cut):
    def captured(events):
        return {{"n": cut * len(events)}}
    return captured
def keyed(events, *, cut={cut}):
    return {{"n": cut * len(events)}}
def counted(events):
    global calls
    calls = calls + 1
    return {{"n": calls}}
calls = 0
partial = functools.partial(plain, cut={cut})
caller = Caller({cut})
method = caller.method
closure = made({cut})
short = lambda events: {{"n": CUT * len(events)}}
"""
SHAPES = ["partial", "wrapped", "caller", "method", "closure", "short", "plain", "keyed"]


def imported(monkeypatch: pytest.MonkeyPatch, folder: Path, *, cut: int) -> Any:
    """Import what the user wrote, from a file that is written anew."""
    (folder / "holding_values.py").write_text(WRITTEN.format(cut=cut))
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    sys.modules.pop("holding_values", None)
    module = __import__("holding_values")
    monkeypatch.setitem(sys.modules, "holding_values", module)
    return module


def identity(function: Any) -> CodeIdentity:
    selector = make_selector(function, None)
    return identify(selector, module_names(selector))


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_wrapped_travels_by_value(shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that cannot import the user's module can run it under every wrapping."""
    function = getattr(imported(monkeypatch, tmp_path, cut=7), shape)
    packed = pack_selector(make_selector(function, None))
    assert packed.modules == ("holding_values",)
    (tmp_path / "packed").write_bytes(packed.payload)
    program = "import pickle, sys; print(pickle.load(open(sys.argv[1], 'rb')).process([1, 2, 3]))"
    printed = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "packed")], check=True, capture_output=True, text=True, cwd="/"
    ).stdout
    assert printed == "{'n': 21}\n"


@pytest.mark.parametrize("shape", SHAPES)
def test_an_edit_on_disk_is_seen_under_every_wrapping(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file as it was is no change; another value in it is one."""
    then = identity(getattr(imported(monkeypatch, tmp_path, cut=7), shape))
    file = tmp_path / "holding_values.py"
    assert changes_on_disk(then) == []
    file.write_text(WRITTEN.format(cut=8))
    assert changes_on_disk(then) == [str(file)]


@pytest.mark.parametrize("shape", SHAPES)
def test_equal_files_give_equal_selectors(shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same file imported once more gives the same selector; one with another value another."""
    then = identity(getattr(imported(monkeypatch, tmp_path, cut=7), shape))
    again = identity(getattr(imported(monkeypatch, tmp_path, cut=7), shape))
    other = identity(getattr(imported(monkeypatch, tmp_path, cut=8), shape))
    assert (changes(then, again), again.digest) == ([], then.digest)
    assert changes(then, other)
    assert other.values != then.values


def with_default(cut: int) -> Callable[..., Any]:
    return lambda events, cut=cut: {"n": cut * len(events)}


def with_captured(cut: int) -> Callable[..., Any]:
    return lambda events: {"n": cut * len(events)}


def product(events: Any, cut: int) -> dict[str, int]:
    return {"n": cut * len(events)}


class Caller:
    def __init__(self, cut: int) -> None:
        self.cut = cut

    def __call__(self, events: Any) -> dict[str, int]:
        return product(events, self.cut)


@pytest.mark.parametrize(
    "make",
    [with_default, with_captured, lambda cut: functools.partial(product, cut=cut), Caller],
    ids=["default", "captured", "partial", "caller"],
)
def test_results_of_other_values_are_not_added(make: Callable[[int], Any]) -> None:
    """Selectors that differ in a value alone are refused by the sum and by resuming; equal ones are not."""
    with op.Session("inline", progress=False) as session:
        first = session.process(make(20), cycles=3)
        second = session.process(make(50), cycles=3)
        with pytest.raises(InputError, match="different selectors"):
            first + second
        assert session.resume(first.query_id, selector=make(20))["n"] == 60
        with pytest.raises(QueryError, match="has changed"):
            session.resume(first.query_id, selector=make(50))


class Node:
    def __init__(self) -> None:
        self.others: list[Node] = []


def test_large_and_deep_values_are_digested() -> None:
    """Objects that all know each other, and a list a thousand lists deep, take neither long nor too much stack."""
    nodes = [Node() for _ in range(30)]
    for node in nodes:
        node.others = nodes
    deep: list[Any] = []
    for _ in range(1_000):
        deep = [deep]
    assert len({digest_of(nodes), digest_of(nodes[:1]), digest_of(deep)}) == 3
    assert digest_of(nodes) == digest_of(nodes)


def test_global_data_and_class_attributes_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A global value or class attribute that was set in between is seen; a counter that the function writes is not."""
    module = imported(monkeypatch, tmp_path, cut=7)
    wrapped, caller, counted = (identity(each) for each in (module.wrapped, module.caller, module.counted))
    module.CUT, module.Caller.weight, module.calls = 8, 8, 8
    assert identity(module.wrapped).digest != wrapped.digest
    assert identity(module.caller).digest != caller.digest
    assert identity(module.counted).digest == counted.digest


def test_attributes_are_no_globals() -> None:
    """In a notebook, what is kept under the name of a branch changes no function that reads this branch."""
    users: dict[str, Any] = {"__name__": "notebook"}
    exec("def of_branch(events):\n    return {'n': events.x}\n\ndef of_global(events):\n    return {'n': x}\n", users)
    before = [digest_of(users[name]) for name in ("of_branch", "of_global")]
    users["x"] = 5
    after = [digest_of(users[name]) for name in ("of_branch", "of_global")]
    assert [one == two for one, two in zip(before, after, strict=True)] == [True, False]
