"""Scenarios drawn from a seed: small clusters in which everything goes wrong."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from overproof.engines.simulated.options import LAWS, SimulationOptions
from overproof.records.query import ON_ERROR, QueryOptions


def draw_scenario(seed: int) -> SimulationOptions:
    """Draw a small query with any mixture of all troubles."""
    dice = random.Random(f"scenario {seed}")
    choose = dice.choice
    later = random.Random(f"empty {seed}")  # dice of its own: each seed stays the scenario that it was
    far = random.Random(f"far {seed}")  # the same
    return SimulationOptions(
        seed=seed,
        workers=dice.randint(1, 6),
        files=dice.randint(0, 6),
        spread=choose((0.0, 1.0, 4.0)),
        law=choose(LAWS),
        packetizer=choose(("adaptive", "adaptive", "fixed")),
        **_storage(far),
        **_merging(far),
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
        expired_s=far.choice((None, None, None, None, None, None, 2.0)),
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


def _storage(dice: random.Random) -> dict[str, Any]:
    """Draw no servers at all, or some, of which a few may be lost."""
    servers = dice.choice((0, 0, 1, 2, 4))
    if not servers:
        return {}
    return {
        "servers": servers,
        "hosts": dice.choice((0, 1, 2, 3)),
        "replicas": min(servers, dice.choice((1, 2, 3))),
        "entry_bytes": 1_000_000,
        "disk_mb_s": dice.choice((20.0, 1000.0)),
        "network_mb_s": dice.choice((20.0, 1000.0)),
        "thrash": dice.choice((0.0, 0.5)),
        "slow_servers": dice.choice((0.0, 0.3)),
        "server_losses": dice.choice((0.0, 0.0, 0.3)),
    }


def _merging(dice: random.Random) -> dict[str, Any]:
    """Draw no mergers, or some, which may be lost and may fail to get deltas."""
    return {
        "has_mergers": dice.random() < 0.6,
        "n_mergers": dice.choice((1, 2, 3)),
        "output_mb": dice.choice((0.0, 100.0, 300.0)),
        "merger_losses": dice.choice((0.0, 0.0, 0.7)),
        "unpassed": dice.choice((0.0, 0.0, 0.3)),
        "stragglers": dice.choice((0.0, 0.3)),
        "is_sudden": dice.random() < 0.5,
    }


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
        expired_s=None,
        stragglers=0.0,
        hosts=0,
        servers=0,
        replicas=1,
        has_mergers=False,
        output_mb=0.0,
        query=replace(query, on_error="isolate" if query.on_error == "stop" else query.on_error),
        checks_every=0,
    )
