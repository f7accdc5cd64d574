"""Read a TTree."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import awkward as ak
import numpy as np
from uproot.interpretation.grouped import AsGrouped
from uproot.interpretation.objects import AsObjects, CannotBeAwkward

from overproof.columns.files import ByteSource
from overproof.columns.files.damage import one_line, translated
from overproof.columns.formats.baskets import BasketReader
from overproof.columns.formats.checks.tables import check_entries, overlapping
from overproof.columns.formats.interpretations import Unknown, interpretation_of
from overproof.columns.formats.names import Names, plain
from overproof.columns.formats.ttree_layout import BasketLayouts, clusters_of, storage_of
from overproof.columns.formats.types import form_inside, form_of_branch, members_of_form, typename_and_type
from overproof.columns.grid import block_stops
from overproof.columns.layouts import Clusters, Description, NativeColumn, TreeLayout
from overproof.columns.layouts.titles import digest_of_titles
from overproof.records.dataset import FileGrid
from overproof.records.schema import Branch, Schema
from overproof.words.errors import BranchError, OverproofError
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True)
class _Column:
    """One name: a branch, or one of the leaves of a branch with several."""

    branch: Any
    leaf: str | None = None


_BASE_CLASS = 1
"""What TBranchElement::fType says of a branch that holds a base class; names of members do not tell it, as in ROOT."""


class TTreeReader:
    """One TTree of one open file.

    Args:
        tree: the TTree of uproot.
        path: local path or URL of the file.
        name: path of the tree in the file.

    Raises:
        ReadError: the description of the tree is damaged.
    """

    def __init__(self, tree: Any, *, path: str, name: str) -> None:
        self.path = path
        self.tree = name
        self._tree = tree
        with translated(path, "open", what=f"tree {name}"):
            self.uuid = str(tree.file.uuid)
            self.identity: str = tree.file.source.identity
            self.n_entries = int(tree.num_entries)
            self._columns: dict[str, _Column] = {}
            self._wholes: dict[str, Any] = {}
            self._others: list[tuple[str, str]] = []
            self._walk(tree, parent="", raw_parent="", slashed="")
            self._branches = list(_all_branches(tree))
            check_entries(self.n_entries, (int(branch.member("fEntries")) for branch in self._branches))
            self.size_bytes = sum(int(branch.member("fZipBytes")) for branch in self._branches)
            self._names = Names(
                self._columns, wholes=self._wholes, others=self._others, where=f"tree '{name}' of {path}"
            )
        self._own_names = frozenset(each.member("fName").encode(errors="surrogateescape") for each in self._branches)
        self._baskets = BasketReader(path, tree.file.source, names=self._own_names, doubtful=lambda: self._overlapping)
        self._schema: Schema | None = None

    @property
    def names(self) -> Sequence[str]:
        """Names of all branches, as in the schema."""
        return self._names.leaves

    @property
    def read_bytes(self) -> int:
        """Compressed bytes of baskets read so far."""
        return self._baskets.read_bytes

    @property
    def n_decoded(self) -> int:
        """Baskets decompressed so far."""
        return self._baskets.n_decoded

    @property
    def has_index(self) -> bool:
        """Tell whether the tree has an index of its own, as from TTree::BuildIndex."""
        return self._tree.member("fTreeIndex", none_if_missing=True) is not None

    def named_friends(self) -> list[tuple[str, str, str]]:
        """Return the friends that the tree names: name, path of the tree, path of the file (empty: the same file)."""
        elements = self._tree.member("fFriends", none_if_missing=True) or ()
        with translated(self.path, "open", what="friends"):
            return [
                (str(each.member("fName")), str(each.member("fTreeName")), str(each.member("fTitle")))
                for each in elements
                if each.classname == "TFriendElement"
            ]

    def resolve(self, name: str) -> str:
        """Return the one spelling of a branch's name, or of a member of an object that is not split."""
        try:
            return self._names.resolve(name)
        except BranchError:
            if self._inside(name) is None:
                raise
            return name

    def find(self, name: str) -> str | None:
        """Return what `resolve` does, and quickly None where there is nothing."""
        found = self._names.find(name)
        return name if found is None and self._inside(name) is not None else found

    def _inside(self, name: str) -> tuple[str, tuple[str, ...]] | None:
        """Find the column that holds a member of an object, and the way to it from there."""
        parts = name.split(".")
        for n_steps in range(1, len(parts)):
            holder, steps = ".".join(parts[:-n_steps]), tuple(parts[-n_steps:])
            column = self._columns.get(holder)
            if column is not None and column.leaf is None:
                with translated(self.path, "open", what="description of the classes"):
                    form = form_of_branch(column.branch)
                return (holder, steps) if form is not None and form_inside(form, steps) is not None else None
        return None

    def read_native(self, names: Sequence[str], first: int, stop: int) -> dict[str, NativeColumn]:
        """Read nothing: here all columns are read by uproot."""
        return {}

    def expect(self, names: Sequence[str], first: int, stop: int) -> None:
        """Let the bytes of columns that will be read soon be fetched meanwhile."""
        # Looked at only where the file needs it; what is wrong with it, whoever reads it is told.
        with contextlib.suppress(OverproofError):
            branches = (branch for name in names for branch in self._data_branches(self.resolve(name)))
            self._tree.file.source.file.announce(self._baskets.places(branches, first, stop))

    def tidy_up(self) -> None:
        """Do nothing: nothing was put off."""

    def serves(self, identity: str) -> bool:
        """Tell whether this is still the version asked for; when none is (empty), whether the path leads here."""
        return bool(self._tree.file.source.serves(identity))

    def close(self) -> None:
        """Give the file back."""
        self._tree.file.close()

    @property
    def source(self) -> ByteSource:
        """The bytes of the file."""
        file: ByteSource = self._tree.file.source.file
        return file

    def description(self) -> Description:
        """Describe the tree so that its plain columns can be read without uproot.

        Raises:
            ReadError: the description in the file is damaged.
        """
        names = {id(column.branch): name for name, column in self._columns.items() if column.leaf is None}
        columns = {name: (column.branch, column.leaf) for name, column in self._columns.items()}
        with translated(self.path, "open", what=f"tree {self.tree}"):
            layout = TreeLayout(
                path=self.path, tree=self.tree, format="TTree", uuid=self.uuid, identity=self.identity,
                n_entries=self.n_entries, size_bytes=self.size_bytes, names=self.names, wholes=tuple(self._wholes),
                others=tuple(self._others),
                columns=BasketLayouts(columns, holder=lambda branch: names.get(id(branch), "")),
                branch_names=self._own_names, doubtful=self._overlapping,
            )  # fmt: skip
        return Description(
            layout=layout,
            schema=self.schema,
            clusters=lambda: Clusters(
                boundaries=clusters_of(self._tree, self._branches), storage=storage_of(self._branches)
            ),
            friends=tuple(self.named_friends()),
            has_index=self.has_index,
        )

    def _walk(self, holder: Any, *, parent: str, raw_parent: str, slashed: str) -> None:
        """Collect the names of everything below `holder`, depth first."""
        for branch in holder.member("fBranches"):
            raw = plain(branch.member("fName"))
            name = _below(parent, raw_parent, raw)
            path = f"{slashed}.{raw}" if slashed else raw
            if name in self._columns:
                name = path
            if path != name:
                self._others += [(path, name), (raw, name)]
            if parent and "." in name:
                self._others.append((name.rpartition(".")[2], name))
            leaves = branch.member("fLeaves")
            if len(branch.member("fBranches")):
                self._wholes.setdefault(name, branch)
                is_base = branch.member("fType", none_if_missing=True) == _BASE_CLASS
                parents = (parent, raw_parent) if is_base and parent else (name, raw)
                self._walk(branch, parent=parents[0], raw_parent=parents[1], slashed=path)
            elif len(leaves) > 1:
                self._wholes.setdefault(name, branch)
                for leaf in leaves:
                    title = leaf.member("fName")
                    self._columns.setdefault(f"{name}.{title}", _Column(branch, title))
                    self._others.append((title, f"{name}.{title}"))
            else:
                self._columns.setdefault(name, _Column(branch))

    @property
    def knows_types(self) -> bool:
        """Tell whether somebody has asked for the schema, which may take seconds for thousands of objects."""
        return self._schema is not None

    def schema(self) -> Schema:
        """Tell the branches and their types."""
        if self._schema is None:
            with translated(self.path, "open", what="branches"):
                branches = tuple(
                    each for name, column in self._columns.items() for each in self._describe(name, column)
                )
                aliases = tuple(
                    (str(each.member("fName")), str(each.member("fTitle")))
                    for each in self._tree.member("fAliases", none_if_missing=True) or ()
                )
            self._schema = Schema(
                tree=self.tree, format="TTree", branches=branches, identity=self.identity, aliases=aliases,
                titles=digest_of_titles(str(each.member("fTitle")) for each in (self._tree, *self._branches)),
            )  # fmt: skip
        return self._schema

    def _describe(self, name: str, column: _Column) -> Iterator[Branch]:
        """Describe a column, and behind it what is inside of an object that is not split."""
        branch = column.branch
        share = max(len(branch.member("fLeaves")), 1) if column.leaf else 1
        typename, type_ = typename_and_type(branch, column.leaf)
        yield Branch(
            name=name,
            typename=typename,
            kind=type_.kind,
            dtype=type_.dtype,
            n_jagged=type_.n_jagged,
            fixed_shape=type_.fixed_shape,
            size_bytes=int(branch.member("fZipBytes")) // share,
            n_baskets=branch.num_baskets,
        )
        if type_.kind == "object" and column.leaf is None:
            for steps, inner in members_of_form(form_of_branch(branch)):
                below = ".".join((name, *steps))
                if below not in self._columns:
                    yield Branch(
                        name=below,
                        typename=inner.dtype or inner.kind,
                        kind=inner.kind,
                        dtype=inner.dtype,
                        n_jagged=inner.n_jagged,
                        fixed_shape=inner.fixed_shape,
                        within=name,
                    )

    def grid(self, block_entries: int) -> FileGrid:
        """Tell the blocks."""
        with translated(self.path, "open", what="clusters"):
            stops = block_stops(
                clusters_of(self._tree, self._branches),
                storage_of(self._branches),
                n_entries=self.n_entries,
                block_entries=block_entries,
            )
        return FileGrid(
            tree=self.tree,
            n_entries=self.n_entries,
            stops=stops,
            size_bytes=self.size_bytes,
            uuid=self.uuid,
            identity=self.identity,
        )

    def n_clusters(self) -> int:
        """Count the clusters."""
        with translated(self.path, "open", what="clusters"):
            return len(clusters_of(self._tree, self._branches)) - 1 if self.n_entries else 0

    def compression(self) -> tuple[str, int]:
        """Return the algorithm by which the heaviest branch is compressed (empty for none), and the level.

        The algorithm is read off the first basket: the settings in the tree do not survive a fast merge.
        """
        filled = [each for each in self._branches if each.num_baskets > len(each.embedded_baskets)]
        heaviest = max(filled, key=lambda branch: int(branch.member("fZipBytes")), default=None)
        blocks = None if heaviest is None else heaviest.basket(0).block_compression_info
        if heaviest is None or not blocks:
            return "", 0
        own, files = int(heaviest.member("fCompress")) % 100, int(self._tree.file.fCompress) % 100
        return str(blocks[0][0]), own or files

    @cached_property
    def _overlapping(self) -> frozenset[int]:
        """Places at which several baskets are said to lie."""
        seeks, sizes = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for branch in self._branches:
            used = branch.num_baskets - len(branch.embedded_baskets)
            seeks.append(np.asarray(branch.member("fBasketSeek")[:used], dtype=np.int64))
            sizes.append(np.asarray(branch.member("fBasketBytes")[:used], dtype=np.int64))
        return overlapping(np.concatenate(seeks), np.concatenate(sizes))

    def read(self, names: Sequence[str], first: int, stop: int) -> dict[str, Any]:
        """Read columns of the entries from `first` to `stop`."""
        resolved = {name: self.resolve(name) for name in names}
        branches: dict[int, Any] = {}
        with translated(self.path, "decode", what="description of the classes"):
            for name in resolved.values():
                for branch in self._data_branches(name):
                    branches.setdefault(id(branch), branch)
        arrays = self._baskets.read(list(branches.values()), first, stop)
        by_branch = dict(zip(branches, arrays, strict=True))
        with translated(self.path, "decode"):
            return {asked: self._compose(name, by_branch) for asked, name in resolved.items()}

    def _data_branches(self, name: str) -> Iterator[Any]:
        """Give the branches whose baskets make up a column.

        Raises:
            BranchError: of a type that cannot be read.
        """
        column = self._columns.get(self._holder(name))
        pending = [column.branch if column is not None else self._wholes[name]]
        while pending:
            branch = pending.pop()
            interpretation = interpretation_of(branch)
            if isinstance(interpretation, AsGrouped):
                pending += [branch[below] for below in interpretation.subbranches]
                continue
            try:
                if isinstance(interpretation, Unknown):
                    raise interpretation
                if isinstance(interpretation, AsObjects):
                    interpretation.awkward_form(branch.file)
            except (Unknown, CannotBeAwkward) as error:
                raise BranchError(
                    f"branch '{name}' of tree '{self.tree}' of {self.path} is of a type that cannot be read: "
                    f"{one_line(error)}; leave it out"
                ) from error
            yield branch

    def _holder(self, name: str) -> str:
        """Return the name of what must be read for a column, a whole, or a member of an object."""
        inside = None if name in self._columns or name in self._wholes else self._inside(name)
        return name if inside is None else inside[0]

    def _compose(self, name: str, by_branch: dict[int, Any]) -> Any:
        column = self._columns.get(name)
        inside = None if column is not None or name in self._wholes else self._inside(name)
        if inside is not None:
            array = by_branch[id(self._columns[inside[0]].branch)]
            for step in inside[1]:
                array = array[step]
            return array
        if column is None:
            return _group(self._wholes[name], by_branch)
        array = by_branch[id(column.branch)]
        return array if column.leaf is None else array[column.leaf]


def _below(parent: str, raw_parent: str, raw: str) -> str:
    """Name a branch below another; ROOT writes the parent's name into some branches and not into others."""
    if not parent:
        return raw
    for prefix in (f"{parent}.", f"{raw_parent}."):
        if raw.startswith(prefix):
            return f"{parent}.{raw[len(prefix) :]}"
    return f"{parent}.{raw}"


def _all_branches(holder: Any) -> Iterator[Any]:
    for branch in holder.member("fBranches"):
        yield branch
        yield from _all_branches(branch)


def _group(branch: Any, by_branch: dict[int, Any]) -> Any:
    """Compose the record of a branch from the branches below it."""
    if not isinstance(interpretation_of(branch), AsGrouped):
        return by_branch[id(branch)]
    return ak.Array({below: _group(branch[below], by_branch) for below in interpretation_of(branch).subbranches})
