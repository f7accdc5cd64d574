"""Where a name is looked for: in the tree, and in the trees that are read beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from overproof.records.schema import Branch, Schema

_COLON = re.compile(r"(?<!:):(?!:)\.?")
"""A colon that stands alone, as in the fields that experiments write: in an expression it separates dimensions."""


def places(schema: Schema, name: str) -> Iterator[tuple[Sequence[Branch], str]]:
    """Give the branches among which a name is looked for, one tree after the other, and what it is called there.

    First the tree itself, then the trees whose name the name begins with, then every friend, in their order.

    Source: the order in which ROOT's TTree::FindLeaf and TTree::GetLeaf ask.
    """
    if not schema.beside:
        yield schema.branches, name
        tree, _, rest = name.partition(".")
        if rest and tree == _short(schema.tree):
            yield schema.branches, rest
        return
    of_tree: dict[str, list[Branch]] = {"": [], **{friend: [] for friend, _ in schema.beside}}
    for branch in schema.branches:
        of_tree[branch.friend].append(branch)
    before, _, rest = name.partition(".")
    yield of_tree[""], name
    if rest and before == _short(schema.tree):
        yield of_tree[""], rest
    for friend, tree in schema.beside:
        if rest and before in (friend, tree):
            yield of_tree[friend], rest
    for friend, _ in schema.beside:
        yield of_tree[friend], name


def own_name(branch: Branch) -> str:
    """Return the name of a branch in its own tree, as an expression can have it: `a:b` and `a:.b` are `a.b`."""
    name = branch.name.removeprefix(f"{branch.friend}.") if branch.friend else branch.name
    return _COLON.sub(".", name) if ":" in name else name


def spelled(branch: Branch) -> str:
    """Return the name of a branch as an expression has to have it, with its friend."""
    return f"{branch.friend}.{own_name(branch)}" if branch.friend else own_name(branch)


def _short(tree: str) -> str:
    return tree.partition(";")[0].rpartition("/")[2]
