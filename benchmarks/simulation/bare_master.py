"""How many decisions the bare master makes in a second.

A decision: a worker reports a packet, and gets the next one; its delta is offered, taken and merged. That are three
notices and two orders. Each of the five becomes a fact, and the account is looked at each time that a delta was merged.
"""

from __future__ import annotations

import gc
import time
from collections import deque
from typing import Any, NamedTuple

from overproof.query.master import Master
from overproof.query.packetizers import packetizer_by_name
from overproof.records.block import Delta
from overproof.records.dataset import FileGrid
from overproof.records.facts import Fact
from overproof.records.notices import DeltaMerged, DeltaOffered, FileOpened, Notice, PacketDone, WorkerJoined
from overproof.records.orders import Order, SendPacket
from overproof.records.query import QueryOptions
from overproof.words.quickly import made_quickly

BLOCK_ENTRIES = 100
FILES = 100
ROUNDS = 50
"""Decisions of each worker that are measured."""

RUN = 250
"""Decisions that are timed together, if there are so many workers."""

make_fact = made_quickly(Fact)


class Speed(NamedTuple):
    """What was measured.

    Attributes:
        decisions_per_s: of the master alone.
        with_facts_per_s: with the account and five facts for each.
    """

    decisions_per_s: float
    with_facts_per_s: float


def measure_master(workers: int, *, rounds: int = ROUNDS, repeats: int = 3) -> Speed:
    """Let so many workers each compute some blocks; return the best of some repeats."""
    best = [0.0, 0.0]
    for _ in range(repeats):
        for place, keeps_facts in enumerate((False, True)):
            best[place] = max(best[place], _run(workers, rounds, keeps_facts=keeps_facts))
    return Speed(*best)


def _run(workers: int, rounds: int, *, keeps_facts: bool) -> float:
    """Return decisions a second of CPU time; what workers say is made beforehand, round by round.

    What else runs on the machine slows this down, and nothing makes it faster: the quickest quarter of the runs of some
    hundred decisions counts.
    """
    master, packets = _begin(workers, rounds + 2)
    spent_s: list[float] = []
    n_decisions = 0
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            now = float(number)
            told = [_words(order, number) for order in packets]
            facts: deque[Any] = deque(maxlen=1000)
            orders: list[Order] = []
            for first in range(0, workers, RUN):
                run = told[first : first + RUN]
                started_s = time.process_time()
                orders += _decide(master, run, now, facts) if keeps_facts else _decide_alone(master, run, now)
                spent_s.append((time.process_time() - started_s) / len(run))
            n_decisions += len(told)
            packets = [order for order in orders if isinstance(order, SendPacket)]
            assert len(packets) == workers
    finally:
        gc.enable()
    assert master.account.processed == n_decisions * BLOCK_ENTRIES
    master.check()
    quickest = sorted(spent_s)[: max(1, len(spent_s) // 4)]
    return len(quickest) / sum(quickest)


def _decide(master: Master, told: list[tuple[Notice, Notice, Notice]], now: float, facts: deque[Any]) -> list[Order]:
    """Do what a driver does beside moving letters: feed the master, keep facts, look at the account."""
    handle, keep, sent = master.handle, facts.append, []
    for done, offered, merged in told:
        orders = handle(done, now=now)
        keep(make_fact(at_s=now, what=done))
        for order in orders:
            keep(make_fact(at_s=now, what=order))
        sent += orders
        orders = handle(offered, now=now)
        keep(make_fact(at_s=now, what=offered))
        for order in orders:
            keep(make_fact(at_s=now, what=order))
        handle(merged, now=now)
        keep(make_fact(at_s=now, what=merged))
        keep(master.account)
    return sent


def _decide_alone(master: Master, told: list[tuple[Notice, Notice, Notice]], now: float) -> list[Order]:
    handle, sent = master.handle, []
    for done, offered, merged in told:
        sent += handle(done, now=now)
        handle(offered, now=now)
        handle(merged, now=now)
    return sent


def _begin(workers: int, rounds: int) -> tuple[Master, list[SendPacket]]:
    """Make a master whose workers have two packets of one block each."""
    master = Master(FILES, QueryOptions(), packetizer_by_name("fixed", packet_blocks=1))
    n_blocks = -(-workers * rounds // FILES)
    stops = tuple(range(BLOCK_ENTRIES, BLOCK_ENTRIES * n_blocks + 1, BLOCK_ENTRIES))
    for file in range(FILES):
        master.handle(FileOpened(file=file, grid=FileGrid(tree="t", n_entries=stops[-1], stops=stops)), now=0.0)
    orders = [order for worker in range(workers) for order in master.handle(_joined(worker), now=0.0)[:1]]
    return master, [order for order in orders if isinstance(order, SendPacket)]


def _joined(worker: int) -> WorkerJoined:
    return WorkerJoined(worker=f"w{worker}", epoch=1)


def _words(order: SendPacket, number: int) -> tuple[Notice, Notice, Notice]:
    """Return what a worker says when it is done with a packet, and the driver when its delta is merged."""
    delta = Delta(worker=order.worker, epoch=1, number=number + 1, blocks=order.packet.blocks)
    done = PacketDone(worker=order.worker, epoch=1, packet=order.packet.number, compute_s=1.0)
    return done, DeltaOffered(delta=delta), DeltaMerged(delta=delta)
