"""Whether the files of a dataset are the same as when their blocks were cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from overproof.columns.files.identity import check_regular, identity_of, parts_of
from overproof.records.dataset import Dataset, FileGrid
from overproof.session.outcome.ranges import Ranges
from overproof.words.errors import DatasetError
from overproof.words.ids import FileIndex


def changed_files(
    dataset: Dataset, grids: Mapping[FileIndex, FileGrid], left: Mapping[FileIndex, Ranges]
) -> Iterator[tuple[str, bool]]:
    """Say which files are not those any more that they were, and whether there is another one in the place.

    A file that is gone is one of them as long as something of it is to be read; remote files are compared where they
    are read. What is read beside a file belongs to it.

    Args:
        dataset: what was asked for.
        grids: of the files looked into.
        left: the entries of these that are to be read.
    """
    for file, grid in grids.items():
        paths = [dataset.files[file].path, *grid.friends]
        for path, identity in zip(paths, parts_of(grid.identity), strict=True):
            if (change := _change(path, identity, is_needed=bool(left.get(file)))) is not None:
                yield change


def _change(path: str, identity: str, *, is_needed: bool) -> tuple[str, bool] | None:
    """Say that a file is not the one that it was; None when it is, or when nobody can tell or needs it."""
    if not identity or "://" in path:
        return None
    try:
        check_regular(Path(path).expanduser())
        with Path(path).expanduser().open("rb", buffering=0) as handle:
            is_same = identity_of(handle.fileno()) == identity
    except DatasetError as error:
        return str(error), False
    except OSError as error:
        return (f"{path} cannot be opened any more ({error.strerror})", False) if is_needed else None
    return None if is_same else (f"{path} has changed", True)
