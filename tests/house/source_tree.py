"""The source tree, as the tests of the house see it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGE = CHECKOUT / "src" / "overproof"


@cache
def modules() -> tuple[Path, ...]:
    """List every Python file of the package."""
    return tuple(sorted(PACKAGE.rglob("*.py")))


@cache
def parsed(path: Path) -> ast.Module:
    """Parse a file, once."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def rooms() -> list[Path]:
    """List every directory of the package that holds Python files, sub-rooms too; the package itself is not a room."""
    return sorted({path.parent for path in modules()} - {PACKAGE})


def shown(path: Path) -> str:
    """Write a path as seen from the package."""
    return path.relative_to(PACKAGE).as_posix()


def all_of(tree: ast.Module) -> list[str] | None:
    """Read the names in `__all__`; None where there is none, or it is not a plain list of strings."""
    for node in tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            return list(ast.literal_eval(node.value))
    return None
