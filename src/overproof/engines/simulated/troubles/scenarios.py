"""Scenarios drawn from a seed: small clusters in which everything goes wrong."""

from __future__ import annotations

import random
from dataclasses import replace

from overproof.engines.simulated.options import LAWS, SimulationOptions
from overproof.records.query import ON_ERROR, QueryOptions


def draw_scenario(seed: int) -> SimulationOptions:
    """Draw a small query with any mixture of all troubles."""
    dice = random.Random(f"scenario {seed}")
    choose = dice.choice
    later = random.Random(f"empty {seed}")  # dice of its own: each seed stays the scenario that it was
    return SimulationOptions(
        seed=seed,
        workers=dice.randint(1, 6),
        files=dice.randint(0, 6),
        spread=choose((0.0, 1.0, 4.0)),
        law=choose(LAWS),
        packetizer=choose(("adaptive", "adaptive", "fixed")),
        blocks_per_worker=dice.randint(1, 30),
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
        empty_files=later.choice((0.0, 0.0, 0.4)),
        bad_blocks=choose((0.0, 0.0, 0.1)),
        failing_blocks=choose((0.0, 0.0, 0.02, 0.1)),
        large_blocks=choose((0.0, 0.0, 0.0, 0.05)),
        flaky_blocks=choose((0.0, 0.0, 0.05)),
        strains=choose((0.0, 0.0, 0.5)),
        isolator_losses=choose((0.0, 0.1, 0.4)),
        master_losses=choose((0, 0, 0, 1, 3)),
        stop_s=choose((None, None, None, None, 3.0)),
        query=QueryOptions(
            first=choose((0, 0, 15)),
            entries=choose((None, None, 95)),
            packet_blocks=choose((None, 2, 7)),
            on_error=choose(("isolate", "isolate", "isolate", *ON_ERROR)),
            max_excluded=choose((None, 1_000_000, 1_000_000, 5)),
            block_timeout_s=choose((None, 10.0)),
            speculates=choose((True, True, False)),
            takes_empty=later.choice((True, False)),
        ),
        checks_every=1,
    )


def serial(scenario: SimulationOptions) -> SimulationOptions:
    """Return the same query on one worker to which nothing happens; the same entries and blocks are bad."""
    query = replace(scenario.query, max_excluded=1_000_000, speculates=False)
    return replace(
        scenario,
        workers=1,
        blocks_per_worker=scenario.workers * scenario.blocks_per_worker,
        spread=0.0,
        losses=0.0,
        joins=0.0,
        freezes=0.0,
        delays=0.0,
        duplicates=0.0,
        flaky_blocks=0.0,
        strains=0.0,
        isolator_losses=0.0,
        master_losses=0,
        stop_s=None,
        query=replace(query, on_error="isolate" if query.on_error == "stop" else query.on_error),
        checks_every=0,
    )
