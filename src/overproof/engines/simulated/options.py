"""What is simulated."""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias, get_args

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
    "stragglers",
    "slow_servers",
    "server_losses",
    "merger_losses",
    "unpassed",
)
AT_LEAST_0 = (
    "files",
    "spread",
    "joins",
    "open_s",
    "latency_s",
    "merge_s",
    "isolator_s",
    "master_losses",
    "hosts",
    "servers",
    "thrash",
    "output_mb",
    "n_mergers",
)
AT_LEAST_1 = ("workers", "blocks_per_worker", "block_entries", "replicas", "slowdown", "server_slowdown")
ABOVE_0 = ("block_s", "delta_interval_s", "entry_bytes", "disk_mb_s", "network_mb_s", "inflow_mb_s", "merge_mb_s")


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
        expired_s: when what files are read with is valid no more; None: never.
        stragglers: share of the workers that are `slowdown` times slower than they should be.
        slowdown: how much slower.
        is_sudden: stragglers become so on the way, each at a time of its own; else they are from the start.
        hosts: machines that the workers are on, in turn; 0: nobody knows.
        servers: storage servers; the first ones are on the hosts, one on each. 0: reading takes no time.
        replicas: copies of each file, on as many servers as there are.
        entry_bytes: bytes of an entry that are read.
        disk_mb_s: MB a second of the disk of a server, which all share who read from it.
        network_mb_s: MB a second of the link of a server, which all share who read from it on other machines; and of
            the link of a merger.
        thrash: part by which a disk becomes slower with each further reader at one time.
        slow_servers: share of the servers, rounded up, with disks `server_slowdown` times slower.
        server_slowdown: how much slower.
        server_losses: chance of a server to be lost on the way, for ever.
        output_mb: MB of the outputs of a block, and of any number of blocks.
        inflow_mb_s: MB a second of the link of the master, over which deltas come one by one.
        merge_mb_s: MB of outputs a second that the master, or a merger, adds to what it has.
        has_mergers: there may be mergers, as many as the usual policy wants.
        n_mergers: so many, whatever the usual policy wants; 0: it decides.
        merger_losses: chance of a merger to be lost.
        unpassed: chance of a delta that a merger cannot get.
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
    expired_s: float | None = None
    stragglers: float = 0.0
    slowdown: float = 10.0
    is_sudden: bool = False
    hosts: int = 0
    servers: int = 0
    replicas: int = 1
    entry_bytes: int = 100
    disk_mb_s: float = 1000.0
    network_mb_s: float = 1000.0
    thrash: float = 0.0
    slow_servers: float = 0.0
    server_slowdown: float = 2.0
    server_losses: float = 0.0
    output_mb: float = 0.0
    inflow_mb_s: float = 1000.0
    merge_mb_s: float = 1000.0
    has_mergers: bool = False
    n_mergers: int = 0
    merger_losses: float = 0.0
    unpassed: float = 0.0
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
        for name in AT_LEAST_1:
            if not getattr(self, name) >= 1:
                raise OptionError(f"{name}={getattr(self, name)} makes no sense: give at least 1")
        for name in AT_LEAST_0:
            if not getattr(self, name) >= 0:
                raise OptionError(f"{name}={getattr(self, name)} makes no sense: give 0 or more")
        for name in ABOVE_0:
            if not getattr(self, name) > 0:
                raise OptionError(f"{name}={getattr(self, name)} makes no sense: give more than 0")
        for name in CHANCES:
            if not 0 <= getattr(self, name) <= 1:
                raise OptionError(f"{name}={getattr(self, name)} makes no sense: give a chance between 0 and 1")
        if self.isolator_losses == 1:
            raise OptionError("isolator_losses=1 makes no sense: no isolator would ever be done; give less")
        if self.servers and self.replicas > self.servers:
            raise OptionError(f"{self.replicas} replicas on {self.servers} servers make no sense: give fewer, or more")
