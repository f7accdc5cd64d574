"""The clusters and datasets that are simulated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

WORKERS = (10, 100, 1_000, 10_000)
BLOCK_ENTRIES = 34_000
"""Entries of a block, so that 10,000 workers with 30 blocks each have ten billion."""
ENTRY_BYTES = 300

Options = dict[str, Any]

KINDS: dict[str, Options] = {
    "equal": {"spread": 0.0},
    "unequal": {"spread": 3.0},
    "stragglers": {"stragglers": 0.1},
    "sudden stragglers": {"stragglers": 0.1, "is_sudden": True},
    "near the data": {"servers": 10},
    "a slow server": {"servers": 10, "slow_servers": 0.1},
}
"""What the workers are like: those of the first four read without cost, the others are on ten machines with a disk
each."""

OF_MOST = ("unequal", "near the data")
"""Those that are simulated with most workers too, which takes a minute for each."""

DISK_BLOCKS_S = 4.0
"""Blocks a second that a disk, or a link, gives for each worker of its machine, who computes one or two."""

PACKETIZERS = ("adaptive", "fixed", "single", "by-file", "local-only")
STORAGE: dict[str, Options] = {
    "even": {},
    "a slow server": {"slow_servers": 0.05},
    "a slow server, two copies": {"slow_servers": 0.05, "replicas": 2},
    "a server is lost, two copies": {"server_losses": 0.05, "replicas": 2},
}
TROUBLES: dict[str, Options] = {
    "none": {},
    "10 % of the workers are lost": {"losses": 0.1},
    "half of the workers are lost": {"losses": 0.5},
    "as many workers join on the way": {"joins": 1.0},
    "20 % of the workers freeze": {"freezes": 0.2},
    "5 % of the messages are late": {"delays": 0.05},
    "1 % of the blocks fail at first": {"flaky_blocks": 0.01},
    "the master is killed twice": {"master_losses": 2},
}
OUTPUTS_MB = {100: 50.0, 1_000: 10.0, 10_000: 1.0}


class Scenario(NamedTuple):
    """What is simulated.

    Attributes:
        group: table that it belongs to.
        row: of the table.
        column: of the table.
        options: of the simulation, where they are not the usual ones.
    """

    group: str
    row: str
    column: str
    options: Options

    @property
    def name(self) -> str:
        """Name it on the command line and in the document."""
        return f"{self.group}/{self.row}/{self.column}".replace(" ", "-").replace(",", "")

    @property
    def is_small(self) -> bool:
        """Tell whether it is simulated in a second or two."""
        return bool(self.options["workers"] <= 200)


def scenarios() -> Iterator[Scenario]:
    """Yield all of them, table by table."""
    for kind, options in KINDS.items():
        for workers in WORKERS if kind in OF_MOST else WORKERS[:-1]:
            yield Scenario("workers", kind, f"{workers:,}", _of_workers(workers, options))
    for packetizer in PACKETIZERS:
        for storage, options in STORAGE.items():
            near = {"hosts": 20, "servers": 20, "disk_mb_s": 400.0, "packetizer": packetizer}
            yield Scenario("packetizers", packetizer, storage, {"workers": 200, "files": 1_000, **near, **options})
    for workers, output_mb in OUTPUTS_MB.items():
        for has_mergers in (False, True):
            merging = {"output_mb": output_mb, "has_mergers": has_mergers, "hosts": max(1, workers // 20)}
            column = "with mergers" if has_mergers else "without"
            yield Scenario("mergers", f"{workers:,} workers, {output_mb:g} MB", column, _of_workers(workers, merging))
    for trouble, options in TROUBLES.items():
        yield Scenario("troubles", trouble, "200", _of_workers(200, options))


def _of_workers(workers: int, options: Options) -> Options:
    """Give each worker 30 blocks, in ten files; and machines with servers disks and links as their workers need."""
    made = {"workers": workers, "files": 10 * workers, "block_entries": BLOCK_ENTRIES, **options}
    if "servers" in options:
        block_mb = BLOCK_ENTRIES * ENTRY_BYTES / 1e6
        mb_s = DISK_BLOCKS_S * block_mb * workers / options["servers"]
        made |= {"hosts": options["servers"], "entry_bytes": ENTRY_BYTES, "disk_mb_s": mb_s, "network_mb_s": mb_s}
    return made
