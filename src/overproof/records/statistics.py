"""What a query cost: the heir of PROOF's session statistics."""

from __future__ import annotations

from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStatistics:
    """What one worker did.

    Attributes:
        worker: its name.
        packets: packets finished.
        entries: entries in these packets.
        compute_s: seconds spent on them.
        read_bytes: compressed bytes read.
    """

    worker: str
    packets: int
    entries: int
    compute_s: float
    read_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStatistics:
    """What one file server gave.

    Attributes:
        server: as `host:port`, or the machine of a mount; empty: disks of the workers' own machines.
        files: copies that were read there.
        read_bytes: that came, what describes the files and what was read for nothing included.
        local_bytes: of these, to workers on the machine of the server.
        reads: requests that were answered.
        read_s: seconds in which workers waited for them, all together.
        failures: requests that failed, those that were tried again with success included.
        reason: of the last failure; empty where there was none.
    """

    server: str
    files: int
    read_bytes: int
    local_bytes: int
    reads: int
    read_s: float
    failures: int
    reason: str = ""

    @property
    def rate_per_s(self) -> float:
        """Bytes a second while a worker waited; 0 where nobody did."""
        return self.read_bytes / self.read_s if self.read_s > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What a query cost; all sizes of packets in entries.

    Attributes:
        packetizer: name of the policy.
        n_workers: workers that joined.
        n_files: files of the dataset.
        entries: entries in finished packets.
        packets: packets finished.
        default_packet: entries of the first packet handed out.
        smallest_packet: entries of the smallest packet.
        average_packet: mean entries of a packet.
        total_s: from the start of the query to its end.
        startup_s: from the start of the query to the first packet handed out.
        first_packet_s: from the start of the query to the first packet finished.
        loop_s: from the first packet handed out to the last delta merged.
        packet_interval_average_s: mean time between two finished packets.
        packet_interval_shortest_s: shortest time between two finished packets.
        read_bytes: compressed bytes read.
        cached_bytes: bytes of columns that came out of the cache instead.
        rate_per_s: entries a second over `loop_s`.
        byte_rate_per_s: bytes a second over `loop_s`.
        merge_s: seconds spent on merging at the master.
        deltas: deltas merged.
        workers: one line a worker, by name.
        mergers: mergers that joined.
        deltas_passed: deltas that mergers took in.
        inflow_bytes: payloads that the master merged, as far as their sizes were told.
        servers: one line a file server, by name.
        path: of the draw language: `"compiled"` or `"interpreted"`; empty for selectors of users.
    """

    packetizer: str
    n_workers: int
    n_files: int
    entries: int
    packets: int
    default_packet: int
    smallest_packet: int
    average_packet: float
    total_s: float
    startup_s: float
    first_packet_s: float
    loop_s: float
    packet_interval_average_s: float
    packet_interval_shortest_s: float
    read_bytes: int
    rate_per_s: float
    byte_rate_per_s: float
    merge_s: float
    deltas: int
    workers: tuple[WorkerStatistics, ...]
    cached_bytes: int = 0
    mergers: int = 0
    deltas_passed: int = 0
    inflow_bytes: int = 0
    servers: tuple[ServerStatistics, ...] = ()
    path: str = ""

    def _repr_html_(self) -> str:
        """Show what the query cost, in a notebook."""
        from overproof.words import markup

        return markup.frame(
            markup.record_table(self), markup.records_table(self.workers), markup.records_table(self.servers)
        )
