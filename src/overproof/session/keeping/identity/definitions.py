"""What a class or function depends on in its own file: nothing changes when only the rest of it does, or its looks."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Sequence


def definitions_digest(source: str, qualified_name: str) -> tuple[str, frozenset[str]] | None:
    """Digest a class or function with every top-level definition of its file that it names, and those that these name.

    Comments, layout and definitions out of reach do not count.

    Args:
        source: text of the file.
        qualified_name: `__qualname__` of the class or function.

    Returns:
        The digest, and the top-level names that count; None when the text does not define it.
    """
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    root = _find(module, qualified_name)
    return _digest_from([root], module) if root is not None else None


def assignment_digest(source: str, name: str) -> tuple[str, frozenset[str]] | None:
    """Digest the top-level assignments of a name, with all that they depend on, as `definitions_digest` does.

    Returns:
        The digest, and the top-level names that count; None when nothing is assigned to the name.
    """
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    assigning = [
        each
        for each in module.body
        if isinstance(each, ast.Assign | ast.AnnAssign | ast.AugAssign) and name in _bound_by(each)
    ]
    return _digest_from(assigning, module) if assigning else None


def _digest_from(roots: Sequence[ast.AST], module: ast.Module) -> tuple[str, frozenset[str]]:
    """Digest these nodes of a file with every top-level definition that they reach."""
    binders = _binders(module)
    reached: dict[int, ast.AST] = {id(root): root for root in roots}
    names: set[str] = set()
    waiting = list(roots)
    while waiting:
        for name in _names_in(waiting.pop()) - names:
            names.add(name)
            for statement in binders.get(name, ()):
                if id(statement) not in reached:
                    reached[id(statement)] = statement
                    waiting.append(statement)
    ordered = sorted(reached.values(), key=lambda node: (node.lineno, node.col_offset))  # type: ignore[attr-defined]  # statements have both
    digest = hashlib.blake2b(digest_size=16)
    for node in ordered:
        digest.update(ast.dump(node).encode("utf-8", "surrogatepass"))
    return digest.hexdigest(), frozenset(names)


def _find(module: ast.Module, qualified_name: str) -> ast.AST | None:
    """Find a definition, in functions and classes too; of two of one name, the last one holds."""
    node: ast.AST = module
    for part in qualified_name.replace(".<locals>", "").split("."):
        found = [each for each in _definitions(node) if each.name == part]
        if not found:
            return None
        node = found[-1]
    return node


def _definitions(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Give the definitions directly inside of a node, also those under `if`, `with`, `for` and `try`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield child
        else:
            yield from _definitions(child)


def _binders(module: ast.Module) -> dict[str, list[ast.stmt]]:
    """Tell which top-level statements give a name its meaning."""
    binders: dict[str, list[ast.stmt]] = {}
    for statement in module.body:
        if not _is_main_guard(statement):
            for name in _bound_by(statement):
                binders.setdefault(name, []).append(statement)
    return binders


def _is_main_guard(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and "__name__" in _names_in(statement.test)


def _bound_by(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    names = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
    return names


def _names_in(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}
