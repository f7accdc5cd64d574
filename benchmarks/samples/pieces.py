"""Pieces of files, as TTrees, written by uproot.

Run as a program, it writes one piece: `python -m benchmarks.samples.pieces PATH SOURCE COMPRESSION INDEX EVENTS DATA`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from benchmarks.samples.sample import COMPRESSIONS, TREE

BASKET_EVENTS = 100_000
"""Events in each basket of every branch: as many as files of experiments have, give or take."""
SEED = 20_261_121


def write_piece(path: Path, *, source: str, compression: str, index: int, n_events: int, data: Path) -> None:
    """Write one piece.

    Args:
        path: of the file; it appears when it is whole.
        source: of the events.
        compression: a name in `COMPRESSIONS`.
        index: of the piece; each has other events.
        n_events: in it.
        data: where real files are, for events made of these.
    """
    part = path.with_suffix(".part")
    if source == "copied":
        from benchmarks.samples.copied import copy_whole

        copy_whole(data, part)
        part.replace(path)
        return
    import uproot

    events = _source(source, data)
    with uproot.recreate(part, compression=_compression(uproot, compression)) as file:
        for first in range(0, n_events, BASKET_EVENTS):
            n = min(BASKET_EVENTS, n_events - first)
            seed = (SEED * 1000 + index) * 100_000 + first // BASKET_EVENTS
            branches = _branches(events(seed=seed, first=index * n_events + first, n_events=n))
            if first == 0:
                tree = file.mktree(TREE, {name: _type(array) for name, array in branches.items()})
            tree.extend(branches)
    part.replace(path)


def _source(name: str, data: Path) -> Any:
    if name == "generated":
        from benchmarks.samples.generated import generated

        return generated
    from benchmarks.samples.resampled import Pool

    return Pool(data).resampled


def _compression(uproot: Any, name: str) -> Any:
    return getattr(uproot, name.upper())(COMPRESSIONS[name][1])


def _branches(columns: dict[str, Any]) -> dict[str, Any]:
    """Gather the columns of each collection into one jagged record, as the writer wants them."""
    import awkward as ak

    collections = [name[1:] for name in columns if name[0] == "n" and name[1:2].isupper()]
    branches: dict[str, Any] = {}
    for collection in collections:
        prefix = f"{collection}_"
        fields = {name.removeprefix(prefix): array for name, array in columns.items() if name.startswith(prefix)}
        branches[collection] = ak.unflatten(ak.zip(fields), columns[f"n{collection}"])
    inside = tuple(f"{collection}_" for collection in collections)
    counters = {f"n{collection}" for collection in collections}
    flat = {name: array for name, array in columns.items() if name not in counters and not name.startswith(inside)}
    return flat | branches


def _type(array: Any) -> Any:
    return array.dtype if hasattr(array, "dtype") else array.type.content


if __name__ == "__main__":
    to, source, compression, index, n_events, data = sys.argv[1:]
    write_piece(
        Path(to), source=source, compression=compression, index=int(index), n_events=int(n_events), data=Path(data)
    )
