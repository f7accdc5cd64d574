"""Whether the files of a dataset are the same as when their blocks were cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from overproof.columns.formats.identity import check_regular, identity_of
from overproof.records.dataset import Dataset, FileGrid
from overproof.records.outcome.standing import Standing
from overproof.words.errors import DatasetError


def changed_files(dataset: Dataset, standing: Standing) -> Iterator[str]:
    """Say which files are not those any more of which some blocks are merged.

    A file that is gone is one of them as long as something of it is to be read; remote files are compared where they
    are read.
    """
    for file, grid in standing.grids.items():
        path = dataset.files[file].path
        if not grid.identity or "://" in path:
            continue
        try:
            check_regular(Path(path).expanduser())
            with Path(path).expanduser().open("rb", buffering=0) as handle:
                is_same = identity_of(handle.fileno()) == grid.identity
        except DatasetError as error:
            yield str(error)
        except OSError as error:
            if not _is_done(grid, standing.merged.get(file, 0)):
                yield f"{path} cannot be opened any more ({error.strerror})"
        else:
            if not is_same:
                yield f"{path} has changed"


def _is_done(grid: FileGrid, merged: int) -> bool:
    return merged.bit_count() == len(grid.stops)
