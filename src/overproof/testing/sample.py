"""A sample of collisions in ROOT files: Z bosons into two muons, and background."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from overproof.words.errors import OptionError
from overproof.words.frozen import dataclass

TREE = "Events"
CLUSTER_ENTRIES = 62_500
"""Events written in one go; a reader sees a cluster boundary there."""
MANIFEST = "sample.json"
"""Written last: a directory without it holds no whole sample."""
RECIPE = 1
"""Counted up whenever the same parameters give other events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample on disk.

    Attributes:
        directory: where its files are.
        n_events: events in all files together.
        n_files: number of files.
        seed: where the dice started.
        was_there: whether it had been written before and was kept.
    """

    directory: Path
    n_events: int
    n_files: int
    seed: int
    was_there: bool

    @property
    def files(self) -> list[Path]:
        """The files, in the order of their events."""
        return [self.directory / _file_name(index) for index in range(self.n_files)]

    @property
    def dataset(self) -> str:
        """The sample as `Session.draw` and `Session.process` take it: a glob and a tree."""
        return f"{self.directory}/*.root:{TREE}"

    @property
    def size_bytes(self) -> int:
        """Bytes on disk."""
        return sum(path.stat().st_size for path in self.files)


def write_sample(
    directory: str | os.PathLike[str],
    *,
    n_events: int = 2_000_000,
    n_files: int = 8,
    seed: int = 20_261_121,
    on_file: Callable[[int, int], None] | None = None,
) -> Sample:
    """Write a sample of Z -> mumu and background, or keep the one that is there.

    The same parameters give the same events in every file; a sample of other parameters in `directory` is replaced.

    Args:
        directory: made when absent.
        n_events: events in all files together.
        n_files: the events are spread evenly over them.
        seed: start of the dice.
        on_file: called with (files written, files in all) after each file.

    Raises:
        OptionError: for fewer than one event or file.
    """
    if n_events < 1 or n_files < 1:
        raise OptionError(f"a sample of {n_events} events in {n_files} files: give at least one of each")
    place = Path(directory)
    wanted = {"recipe": RECIPE, "n_events": n_events, "n_files": n_files, "seed": seed}
    manifest = place / MANIFEST
    if _is_whole(place, wanted):
        return Sample(directory=place, n_events=n_events, n_files=n_files, seed=seed, was_there=True)
    place.mkdir(parents=True, exist_ok=True)
    _remove_old(place)
    sizes = {}
    for index in range(n_files):
        target = place / _file_name(index)
        _write_file(target, index=index, wanted=wanted)
        sizes[target.name] = target.stat().st_size
        if on_file is not None:
            on_file(index + 1, n_files)
    part = manifest.with_suffix(".part")
    part.write_text(json.dumps(wanted | {"size_bytes": sizes}, indent=1) + "\n", encoding="utf-8")
    part.replace(manifest)
    return Sample(directory=place, n_events=n_events, n_files=n_files, seed=seed, was_there=False)


def _file_name(index: int) -> str:
    return f"zmumu_{index:02d}.root"


def _read_manifest(place: Path) -> dict[str, Any]:
    """Read what is written about the sample in `place`; empty when there is none, or none that makes sense."""
    try:
        found = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_whole(place: Path, wanted: dict[str, int]) -> bool:
    found = _read_manifest(place)
    sizes = found.pop("size_bytes", {})
    if found != wanted or len(sizes) != wanted["n_files"]:
        return False
    return all((place / name).is_file() and (place / name).stat().st_size == size for name, size in sizes.items())


def _remove_old(place: Path) -> None:
    """Remove the manifest first, so that whoever dies on the way leaves no manifest without its files."""
    (place / MANIFEST).unlink(missing_ok=True)
    for old in place.glob("zmumu_*.root"):
        old.unlink()


def _write_file(target: Path, *, index: int, wanted: dict[str, int]) -> None:
    """Write one file under another name, then give it its own."""
    import numpy as np
    import uproot

    from overproof.testing.collisions import collisions

    n_files, n_events = wanted["n_files"], wanted["n_events"]
    first, stop = (n_events * step // n_files for step in (index, index + 1))
    rng = np.random.default_rng([wanted["seed"], index])
    part = target.with_suffix(".part")
    # A UUID from the parameters: the same sample has the same identity, on every machine.
    identity = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps([wanted, index]))
    with uproot.recreate(part, compression=uproot.ZSTD(1), uuid_function=lambda: identity) as file:
        tree = None
        for start in range(first, stop, CLUSTER_ENTRIES):
            columns = collisions(rng, first=start, n_events=min(CLUSTER_ENTRIES, stop - start))
            branches = _branches(columns)
            if tree is None:
                tree = file.mktree(TREE, {name: _branch_type(array) for name, array in branches.items()})
            tree.extend(branches)
    part.replace(target)


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


def _branch_type(array: Any) -> Any:
    return array.dtype if hasattr(array, "dtype") else array.type.content
