"""How fast workers are, and how long files."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from overproof.engines.simulated.options import Law, SimulationOptions
from overproof.records.dataset import FileGrid

SPEEDS: dict[Law, Callable[[random.Random, float], float]] = {
    "uniform": lambda dice, spread: dice.uniform(1.0, 1.0 + spread),
    "lognormal": lambda dice, spread: math.exp(dice.gauss(0.0, math.log1p(spread) / 2)),
    "bimodal": lambda dice, spread: dice.choice((1.0, 1.0 + spread)),
}
"""Draw a speed: even between slow and fast; with slow and fast one standard deviation off; one half slow, one fast."""


def draw_stragglers(options: SimulationOptions, speeds: list[float], horizon_s: float) -> list[float | None]:
    """Slow some workers down from the start, in place; or say when each will become slow, and None for the others."""
    dice = random.Random(f"stragglers {options.seed}")
    turns_s: list[float | None] = [None] * len(speeds)
    for worker in dice.sample(range(len(speeds)), round(options.stragglers * len(speeds))):
        if options.is_sudden:
            turns_s[worker] = dice.uniform(0.0, horizon_s)
        else:
            speeds[worker] /= options.slowdown
    return turns_s


def draw_grids(options: SimulationOptions, dice: random.Random) -> list[FileGrid]:
    """Draw files of unequal length, with at least the blocks asked for in all; some files have a single block."""
    weights = [dice.uniform(0.2, 1.8) for _ in range(options.files)]
    all_weights, n_blocks, size = sum(weights), options.workers * options.blocks_per_worker, options.block_entries
    grids: list[FileGrid] = []
    for weight in weights:
        n_full = max(1, math.ceil(weight / all_weights * n_blocks)) - 1
        n_entries = n_full * size + dice.randint(1, size)
        stops = (*range(size, n_full * size + 1, size), n_entries)
        if options.empty_files and random.Random(f"empty {options.seed} {len(grids)}").random() < options.empty_files:
            n_entries, stops = 0, ()
        grids.append(
            FileGrid(tree="Events", n_entries=n_entries, stops=stops, size_bytes=options.entry_bytes * n_entries)
        )
    return grids
