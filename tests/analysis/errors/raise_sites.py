"""Where the draw language raises errors, and which of these places a piece of code goes through."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import overproof.analysis.draw

ROOM = Path(overproof.analysis.draw.__file__).parent

MAKERS = {"ExpressionError", "BranchError", "OptionError", "branch_error", "no_branch", "error", "two_ways"}
"""What makes an error of the language."""

Site = tuple[str, int]


def raise_sites() -> dict[Site, str]:
    """Return file and line of every statement that raises or returns a new error, with its text."""
    sites: dict[Site, str] = {}
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise | ast.Return) and any(_makes_error(node)):
                sites[str(path), node.lineno] = f"{path.relative_to(ROOM)}:{node.lineno} {ast.unparse(node)[:100]}"
    return sites


def _makes_error(statement: ast.AST) -> Iterator[bool]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if name in MAKERS:
                yield True


def sites_passed(action: Callable[[], object], sites: dict[Site, str]) -> set[Site]:
    """Run an action that may raise an error of the language; return the places it goes through."""
    passed: set[Site] = set()
    files = {file for file, _ in sites}

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        file = frame.f_code.co_filename
        if file not in files:
            return None
        if event == "line" and (file, frame.f_lineno) in sites:
            passed.add((file, frame.f_lineno))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
    return passed
