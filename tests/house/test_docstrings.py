"""Whatever has a public name says what it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from source_tree import modules, parsed, shown

Described = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_every_file_says_what_it_is(path: Path) -> None:
    """Every file of the package opens with a docstring."""
    assert ast.get_docstring(parsed(path))


def test_every_public_function_and_class_has_a_docstring() -> None:
    """Public functions and classes say what they are."""
    silent = [
        f"{shown(path)}:{node.lineno} {node.name}"
        for path in modules()
        for node in parsed(path).body
        if isinstance(node, Described) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not silent, "\n".join(["no docstring:", *silent])


def test_every_public_method_is_described_once() -> None:
    """A public method has a docstring, in its class or where its name is promised; a property need not."""
    promised = {node.name for _, node in _methods() if ast.get_docstring(node)}
    silent = [f"{place}:{node.lineno} {node.name}" for place, node in _methods() if node.name not in promised]
    assert not silent, "\n".join(["no docstring:", *silent])


def _methods() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Give the public methods of public classes, with the file they are in."""
    for path in modules():
        for owner in parsed(path).body:
            if not isinstance(owner, ast.ClassDef) or owner.name.startswith("_"):
                continue
            for node in owner.body:
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not _is_private_or_plain(node):
                    yield shown(path), node


def _is_private_or_plain(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return node.name.startswith("_") or any(ast.unparse(each).endswith("property") for each in node.decorator_list)
