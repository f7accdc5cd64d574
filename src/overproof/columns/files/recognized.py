"""Whether a file is the one of which a fileset speaks."""

from __future__ import annotations

from overproof.records.dataset import FileGrid, FileSpec


def why_another(spec: FileSpec, grid: FileGrid) -> str:
    """Say by what a file differs from what was told of it; empty: by nothing, or nothing was told.

    Args:
        spec: with the number of entries and the UUID that the user expects, where that is known.
        grid: what was found.
    """
    if spec.n_entries is not None and spec.n_entries != grid.n_entries:
        return (
            f"the fileset says that the tree {grid.tree} has {spec.n_entries:,} entries, and it has "
            f"{grid.n_entries:,}: the file is another one, or has changed; make the fileset anew"
        )
    if spec.uuid and grid.uuid and _plain(spec.uuid) != _plain(grid.uuid):
        return (
            f"the fileset says that the UUID of the file is {spec.uuid}, and it is {grid.uuid}: the file is another "
            "one, or was written anew; make the fileset anew"
        )
    return ""


def _plain(uuid: str) -> str:
    """Write a UUID as everybody would: with hyphens and in braces it is the same."""
    return "".join(each for each in uuid.casefold() if each.isalnum())
