"""Methods of objects: getters of vectors, sizes of containers, lengths of texts."""

from __future__ import annotations

from overproof.analysis.draw.language.syntax import Call, Group, Name, Node, Single
from overproof.analysis.draw.names.expansion import rewritten
from overproof.analysis.draw.names.formulas import DOUBLE_INSIDE
from overproof.analysis.draw.names.lookup import find_branch
from overproof.analysis.draw.names.vectors import Vector, find_vector
from overproof.records.schema import Branch, Schema
from overproof.words.errors import ExpressionError
from overproof.words.frozen import dataclass

SIZES = ("size", "GetEntries", "GetEntriesFast", "GetSize")
"""Methods that count the elements of a container."""

LENGTHS = ("size", "length", "Length")
"""Methods that count the characters of a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """What a method of an object stands for.

    Attributes:
        kind: `"formula"` of its members, `"size"` of the container that `node` names, or `"length"` of that text.
        node: the formula, or the name.
    """

    kind: str
    node: Node


def find_method(node: Call, schema: Schema, *, text: str) -> Method | None:
    """Find out what `a.f()`, `a[0].f()`, `@a.size()` or `a@.size()` stands for; None when it is no method of anything.

    Raises:
        ExpressionError: the object is there, and the method is not.
    """
    owner, _, method = node.function.replace("@", "").rpartition(".")
    if not owner or "::" in node.function:
        return None
    whole = node.function.rpartition(".")[0]
    is_container = whole.endswith("@") or whole.rpartition(".")[2].startswith("@")  # `@a.b.size()` is of the elements
    branch = find_branch(schema, owner, text=text, position=node.position)
    vector = find_vector(schema, owner)
    if branch is None and vector is None:
        return _size_of_object(node, owner, schema) if method in SIZES else None
    if node.arguments:
        raise ExpressionError(f"`{node.function}` with arguments is not known", text=text, position=node.position)
    if vector is not None and not is_container:
        return Method(kind="formula", node=_getter(node, vector, method, text=text))
    found = None if branch is None else _of_branch(node, branch, method, is_container=is_container)
    if found is None and method in SIZES:
        found = _size_of_object(node, owner, schema)
    if found is None:
        raise ExpressionError(f"`{owner}` has no method `{method}` that is known", text=text, position=node.position)
    return found


def counted(node: Node, schema: Schema) -> Node:
    """Return what stands for a container of objects where its elements are counted: any of their members."""
    if not isinstance(node, Name) or any(
        branch.name == node.text and branch.kind != "object" for branch in schema.branches
    ):
        return node
    member = _member(node.text, schema)
    return node if member is None else Name(text=member, indices=node.indices, position=node.position)


def _of_branch(node: Call, branch: Branch, method: str, *, is_container: bool) -> Method | None:
    name = Name(text=branch.name, indices=node.indices, position=node.position)
    if branch.kind == "string" and method in LENGTHS and not is_container:
        return Method(kind="length", node=name)
    if branch.kind in {"number", "string"} and branch.n_jagged > len(node.indices) and method in SIZES:
        return Method(kind="size", node=name)
    return None


def _size_of_object(node: Call, owner: str, schema: Schema) -> Method | None:
    """Count the elements of a container of objects by any of their members."""
    member = _member(owner, schema)
    return None if member is None else Method(kind="size", node=Name(text=member, indices=(), position=node.position))


def _member(owner: str, schema: Schema) -> str | None:
    """Return the name of any member of the objects in a container; None when there is no such container."""
    below, inside = f"{owner}.", f".{owner}."
    for branch in schema.branches:
        is_member = branch.name.startswith(below) or inside in branch.name
        if is_member and branch.kind in {"number", "string"} and branch.n_jagged:
            return branch.name
    return None


def _getter(node: Call, vector: Vector, method: str, *, text: str) -> Node:
    """Put the members of an object into the formula of one of its methods."""
    formula = None if method.startswith("_") else vector.formula(method)
    if formula is None:
        known = ", ".join(f"`{each}`" for each in vector.methods)
        raise ExpressionError(
            f"`{method}` is no method of `{vector.owner}` that is known: it has {known}",
            text=text,
            position=node.position,
        )

    def member(name: Name) -> Node:
        branch = vector.members.get(name.text)
        if branch is not None:
            return Name(text=branch, indices=node.indices, position=node.position)
        inner = vector.formula(name.text)
        assert inner is not None, name.text
        return put_in(name.text, inner)

    def put_in(name: str, formula: Node) -> Node:
        whole = Group(inner=rewritten(formula, position=node.position, rename=member), position=node.position)
        if not vector.is_single:
            return whole
        throughout = name not in DOUBLE_INSIDE.get(vector.system, ())
        return Single(inner=whole, throughout=throughout, position=node.position)

    return put_in(method, formula)
