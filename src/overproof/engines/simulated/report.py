"""What comes of a simulation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from overproof.records.account import Account
from overproof.records.block import Block, BlockKey
from overproof.records.facts import Fact
from overproof.records.outcome.gaps import Excluded
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationReport:
    """What came of a simulation.

    Attributes:
        makespan_s: virtual seconds from the start to the close of the query.
        ideal_s: a bound that nobody can beat: all the work (files to look into, blocks to read and to compute) over
            the speed of all workers at the start, or all bytes over the bandwidth of the servers.
        ratio: `makespan_s / ideal_s`; 1 when there is no work.
        decisions_per_s: packets handed out and deltas taken or refused, for each real second inside the master.
        n_packets: packets handed out.
        account: where every entry is.
        peak_rss_mb: peak memory of this process.
        state: final state of the query.
        n_notices: notices that the master heard.
        slowest_block_s: seconds that the slowest worker at the start needs for a full block. Nobody knows that it is
            slow before it has computed one, so that with few blocks a worker no policy ends sooner than this.
        answer: the blocks merged, by file and index; the ranges in them are part of the answer.
        excluded: entries on which the selector failed.
        log: all facts, if asked for.
        tail_s: virtual seconds from the last packet that was no copy to the close.
        n_deltas: deltas merged by the master.
        n_passed: deltas that a merger has added to its own.
        n_mergers: mergers that joined.
        inflow_mb: MB of deltas that came to the master.
        master_load: share of the time in which the master was getting or merging deltas.
        master_memory_mb: MB of outputs at the master at most: the merged ones, and payloads.
        merger_memory_mb: the same of the merger that had most.
        local_share: share of the bytes that were read on the machine that has them; 1 where nothing is read.
        cpu_s: seconds of one core that the simulation took.
    """

    makespan_s: float
    ideal_s: float
    ratio: float
    decisions_per_s: float
    n_packets: int
    account: Account
    peak_rss_mb: float
    state: str
    n_notices: int
    slowest_block_s: float
    answer: Mapping[BlockKey, Block] = field(default_factory=dict)
    excluded: tuple[Excluded, ...] = ()
    log: tuple[Fact, ...] = ()
    tail_s: float = 0.0
    n_deltas: int = 0
    n_passed: int = 0
    n_mergers: int = 0
    inflow_mb: float = 0.0
    master_load: float = 0.0
    master_memory_mb: float = 0.0
    merger_memory_mb: float = 0.0
    local_share: float = 1.0
    cpu_s: float = 0.0
