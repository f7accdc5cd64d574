"""What a query cost: a fold over its facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from overproof.query.ledger.place import DeltaKey, key_of
from overproof.query.locality.accesses import AccessTally
from overproof.records.block import Packet
from overproof.records.facts import Fact
from overproof.records.notices import (
    DeltaMerged,
    DeltaOffered,
    FilesLocated,
    MergerJoined,
    PacketDone,
    WorkerJoined,
    WorkerLost,
)
from overproof.records.orders import ForgetDelta, RefuseDelta, SendPacket
from overproof.records.statistics import Statistics, WorkerStatistics
from overproof.words.ids import WorkerId


class _Line:
    """What one worker did so far."""

    __slots__ = ("compute_s", "entries", "packets", "read_bytes")

    def __init__(self) -> None:
        self.packets = 0
        self.entries = 0
        self.compute_s = 0.0
        self.read_bytes = 0


class StatisticsTally:
    """A journal that keeps sums only; give it every fact of one query, in order.

    Args:
        packetizer: name of the policy.
        n_files: files of the dataset.
        started_s: start of the query on the driver's clock.
        path: that serves it, where it is one of the draw language.
    """

    def __init__(self, *, packetizer: str, n_files: int, started_s: float, path: str = "") -> None:
        self._path = path
        self._packetizer = packetizer
        self._n_files = n_files
        self._started_s = started_s
        self._lines: dict[WorkerId, _Line] = {}
        self._in_hand: dict[WorkerId, dict[int, Packet]] = {}
        self._default_packet = 0
        self._smallest_packet = 0
        self._first_sent_s: float | None = None
        self._first_done_s: float | None = None
        self._last_done_s = 0.0
        self._last_merged_s: float | None = None
        self._shortest_s: float | None = None
        self._merge_s = 0.0
        self._n_deltas = 0
        self._cached_bytes = 0
        self._accesses = AccessTally()
        self._mergers: set[WorkerId] = set()
        self._n_passed = 0
        self._inflow_bytes = 0
        self._offered_bytes: dict[DeltaKey, int] = {}

    def record(self, fact: Fact) -> None:
        """Add one fact; those that cost nothing are passed over."""
        fold = FOLDS.get(type(fact.what))
        if fold is not None:
            fold(self, fact.what, fact.at_s)

    def statistics(self, *, ended_s: float) -> Statistics:
        """Say what the query cost up to a moment on the driver's clock, usually its end."""
        lines = self._lines.values()
        packets, entries = sum(line.packets for line in lines), sum(line.entries for line in lines)
        read_bytes = sum(line.read_bytes for line in lines)
        sent_s = ended_s if self._first_sent_s is None else self._first_sent_s
        done_s = ended_s if self._first_done_s is None else self._first_done_s
        loop_s = 0.0 if self._last_merged_s is None else self._last_merged_s - sent_s
        return Statistics(
            packetizer=self._packetizer,
            n_workers=len(self._lines),
            n_files=self._n_files,
            entries=entries,
            packets=packets,
            default_packet=self._default_packet,
            smallest_packet=self._smallest_packet,
            average_packet=entries / packets if packets else 0.0,
            total_s=ended_s - self._started_s,
            startup_s=sent_s - self._started_s,
            first_packet_s=done_s - self._started_s,
            loop_s=loop_s,
            packet_interval_average_s=(self._last_done_s - done_s) / (packets - 1) if packets > 1 else 0.0,
            packet_interval_shortest_s=self._shortest_s or 0.0,
            read_bytes=read_bytes,
            cached_bytes=self._cached_bytes,
            path=self._path,
            rate_per_s=entries / loop_s if loop_s > 0 else 0.0,
            byte_rate_per_s=read_bytes / loop_s if loop_s > 0 else 0.0,
            merge_s=self._merge_s,
            deltas=self._n_deltas,
            mergers=len(self._mergers),
            deltas_passed=self._n_passed,
            inflow_bytes=self._inflow_bytes,
            servers=self._accesses.lines(),
            workers=tuple(
                WorkerStatistics(
                    worker=name,
                    packets=line.packets,
                    entries=line.entries,
                    compute_s=line.compute_s,
                    read_bytes=line.read_bytes,
                )
                for name, line in sorted(self._lines.items())
            ),
        )

    def _on_worker_joined(self, notice: WorkerJoined, _: float) -> None:
        self._lines.setdefault(notice.worker, _Line())
        self._accesses.join(notice)

    def _on_files_located(self, notice: FilesLocated, _: float) -> None:
        self._accesses.locate(notice)

    def _on_worker_lost(self, notice: WorkerLost, _: float) -> None:
        self._in_hand.pop(notice.worker, None)

    def _on_packet_sent(self, order: SendPacket, at_s: float) -> None:
        n_entries = order.packet.n_entries
        self._in_hand.setdefault(order.worker, {})[order.packet.number] = order.packet
        if self._first_sent_s is None:
            self._first_sent_s = at_s
            self._default_packet = n_entries

    def _on_packet_done(self, notice: PacketDone, at_s: float) -> None:
        """Count a packet that its worker still has; one that was dropped unbegun cost nothing."""
        self._accesses.add(notice)
        packet = self._in_hand.get(notice.worker, {}).pop(notice.packet, None)
        if packet is None or notice.n_blocks == 0:
            return
        n_entries = sum(block.n_entries for block in packet.blocks[: notice.n_blocks])
        line = self._lines.setdefault(notice.worker, _Line())
        line.packets += 1
        line.entries += n_entries
        line.compute_s += notice.compute_s
        line.read_bytes += notice.read_bytes
        self._cached_bytes += notice.cached_bytes
        self._smallest_packet = min(self._smallest_packet or n_entries, n_entries)
        if self._first_done_s is None:
            self._first_done_s = at_s
        else:
            interval_s = at_s - self._last_done_s
            self._shortest_s = interval_s if self._shortest_s is None else min(self._shortest_s, interval_s)
        self._last_done_s = at_s

    def _on_delta_merged(self, notice: DeltaMerged, at_s: float) -> None:
        self._n_deltas += 1
        self._merge_s += notice.merge_s
        self._last_merged_s = at_s
        if self._offered_bytes:
            self._inflow_bytes += self._offered_bytes.pop(key_of(notice.delta), 0)

    def _on_delta_offered(self, notice: DeltaOffered, _: float) -> None:
        """Keep the size of a delta until it is known where it goes."""
        if notice.size_bytes:
            self._offered_bytes[key_of(notice.delta)] = notice.size_bytes

    def _on_delta_refused(self, order: RefuseDelta, _: float) -> None:
        self._offered_bytes.pop(key_of(order.delta), None)

    def _on_delta_forgotten(self, order: ForgetDelta, _: float) -> None:
        """Count a delta that a merger has; the master has said so once, whatever the merger says."""
        self._offered_bytes.pop(key_of(order.delta), None)
        self._n_passed += 1

    def _on_merger_joined(self, notice: MergerJoined, _: float) -> None:
        self._mergers.add(notice.merger)


FOLDS: dict[type, Callable[[StatisticsTally, Any, float], None]] = {
    WorkerJoined: StatisticsTally._on_worker_joined,
    WorkerLost: StatisticsTally._on_worker_lost,
    FilesLocated: StatisticsTally._on_files_located,
    SendPacket: StatisticsTally._on_packet_sent,
    PacketDone: StatisticsTally._on_packet_done,
    DeltaMerged: StatisticsTally._on_delta_merged,
    DeltaOffered: StatisticsTally._on_delta_offered,
    RefuseDelta: StatisticsTally._on_delta_refused,
    ForgetDelta: StatisticsTally._on_delta_forgotten,
    MergerJoined: StatisticsTally._on_merger_joined,
}
"""Which facts count, and how."""
