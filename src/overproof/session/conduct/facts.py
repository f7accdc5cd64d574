"""Everybody who reads the facts of a query while it runs."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from overproof.engines.pace import Pace
from overproof.query.master import Master
from overproof.query.statistics import StatisticsTally
from overproof.records.facts import Fact
from overproof.records.notices import PacketDone
from overproof.records.orders import SendPacket
from overproof.records.statistics import Statistics
from overproof.session.keeping.keeper import Keeper


@dataclass(kw_only=True)
class FactReaders:
    """Gives each fact to every reader of facts.

    Attributes:
        master: tells how far the query is.
        tally: makes the statistics.
        keeper: writes the journal; None without one.
        pace: measures the rates.
    """

    master: Master
    tally: StatisticsTally
    keeper: Keeper | None = None
    pace: Pace = field(default_factory=Pace)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def record(self, fact: Fact) -> None:
        """Pass one fact on, and take down the pace when packets are given or done."""
        with self._lock:
            self.tally.record(fact)
        if self.keeper is not None:
            self.keeper.record(fact)
        if isinstance(fact.what, SendPacket | PacketDone):
            master = self.master
            self.pace.observe(fact.at_s, n_entries=master.n_entries_seen, read_bytes=master.read_bytes)

    def statistics(self, now: float) -> Statistics:
        """Return the statistics up to now; may be asked from any thread."""
        with self._lock:
            return self.tally.statistics(ended_s=now)
