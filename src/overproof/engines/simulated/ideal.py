"""The time in which a query could be done at best."""

from __future__ import annotations

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
    open_s = 0.0 if options.is_remembered else options.open_s * len(grids)
    if not storage.placed:
        return _drained_s(n_entries * options.block_s / options.block_entries + open_s, speeds, turns_s, options)
    read_s = options.block_entries * options.entry_bytes / (max(storage.mb_s) * MB)
    rates = [1.0 / (options.block_s / speed + read_s) for speed in speeds]
    n_blocks = n_entries / options.block_entries
    return max(_drained_s(n_blocks, rates, turns_s, options), _served_s(grids, options, storage))


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
