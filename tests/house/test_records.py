"""Records are made the quick way."""

from __future__ import annotations

import ast

from source_tree import modules, parsed, shown

QUICK = "overproof.words.frozen"


def test_frozen_records_are_made_quickly() -> None:
    """A dataclass that is frozen and has slots is made by our own decorator: whoever waits for a first block waits for
    all of them."""
    slow = [shown(path) for path in modules() if _has_record(parsed(path)) and _made_by(parsed(path)) != QUICK]
    assert slow == []


def test_the_law_above_can_fail() -> None:
    """There are records, and one that is made by the standard library would show."""
    assert sum(_has_record(parsed(path)) for path in modules()) > 50
    slow = ast.parse("from dataclasses import dataclass\n@dataclass(frozen=True, slots=True)\nclass A: ...")
    assert _has_record(slow)
    assert _made_by(slow) == "dataclasses"


def _has_record(tree: ast.Module) -> bool:
    """Tell whether a module declares a dataclass that is frozen and has slots, with no other option but `kw_only`."""
    calls = [each for node in tree.body if isinstance(node, ast.ClassDef) for each in node.decorator_list]
    options = [{word.arg for word in each.keywords} for each in calls if isinstance(each, ast.Call)]
    return any(each | {"kw_only"} == {"frozen", "slots", "kw_only"} for each in options)


def _made_by(tree: ast.Module) -> str:
    """Name the module from which `dataclass` is imported."""
    return next(
        (
            node.module or ""
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and "dataclass" in {alias.name for alias in node.names}
        ),
        "",
    )
