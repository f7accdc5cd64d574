"""The files of the gallery."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from overproof.words.errors import OptionError
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """Where the files are.

    Attributes:
        nano: CMS NanoAOD, tree `Events`: Z bosons, top quarks, Higgs bosons, jets.
        physlite: ATLAS PHYSLITE, tree `CollectionTree`: the same collisions.
        edm4hep: EDM4HEP, tree `events`: electrons on positrons at 240 GeV, a Z and a Higgs boson in each event.
    """

    nano: Path
    physlite: Path
    edm4hep: Path


def write_gallery(directory: str | os.PathLike[str], *, n_events: int = 10_000, seed: int = 20_261_121) -> Gallery:
    """Write small files in the formats of experiments, with events of dice; what is there is replaced.

    The same parameters give the same events.

    Args:
        directory: made when absent.
        n_events: of each file.
        seed: start of the dice.

    Raises:
        OptionError: for fewer than one event.
    """
    from overproof.testing.gallery import formats

    if n_events < 1:
        raise OptionError(f"a gallery of {n_events} events: give at least one")
    place = Path(directory)
    place.mkdir(parents=True, exist_ok=True)
    gallery = Gallery(nano=place / "nano.root", physlite=place / "physlite.root", edm4hep=place / "edm4hep.root")
    for number, (path, tree, make) in enumerate(
        (
            (gallery.nano, "Events", formats.nano_aod),
            (gallery.physlite, "CollectionTree", formats.physlite),
            (gallery.edm4hep, "events", formats.edm4hep),
        )
    ):
        _write(path, tree=tree, make=make, n_events=n_events, dice=[seed, number])
    return gallery


def _write(path: Path, *, tree: str, make: Callable[..., dict[str, Any]], n_events: int, dice: list[int]) -> None:
    """Write one file under another name, then give it its own."""
    import numpy as np
    import uproot

    branches = make(np.random.default_rng(dice), n_events)
    types = {name: array.dtype if hasattr(array, "dtype") else array.type.content for name, array in branches.items()}
    # A UUID from the parameters: the same files have the same identity, on every machine.
    identity = uuid.uuid5(uuid.NAMESPACE_OID, f"{path.name} {n_events} {dice}")
    part = path.with_suffix(".part")
    with uproot.recreate(part, compression=uproot.ZSTD(1), uuid_function=lambda: identity) as file:
        file.mktree(tree, types).extend(branches)
    part.replace(path)
