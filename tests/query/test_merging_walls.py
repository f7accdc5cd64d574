"""Mergers that are not reached from everywhere: never too many are up, and those of no use are given up."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable

import pytest
from table import grid

from overproof.query.master import Master
from overproof.query.merging import MergerPolicy, just, near_the_root
from overproof.query.merging.staff import MAX_LOSSES
from overproof.query.packetizers import fixed
from overproof.records.block import Block, Delta
from overproof.records.notices import (
    DeltaMerged,
    DeltaNotPassed,
    DeltaOffered,
    DeltaPassed,
    FileOpened,
    MergerJoined,
    Notice,
    PacketDone,
    QueryStarted,
    TimePassed,
    WorkerJoined,
)
from overproof.records.orders import (
    CallDelta,
    CallMerger,
    DismissWorker,
    Order,
    PassDelta,
    SendPacket,
    TakeDelta,
)
from overproof.records.query import QueryOptions
from overproof.words.states import QueryState

Gate = Callable[[str, str], bool]
"""Whether a delta gets from a host to a merger on another."""


def closed(sender: str, merger: str) -> bool:
    """Let nothing through but what stays on its host."""
    return sender == merger


class Site:
    """A bare master with workers on hosts that do not all reach each other; every order is obeyed at once.

    Attributes:
        up: mergers that are up, and their hosts.
        calls: how often a merger was called on each host.
        most_up: largest number of mergers up at a time.
        merged: how often each block was merged.
    """

    def __init__(self, policy: MergerPolicy, gate: Gate, *, n_hosts: int, workers_each: int, n_blocks: int) -> None:
        self.master = Master(1, QueryOptions(), fixed(1), merging=policy)
        self.gate = gate
        self.host_of = {f"w{n}": f"h{n % n_hosts}" for n in range(n_hosts * workers_each)}
        self.up: dict[str, str] = {}
        self.calls: Counter[str] = Counter()
        self.most_up = 0
        self.merged: Counter[Block] = Counter()
        self.held: dict[str, list[Block]] = {}
        self.n_deltas: Counter[str] = Counter()
        self.n_heard = 0
        self.notices: deque[Notice] = deque([QueryStarted(), FileOpened(file=0, grid=grid(n_blocks))])
        self.notices += [WorkerJoined(worker=name, epoch=1, host=host) for name, host in self.host_of.items()]

    def run(self, n_notices: int = 1_000_000) -> Site:
        """Tell the master what follows from its orders, until the query is over or so much was told."""
        while self.notices and self.n_heard < n_notices:
            self.n_heard += 1
            if self.n_heard % 20 == 0:
                self.tell(TimePassed())
            self.tell(self.notices.popleft())
        return self

    def tell(self, notice: Notice) -> None:
        for order in self.master.handle(notice, now=self.n_heard * 0.01):
            self.obey(order)
        if self.n_heard % 10 == 0:
            self.master.check()

    def obey(self, order: Order) -> None:
        match order:
            case SendPacket(worker=name, packet=packet):
                self.offer(name, packet.blocks)
                self.notices.append(PacketDone(worker=name, epoch=1, packet=packet.number, compute_s=0.1))
            case CallMerger(host=host):
                self.calls[host] += 1
                name = f"m{self.calls.total()}"
                self.up[name] = self.host_of[name] = host
                self.most_up = max(self.most_up, len(self.up))
                self.notices.append(MergerJoined(merger=name, epoch=1, host=host))
            case PassDelta(delta=delta, merger=name) if self.gate(self.host_of[delta.worker], self.host_of[name]):
                self.held.setdefault(name, []).extend(delta.blocks)
                self.notices.append(DeltaPassed(merger=name, epoch=1, delta=delta))
            case PassDelta(delta=delta, merger=name):
                self.notices.append(DeltaNotPassed(merger=name, epoch=1, delta=delta, reason="a wall"))
            case CallDelta(worker=name) if self.held.get(name):
                self.offer(name, tuple(self.held.pop(name)))
            case TakeDelta(delta=delta):
                self.merged.update(delta.blocks)
                self.notices.append(DeltaMerged(delta=delta))
            case DismissWorker(worker=name):
                assert name in self.up, "a worker is dismissed"
                del self.up[name]
                assert not self.held.get(name), "a merger is sent away with what it holds"

    def offer(self, name: str, blocks: tuple[Block, ...]) -> None:
        self.n_deltas[name] += 1
        delta = Delta(worker=name, epoch=1, number=self.n_deltas[name], blocks=blocks)
        self.notices.append(DeltaOffered(delta=delta, size_bytes=1_000))

    def is_exact(self, n_blocks: int) -> bool:
        """Tell whether the query has finished and each block was merged once."""
        return self.master.state is QueryState.FINISHED and sorted(self.merged.values()) == [1] * n_blocks


@pytest.mark.parametrize(
    ("policy", "n_wanted", "n_hosts"),
    [(near_the_root, 6, 36), (just(1), 1, 9), (just(3), 3, 12)],
    ids=["root", "one", "three"],
)
def test_mergers_that_others_cannot_reach_are_given_up(policy: MergerPolicy, n_wanted: int, n_hosts: int) -> None:
    """Never more are up than wanted; after a bounded number of calls there are none, and the answer is exact.

    Each does get what its own host brings, and hands that over: that is no reason to call the next one.
    """
    site = Site(policy, closed, n_hosts=n_hosts, workers_each=1, n_blocks=1_000).run()
    assert site.most_up == n_wanted
    assert n_wanted < site.calls.total() <= n_wanted * MAX_LOSSES
    assert not site.up
    assert site.is_exact(1_000)


def test_mergers_that_serve_their_own_hosts_stay() -> None:
    """The same wall does no harm where each host has a merger of its own: none is shunned, none is called again."""
    site = Site(near_the_root, closed, n_hosts=4, workers_each=9, n_blocks=400).run()
    assert site.calls.total() == len(site.up) == 6
    assert site.is_exact(400)


def test_a_host_that_nobody_reaches_does_not_cost_others_their_mergers() -> None:
    """It gets so many mergers as are lost elsewhere, and then none; those of others go on."""
    site = Site(just(4), lambda _, merger: merger != "h0", n_hosts=4, workers_each=9, n_blocks=1_500).run()
    assert site.calls == {"h0": MAX_LOSSES, "h1": 1, "h2": 1, "h3": 1}
    assert sorted(site.up.values()) == ["h1", "h2", "h3"]
    assert site.most_up == 4
    assert site.is_exact(1_500)


def test_a_merger_that_comes_when_they_are_given_up_goes_again() -> None:
    """It was called before, and is late: nobody would bring it anything."""
    site = Site(just(1), lambda *_: False, n_hosts=2, workers_each=2, n_blocks=500).run(400)
    assert site.calls.total() == MAX_LOSSES
    assert not site.up
    site.host_of["late"] = site.up["late"] = "h0"
    site.tell(MergerJoined(merger="late", epoch=1, host="h0"))
    assert not site.up
    assert site.run().is_exact(500)
