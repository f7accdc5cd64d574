"""Whether the files of a dataset are the same as when their blocks were cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from overproof.columns.formats.identity import check_regular, identity_of
from overproof.records.dataset import Dataset, FileGrid
from overproof.session.outcome.ranges import Ranges
from overproof.words.errors import DatasetError
from overproof.words.ids import FileIndex


def changed_files(
    dataset: Dataset, grids: Mapping[FileIndex, FileGrid], left: Mapping[FileIndex, Ranges]
) -> Iterator[tuple[str, bool]]:
    """Say which files are not those any more that they were, and whether there is another one in the place.

    A file that is gone is one of them as long as something of it is to be read; remote files are compared where they
    are read.

    Args:
        dataset: what was asked for.
        grids: of the files looked into.
        left: the entries of these that are to be read.
    """
    for file, grid in grids.items():
        path = dataset.files[file].path
        if not grid.identity or "://" in path:
            continue
        try:
            check_regular(Path(path).expanduser())
            with Path(path).expanduser().open("rb", buffering=0) as handle:
                is_same = identity_of(handle.fileno()) == grid.identity
        except DatasetError as error:
            yield str(error), False
        except OSError as error:
            if left.get(file):
                yield f"{path} cannot be opened any more ({error.strerror})", False
        else:
            if not is_same:
                yield f"{path} has changed", True
