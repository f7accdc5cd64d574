"""The time in which a query could be done at best."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from overproof.engines.simulated.cluster.storage import MB, Storage
from overproof.engines.simulated.options import SimulationOptions
from overproof.records.dataset import FileGrid


def ideal_s(
    grids: Sequence[FileGrid],
    options: SimulationOptions,
    *,
    speeds: Sequence[float],
    turns_s: Sequence[float | None],
    storage: Storage,
) -> float:
    """Return a bound that no schedule beats: that of the workers, or that of the servers.

    Args:
        grids: of the files.
        options: with what all things take.
        speeds: of the workers at the start.
        turns_s: when each becomes a straggler; None: never.
        storage: where the files lie.
    """
    n_entries = sum(grid.n_entries for grid in grids)
    open_s = 0.0 if options.is_remembered else options.open_s
    if not storage.placed:
        work_s = n_entries * options.block_s / options.block_entries + open_s * len(grids)
        return _drained_s(work_s, speeds, turns_s, options)
    return max(_read_s(grids, options, speeds, turns_s, storage, open_s), _served_s(grids, options, storage))


def _read_s(
    grids: Sequence[FileGrid],
    options: SimulationOptions,
    speeds: Sequence[float],
    turns_s: Sequence[float | None],
    storage: Storage,
    open_s: float,
) -> float:
    """Say when the workers are done, who wait for a block as long as its disk needs for it, if nobody else does.

    Each kind of work (blocks of each speed of disk, files to look into) is worth as much as it keeps all workers busy;
    no worker can earn more than by what it does best.
    """
    block_mb = options.block_entries * options.entry_bytes / MB
    n_blocks: defaultdict[float, float] = defaultdict(float)
    for grid, servers in zip(grids, storage.placed, strict=True):
        n_blocks[max(storage.mb_s[server] for server in servers)] += grid.n_entries / options.block_entries
    kinds: list[tuple[float, list[float]]] = [
        (number, [options.block_s / speed + block_mb / mb_s for speed in speeds]) for mb_s, number in n_blocks.items()
    ]
    if open_s:
        kinds.append((len(grids), [open_s / speed for speed in speeds]))
    worth = [1.0 / sum(1.0 / needed_s for needed_s in of_workers) for _, of_workers in kinds]
    rates = [
        max(value / of_workers[at] for value, (_, of_workers) in zip(worth, kinds, strict=True))
        for at in range(len(speeds))
    ]
    work = sum(value * number for value, (number, _) in zip(worth, kinds, strict=True))
    return _drained_s(work, rates, turns_s, options)


def _drained_s(
    work: float, rates: Sequence[float], turns_s: Sequence[float | None], options: SimulationOptions
) -> float:
    """Say when so much work is done at these rates, some of which fall on the way."""
    rate, at_s = sum(rates), 0.0
    turns = sorted((turn_s, lost) for turn_s, lost in zip(turns_s, rates, strict=True) if turn_s is not None)
    for turn_s, falling in turns:
        if work <= rate * (turn_s - at_s):
            break
        work -= rate * (turn_s - at_s)
        rate, at_s = rate - falling * (1.0 - 1.0 / options.slowdown), turn_s
    return at_s + work / rate


def _served_s(grids: Sequence[FileGrid], options: SimulationOptions, storage: Storage) -> float:
    """Say when the servers have given all bytes: the busiest one, or all together where files have copies."""
    loads = [0.0] * len(storage.mb_s)
    for grid, servers in zip(grids, storage.placed, strict=True):
        loads[servers[0]] += grid.n_entries * options.entry_bytes / MB
    if options.replicas > 1:
        return sum(loads) / sum(storage.mb_s)
    return max(load / mb_s for load, mb_s in zip(loads, storage.mb_s, strict=True))
