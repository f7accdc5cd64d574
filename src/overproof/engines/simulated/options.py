"""What is simulated, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal, TypeAlias, get_args

from overproof.records.account import Account
from overproof.records.block import Block, BlockKey
from overproof.records.facts import Fact
from overproof.records.outcome.gaps import Excluded
from overproof.records.query import QueryOptions
from overproof.words.errors import OptionError
from overproof.words.frozen import dataclass

Law: TypeAlias = Literal["uniform", "lognormal", "bimodal"]
LAWS: tuple[Law, ...] = get_args(Law)

CHANCES = (
    "losses",
    "freezes",
    "delays",
    "duplicates",
    "bad_files",
    "empty_files",
    "bad_blocks",
    "failing_blocks",
    "large_blocks",
    "flaky_blocks",
    "strains",
    "isolator_losses",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationOptions:
    """A cluster, a dataset, and what goes wrong; probabilities are between 0 and 1.

    Attributes:
        workers: workers at the start.
        files: files of the dataset, of unequal length.
        spread: how unequal the workers are: the fast are `1 + spread` times as fast as the slow.
        law: how speeds are distributed between them.
        packetizer: name of the policy.
        seed: root of all dice.
        blocks_per_worker: blocks of the dataset for each worker, at least.
        block_entries: entries of a full block; the last one of a file is shorter.
        block_s: seconds that a worker of speed 1 spends on a full block.
        open_s: seconds that such a worker spends on looking into a file.
        latency_s: seconds that a message travels.
        delta_interval_s: seconds between two deltas of a busy worker.
        merge_s: seconds that the merging of a delta takes; 0: done within the call.
        is_remembered: the files are known from the start.
        losses: chance of a worker to be lost during the query.
        joins: new workers for each worker at the start, during the query.
        freezes: chance of a worker to freeze, often so long that it is given up, and comes back in a new epoch.
        delays: chance of a message to be delayed.
        duplicates: chance of a delta to arrive twice.
        bad_files: chance of a file that cannot be opened.
        empty_files: chance of a file without entries.
        bad_blocks: chance of a block that cannot be read.
        failing_blocks: chance of a block with some entries on which the selector fails, in any way.
        large_blocks: chance of a block that takes too much memory whole, and not in pieces.
        flaky_blocks: chance of a block on which the selector fails a few times, and then no more.
        strains: chance of a worker to come near the limit of its memory.
        isolator_losses: chance of the isolator to be killed, in each thing that it does.
        master_losses: how often the master is killed; it goes on from its last checkpoint, with new workers.
        isolator_s: seconds until an isolator is up.
        stop_s: when a stop is requested; None: never.
        query: limits of the query, and `packet_blocks`.
        checks_every: number of notices after which the master checks its invariants; 0: only at the end.
        keeps_log: the report has all facts.
    """

    workers: int = 100
    files: int = 20
    spread: float = 1.0
    law: Law = "uniform"
    packetizer: str = "adaptive"
    seed: int = 0
    blocks_per_worker: int = 30
    block_entries: int = 100_000
    block_s: float = 1.0
    open_s: float = 0.1
    latency_s: float = 0.001
    delta_interval_s: float = 1.0
    merge_s: float = 0.0
    is_remembered: bool = False
    losses: float = 0.0
    joins: float = 0.0
    freezes: float = 0.0
    delays: float = 0.0
    duplicates: float = 0.0
    bad_files: float = 0.0
    empty_files: float = 0.0
    bad_blocks: float = 0.0
    failing_blocks: float = 0.0
    large_blocks: float = 0.0
    flaky_blocks: float = 0.0
    strains: float = 0.0
    isolator_losses: float = 0.0
    master_losses: int = 0
    isolator_s: float = 0.5
    stop_s: float | None = None
    query: QueryOptions = field(default_factory=QueryOptions)
    checks_every: int = 0
    keeps_log: bool = False

    def __post_init__(self) -> None:
        """Refuse what makes no sense.

        Raises:
            OptionError: a number out of range, or an unknown law.
        """
        if self.law not in LAWS:
            raise OptionError(f"no law of speeds is called {self.law!r}: choose one of {', '.join(LAWS)}")
        for name in ("workers", "blocks_per_worker", "block_entries"):
            if getattr(self, name) < 1:
                raise OptionError(f"{name}={getattr(self, name)} makes no sense: give at least 1")
        for name in ("files", "spread", "joins", "open_s", "latency_s", "merge_s", "isolator_s", "master_losses"):
            if not getattr(self, name) >= 0:
                raise OptionError(f"{name}={getattr(self, name)} makes no sense: give 0 or more")
        for name in CHANCES:
            if not 0 <= getattr(self, name) <= 1:
                raise OptionError(f"{name}={getattr(self, name)} makes no sense: give a chance between 0 and 1")
        if self.isolator_losses == 1:
            raise OptionError("isolator_losses=1 makes no sense: no isolator would ever be done; give less")
        if not (self.block_s > 0 and self.delta_interval_s > 0):
            raise OptionError(f"block_s={self.block_s}, delta_interval_s={self.delta_interval_s}: give more than 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationReport:
    """What came of a simulation.

    Attributes:
        makespan_s: virtual seconds from the start to the close of the query.
        ideal_s: all the work (files to look into, blocks to compute) over the speed of all workers at the start.
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
