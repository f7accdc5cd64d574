"""How fast a query goes: a fold over its facts, for the progress display."""

from __future__ import annotations

from collections import deque

from overproof.records.facts import Fact
from overproof.records.notices import FileFailed, FileOpened, PacketDone, WorkerJoined, WorkerLost
from overproof.records.orders import SendPacket

WINDOW_S = 5.0
"""Length of the window over which current rates are measured."""


class Pace:
    """Counts entries and bytes as packets are finished, and remembers the last few seconds of them."""

    def __init__(self) -> None:
        self.n_entries = 0
        self.read_bytes = 0
        self.n_files_opened = 0
        self.first_packet_s: float | None = None
        self._packet_entries: dict[int, int] = {}
        self._in_hand: dict[str, set[int]] = {}
        self._recent: deque[tuple[float, int, int]] = deque()

    @property
    def n_workers(self) -> int:
        return len(self._in_hand)

    @property
    def n_active(self) -> int:
        return sum(1 for packets in self._in_hand.values() if packets)

    def record(self, fact: Fact) -> None:
        """Take one fact."""
        match fact.what:
            case SendPacket(worker=worker, packet=packet):
                self._packet_entries[packet.number] = packet.n_entries
                self._in_hand.setdefault(worker, set()).add(packet.number)
                if self.first_packet_s is None:
                    self.first_packet_s = fact.at_s
            case PacketDone(worker=worker, packet=number, read_bytes=read_bytes):
                self._in_hand.get(worker, set()).discard(number)
                self._count(fact.at_s, self._packet_entries.pop(number, 0), read_bytes)
            case WorkerJoined(worker=worker):
                self._in_hand.setdefault(worker, set())
            case WorkerLost(worker=worker):
                for number in self._in_hand.pop(worker, set()):
                    self._packet_entries.pop(number, None)
            case FileOpened() | FileFailed():
                self.n_files_opened += 1

    def rates(self, now: float) -> tuple[float, float]:
        """Return entries and bytes a second over the last few seconds."""
        recent = self._recent
        while recent and recent[0][0] < now - WINDOW_S:
            recent.popleft()
        if not recent or self.first_packet_s is None:
            return 0.0, 0.0
        span_s = max(1e-6, min(WINDOW_S, now - self.first_packet_s))
        return sum(item[1] for item in recent) / span_s, sum(item[2] for item in recent) / span_s

    def average_rate(self, now: float) -> float:
        """Return entries a second since the first packet was handed out."""
        if self.first_packet_s is None or now <= self.first_packet_s:
            return 0.0
        return self.n_entries / (now - self.first_packet_s)

    def _count(self, at_s: float, n_entries: int, read_bytes: int) -> None:
        self.n_entries += n_entries
        self.read_bytes += read_bytes
        self._recent.append((at_s, n_entries, read_bytes))
