"""One simulation, from its options to its report."""

from __future__ import annotations

import gc
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from overproof.engines.simulated.audit import audit
from overproof.engines.simulated.cluster.storage import MB
from overproof.engines.simulated.laws import draw_grids
from overproof.engines.simulated.options import SimulationOptions
from overproof.engines.simulated.report import SimulationReport
from overproof.engines.simulated.world import World
from overproof.query.master import Master
from overproof.query.merging import MergerPolicy, near_the_root
from overproof.query.merging.policy import just
from overproof.query.packetizers import packetizer_by_name

MakeMaster = Callable[..., Master]


def simulate(options: SimulationOptions, *, make_master: MakeMaster = Master) -> SimulationReport:
    """Run a query in virtual time, and audit it: nothing lost, nothing counted twice, nothing excluded by mistake.

    Args:
        options: what is simulated.
        make_master: the master; another one to show that a simulation can fail.

    Raises:
        InvariantError: the query hung, or the audit found something.
        OptionError: no such packetizer.
    """
    started_s = time.process_time()
    dice = random.Random(options.seed)
    grids = draw_grids(options, dice)
    packetizer = packetizer_by_name(options.packetizer, packet_blocks=options.query.packet_blocks)
    query = replace(options.query, block_entries=options.block_entries, packetizer=options.packetizer)
    merging = _merging(options)
    world = World(
        options, grids, make_master=lambda: make_master(options.files, query, packetizer, merging=merging), dice=dice
    )
    with _garbage_stays():
        world.run()
    audit(world, options)
    master, inflow = world.master, world.inflow
    return SimulationReport(
        makespan_s=world.now,
        ideal_s=world.ideal_s,
        ratio=world.now / world.ideal_s if world.ideal_s else 1.0,
        decisions_per_s=world.n_decisions / world.master_s,
        n_packets=world.n_packets,
        account=master.account,
        peak_rss_mb=peak_rss_mb(),
        state=master.state.value,
        n_notices=world.n_notices,
        slowest_block_s=options.block_s / world.slowest_speed,
        answer=world.merged,
        excluded=master.excluded,
        log=tuple(world.log),
        tail_s=world.now - world.handed_out_s,
        n_deltas=world.n_deltas,
        n_passed=world.crew.n_passed,
        n_mergers=world.crew.n_mergers,
        inflow_mb=inflow.n_bytes / MB,
        master_load=max(inflow.coming_s, inflow.merging_s) / world.now if world.now else 0.0,
        master_memory_mb=inflow.peak_bytes / MB,
        merger_memory_mb=world.crew.most_payloads * options.output_mb,
        local_share=world.storage.local_share,
        cpu_s=time.process_time() - started_s,
    )


def _merging(options: SimulationOptions) -> MergerPolicy | None:
    if not options.has_mergers:
        return None
    return just(options.n_mergers) if options.n_mergers else near_the_root


@contextmanager
def _garbage_stays() -> Iterator[None]:
    """Pause the garbage collector: it would be charged to the master for what the simulated world leaves behind."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def peak_rss_mb() -> float:
    """Return the peak memory of this process in decimal megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
