"""Write the tree that `random_tree.py` thought out, with ROOT."""

from __future__ import annotations

from array import array
from contextlib import chdir
from pathlib import Path
from typing import Any

import ROOT

_ARRAY_CODES = {"B": "b", "b": "B", "S": "h", "s": "H", "I": "i", "i": "I", "L": "q", "l": "Q", "F": "f", "D": "d"}
_ARRAY_CODES["O"] = "b"
_VECTOR_TYPES = {"I": "int", "i": "unsigned int", "L": "long long", "F": "float", "D": "double", "O": "bool"}
LONGEST = 64
"""Room for the elements of one array."""


def write_tree(spec: dict[str, Any], path: Path) -> None:
    """Write a tree.

    Args:
        spec: `name`, `autoflush` (entries between flushes), `branches` (each with `name`, `kind`, `type`, `shape`,
            `count` and `values`, one for each entry) and `aliases`.
        path: of the file, which is replaced.
    """
    with chdir(path.parent):  # ROOT writes into a file by what path it was made
        file = ROOT.TFile(path.name, "RECREATE")
    tree = ROOT.TTree(spec["name"], "")
    tree.SetAutoFlush(spec["autoflush"])
    setters = [_SETTERS[branch["kind"]](tree, branch) for branch in spec["branches"]]
    for entry in range(spec["n_entries"]):
        for branch, setter in zip(spec["branches"], setters, strict=True):
            setter(branch["values"][entry])
        tree.Fill()
    for name, meaning in spec["aliases"]:
        tree.SetAlias(name, meaning)
    tree.Write()
    file.Close()


def _array(tree: Any, branch: dict[str, Any]) -> Any:
    """Make a branch of numbers: one, a fixed array, or an array as long as another branch says."""
    name, code = branch["name"], branch["type"]
    buffer = array(_ARRAY_CODES[code], [0] * LONGEST)
    sizes = ([branch["count"]] if branch["count"] else []) + branch["shape"]
    tree.Branch(name, buffer, name + "".join(f"[{size}]" for size in sizes) + f"/{code}")

    def put(value: Any) -> None:
        for place, number in enumerate(_flat(value)):
            buffer[place] = number

    return put


def _text(tree: Any, branch: dict[str, Any]) -> Any:
    buffer = array("b", [0] * LONGEST)
    tree.Branch(branch["name"], buffer, f"{branch['name']}/C")

    def put(value: str) -> None:
        encoded = value.encode() + b"\0"
        buffer[: len(encoded)] = array("b", encoded)

    return put


def _string(tree: Any, branch: dict[str, Any]) -> Any:
    buffer = ROOT.std.string()
    tree.Branch(branch["name"], buffer)
    return buffer.assign


def _vector(tree: Any, branch: dict[str, Any]) -> Any:
    buffer = ROOT.std.vector(_VECTOR_TYPES[branch["type"]])()
    tree.Branch(branch["name"], buffer)

    def put(value: list[Any]) -> None:
        buffer.clear()
        for number in value:
            buffer.push_back(number)

    return put


def _vectors(tree: Any, branch: dict[str, Any]) -> Any:
    inner = ROOT.std.vector(_VECTOR_TYPES[branch["type"]])
    buffer = ROOT.std.vector(inner)()
    tree.Branch(branch["name"], buffer)

    def put(value: list[list[Any]]) -> None:
        buffer.clear()
        for row in value:
            made = inner()
            for number in row:
                made.push_back(number)
            buffer.push_back(made)

    return put


def _flat(value: Any) -> list[Any]:
    return [each for part in value for each in _flat(part)] if isinstance(value, list) else [value]


_SETTERS = {"numbers": _array, "text": _text, "string": _string, "vector": _vector, "vectors": _vectors}
