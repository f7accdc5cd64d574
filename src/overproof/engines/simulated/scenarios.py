"""Troubles drawn from a seed: small clusters in which everything goes wrong."""

from __future__ import annotations

import random

from overproof.engines.simulated.options import LAWS, SimulationOptions
from overproof.records.query import QueryOptions


def draw_scenario(seed: int) -> SimulationOptions:
    """Draw a small query with any mixture of losses, joins, freezes, delays, duplicates and bad data."""
    dice = random.Random(f"scenario {seed}")
    choose = dice.choice
    return SimulationOptions(
        seed=seed,
        workers=dice.randint(1, 6),
        files=dice.randint(0, 6),
        spread=choose((0.0, 1.0, 4.0)),
        law=choose(LAWS),
        packetizer=choose(("adaptive", "adaptive", "fixed")),
        blocks_per_worker=dice.randint(1, 40),
        block_entries=10,
        block_s=choose((0.2, 1.0)),
        open_s=0.1,
        latency_s=choose((0.0, 0.01)),
        merge_s=choose((0.0, 0.0, 0.3)),
        is_remembered=choose((True, False, False)),
        losses=choose((0.0, 0.3, 0.8)),
        joins=choose((0.0, 0.5)),
        freezes=choose((0.0, 0.5)),
        delays=choose((0.0, 0.2)),
        duplicates=choose((0.0, 0.3)),
        bad_files=choose((0.0, 0.0, 0.2)),
        bad_blocks=choose((0.0, 0.0, 0.1)),
        failing_blocks=choose((0.0, 0.0, 0.0, 0.01)),
        stop_s=choose((None, None, None, 3.0)),
        query=QueryOptions(
            first=choose((0, 0, 15)), entries=choose((None, None, 95)), packet_blocks=choose((None, 2, 7))
        ),
        checks_every=1,
    )
