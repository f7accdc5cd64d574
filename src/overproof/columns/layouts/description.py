"""All that a query must know of one tree of one version of a file, learned without uproot or remembered."""

from __future__ import annotations

from collections.abc import Callable

from overproof.columns.grid import Entries, Storage, block_stops
from overproof.columns.layouts.layout import TreeLayout
from overproof.records.dataset import FileGrid
from overproof.records.schema import Schema
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """What decides where a tree is cut into blocks.

    Attributes:
        boundaries: of its clusters, as `block_stops` takes them.
        storage: what lies on disk; pieces that begin at one entry may be one.
    """

    boundaries: Entries
    storage: Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A tree, described well enough that its reader needs nothing else until a column is read that is not native.

    Attributes:
        layout: where its columns lie.
        schema: makes the schema, which takes milliseconds for thousands of branches.
        clusters: tells the clusters.
        friends: those that the tree names: name, path of the tree, path of the file (empty: the same file).
        has_index: whether the tree has an index of its own, as from TTree::BuildIndex.
    """

    layout: TreeLayout
    schema: Callable[[], Schema]
    clusters: Callable[[], Clusters]
    friends: tuple[tuple[str, str, str], ...] = ()
    has_index: bool = False

    def grid(self, block_entries: int) -> FileGrid:
        """Tell the blocks."""
        layout, clusters = self.layout, self.clusters()
        return FileGrid(
            tree=layout.tree,
            n_entries=layout.n_entries,
            stops=block_stops(
                clusters.boundaries, clusters.storage, n_entries=layout.n_entries, block_entries=block_entries
            ),
            size_bytes=layout.size_bytes,
            uuid=layout.uuid,
            identity=layout.identity,
        )
