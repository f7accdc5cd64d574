"""From an open file to the description of a tree in it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from overproof.columns.files import ByteSource
from overproof.columns.formats.checks.tables import check_entries, overlapping
from overproof.columns.formats.names import plain
from overproof.columns.grid import Storage, common_boundaries, ttree_clusters
from overproof.columns.layouts import Clusters, Description, TreeLayout
from overproof.columns.layouts.titles import digest_of_titles
from overproof.columns.lean.branches import Branch, seeks_of, sizes_of, starts_of
from overproof.columns.lean.columns import Column, LeanLayouts
from overproof.columns.lean.doubt import NOT_UNDERSTOOD, DoubtError
from overproof.columns.lean.file import LeanFile
from overproof.columns.lean.streamed import Streamed
from overproof.columns.lean.tree import Tree, tree_of
from overproof.columns.lean.types import LeanType, code_of, type_of
from overproof.records import schema as records
from overproof.records.dataset import FileSpec


def described(spec: FileSpec, source: ByteSource) -> Description | None:
    """Understand a tree of an open file.

    Args:
        spec: the file, and the tree in it.
        source: the bytes of the file.

    Returns:
        The description; None where anything is damaged, or not of the few kinds that are surely understood.
    """
    try:
        file = LeanFile(source)
        found = file.find(spec.tree)
        data = file.object_of(found.key)
        name = f"{found.name};{found.key.cycle}" if ";" in (spec.tree or "") else found.name
        if found.key.class_name == b"ROOT::RNTuple":
            from overproof.columns.lean.rntuple import describe

            return describe(data, source, path=spec.path, tree=name, uuid=file.uuid)
        tree = tree_of(Streamed(data, found.key.header_bytes), found.key.class_name.decode())
        check_entries(tree.n_entries, (branch.n_entries for branch in tree.branches))
        columns = _columns(tree)
        layout = _layout(tree, columns, spec=spec, name=name, uuid=file.uuid, identity=source.identity)
    except NOT_UNDERSTOOD:
        return None
    return Description(layout=layout, schema=lambda: _schema(layout, columns, tree), clusters=lambda: _clusters(tree))


def _layout(
    tree: Tree, columns: dict[str, Column], *, spec: FileSpec, name: str, uuid: str, identity: str
) -> TreeLayout:
    seeks, sizes = seeks_of(tree.branches), sizes_of(tree.branches)
    if not seeks.all():
        raise DoubtError("a basket without a place")
    several = [(plain(branch.name), branch) for branch in tree.branches if len(branch.leaves) > 1]
    return TreeLayout(
        path=spec.path,
        tree=name,
        format="TTree",
        uuid=uuid,
        identity=identity,
        n_entries=tree.n_entries,
        size_bytes=sum(branch.size_bytes for branch in tree.branches),
        names=tuple(columns),
        wholes=tuple(dict.fromkeys(above for above, _ in several)),
        others=tuple((leaf.name, f"{above}.{leaf.name}") for above, branch in several for leaf in branch.leaves),
        columns=LeanLayouts(columns),
        branch_names=frozenset(branch.name.encode(errors="surrogateescape") for branch in tree.branches),
        doubtful=overlapping(seeks, sizes),
    )


def _columns(tree: Tree) -> dict[str, Column]:
    """Name all columns, in the order of the file; of several of one name the first counts.

    Raises:
        DoubtError: a type that is not surely understood.
    """
    columns: dict[str, Column] = {}
    counters: dict[int, tuple[str, str]] = {}
    for branch in tree.branches:
        name = branch.name if branch.name.isidentifier() else plain(branch.name)
        if len(branch.leaves) > 1:
            for each, column in _leaves(branch):
                columns.setdefault(f"{name}.{each}", column)
            continue
        (leaf,) = branch.leaves
        counters[leaf.at] = (name, branch.name)
        counter, own_name = counters[leaf.counter] if leaf.counter >= 0 else ("", "")
        columns.setdefault(name, Column(branch=branch, type=type_of(branch, own_name), counter=counter))
    return columns


def _leaves(branch: Branch) -> Iterator[tuple[str, Column]]:
    """Give the columns of a branch with several leaves.

    Raises:
        DoubtError: they are no plain numbers.
    """
    if len({leaf.name for leaf in branch.leaves}) < len(branch.leaves):
        raise DoubtError("leaves of one name")
    for leaf in branch.leaves:
        if "[" in leaf.title or leaf.length != 1 or leaf.counter >= 0:
            raise DoubtError("arrays in a branch with several leaves")
        code = code_of(leaf.kind, is_unsigned=leaf.is_unsigned)
        # What uproot tells as the type of a leaf is its name in numpy.
        type_ = LeanType(code=code, typename=np.dtype(code).name)
        yield leaf.name, Column(branch=branch, type=type_, leaf=leaf.name)


def _schema(layout: TreeLayout, columns: dict[str, Column], tree: Tree) -> records.Schema:
    branches = tuple(_described(name, column) for name, column in columns.items())
    return records.Schema(
        tree=layout.tree, format="TTree", branches=branches, identity=layout.identity, aliases=tree.aliases,
        titles=digest_of_titles([tree.title, *(branch.title for branch in tree.branches)]),
    )  # fmt: skip


def _described(name: str, column: Column) -> records.Branch:
    branch, type_ = column.branch, column.type
    share = len(branch.leaves) if column.leaf else 1
    return records.Branch(
        name=name,
        typename=type_.typename,
        kind=type_.kind,
        dtype=type_.dtype,
        n_jagged=type_.n_jagged,
        fixed_shape=type_.fixed_shape,
        size_bytes=branch.size_bytes // share,
        n_baskets=branch.n_baskets,
    )


def _clusters(tree: Tree) -> Clusters:
    boundaries = ttree_clusters(
        n_entries=tree.n_entries,
        auto_flush=tree.auto_flush,
        range_ends=tree.range_ends,
        range_sizes=tree.range_sizes,
        common=lambda: common_boundaries(branch.starts for branch in tree.branches),
    )
    storage = Storage(starts=starts_of(tree.branches), sizes_bytes=sizes_of(tree.branches))
    return Clusters(boundaries=boundaries, storage=storage)
