"""What is written about errors and states is what the code has."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

from source_tree import PACKAGE, modules, parsed, shown

from overproof.words import errors, states
from overproof.words.states import TRANSITIONS, QueryState


def test_the_drawn_tree_of_errors_is_the_tree_of_classes() -> None:
    """The tree in the docstring of `words/errors.py` has the same classes, in the same places, as the code."""
    drawn = _drawn_tree(errors.__doc__ or "")
    classes = [found for _, found in inspect.getmembers(errors, inspect.isclass) if found.__module__ == errors.__name__]
    real = {found.__name__: found.__base__.__name__ for found in classes if found is not errors.OverproofError}
    assert drawn == real


def test_other_errors_never_leave_their_room() -> None:
    """An exception class outside of the tree is a signal inside of one room: no file of another room names it."""
    for path, name in _exceptions_outside_the_tree():
        room = shown(path).partition("/")[0]
        strangers = [
            shown(other)
            for other in modules()
            if shown(other).partition("/")[0] != room and name in other.read_text(encoding="utf-8")
        ]
        assert strangers == [], f"{name} of {shown(path)} is known outside"


def test_every_state_is_described() -> None:
    """Each state of a query stands in the table of transitions and has a docstring of its own in the source."""
    assert set(TRANSITIONS) == set(QueryState)
    assert all(after in TRANSITIONS for followers in TRANSITIONS.values() for after in followers)
    (machine,) = (
        node
        for node in parsed(PACKAGE / "words" / "states.py").body
        if isinstance(node, ast.ClassDef) and node.name == "QueryState"
    )
    described = {
        node.targets[0].id
        for node, after in zip(machine.body, machine.body[1:], strict=False)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _is_text(after)
    }
    assert described == {state.name for state in QueryState}
    assert states.__doc__


def test_every_state_can_be_reached_and_left_or_is_final() -> None:
    """From `waiting` every state can be reached, and from every state a final one."""
    assert _reachable(QueryState.WAITING) == set(QueryState)
    final = {state for state, followers in TRANSITIONS.items() if not followers}
    assert all(state in final or _reachable(state) & final for state in QueryState)


def _drawn_tree(text: str) -> dict[str, str]:
    """Read `child: parent` from a tree drawn with `+--`, `|` and backquotes."""
    above: list[str] = []
    found = {}
    for line in text.splitlines():
        match = re.match(r"^([ |`+-]*)([A-Z]\w+)", line)
        if not match or not (match[1].strip() or line.startswith("    OverproofError")):
            continue
        depth = (len(match[1]) - 4) // 4
        above[depth:] = [match[2]]
        if depth:
            found[match[2]] = above[depth - 1]
    return found


def _exceptions_outside_the_tree() -> list[tuple[Path, str]]:
    return [
        (path, node.name)
        for path in modules()
        if path != PACKAGE / "words" / "errors.py"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef)
        and any(re.search(r"(Error|Exception)$", ast.unparse(base)) for base in node.bases)
    ]


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _reachable(start: QueryState) -> set[QueryState]:
    seen, waiting = {start}, [start]
    while waiting:
        for after in TRANSITIONS[waiting.pop()]:
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return seen
