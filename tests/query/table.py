"""A master with a driver at the same table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overproof.query.master import Master
from overproof.query.merging import MergerPolicy
from overproof.query.packetizers import fixed, packetizer_by_name
from overproof.records.block import Block, Delta, Packet, Range
from overproof.records.dataset import FileGrid
from overproof.records.notices import (
    DeltaMerged,
    DeltaOffered,
    FileOpened,
    Notice,
    PacketDone,
    WorkerJoined,
)
from overproof.records.orders import (
    CloseQuery,
    Order,
    SendPacket,
    TakeDelta,
)
from overproof.records.outcome.failure import Failure
from overproof.records.query import QueryOptions
from overproof.words.states import QueryState

OOPS = Failure(kind="exception", cause="oops", reason="oops")


def grid(n_blocks: int, *, size: int = 10) -> FileGrid:
    return FileGrid(
        tree="Events", n_entries=n_blocks * size, stops=tuple(range(size, n_blocks * size + 1, size)), size_bytes=1
    )


class Table:
    """A master with a driver at the same table, who checks the invariants after every notice."""

    def __init__(
        self,
        n_files: int = 1,
        *,
        packet_blocks: int = 1,
        steps: Mapping[int, tuple[Range, ...]] | None = None,
        merging: MergerPolicy | None = None,
        **options: Any,
    ) -> None:
        query = QueryOptions(**options)
        packetizer = packetizer_by_name(query.packetizer) if "packetizer" in options else fixed(packet_blocks)
        self.master = Master(n_files, query, packetizer, steps=steps, merging=merging)
        self.now = 0.0
        self.n_deltas = 0

    def say(self, *notices: Notice) -> list[Order]:
        orders: list[Order] = []
        for notice in notices:
            self.now += 1.0
            orders += self.master.handle(notice, now=self.now)
            self.master.check()
        return orders

    def join(self, worker: str = "a", *, epoch: int = 1) -> list[Order]:
        return self.say(WorkerJoined(worker=worker, epoch=epoch))

    def opened(self, file: int = 0, *, n_blocks: int = 4) -> list[Order]:
        return self.say(FileOpened(file=file, grid=grid(n_blocks)))

    def done(self, packet: Packet, worker: str = "a", *, n_blocks: int | None = None) -> list[Order]:
        return self.say(PacketDone(worker=worker, epoch=1, packet=packet.number, compute_s=1.0, n_blocks=n_blocks))

    def delta(self, *blocks: Block, worker: str = "a", epoch: int = 1) -> Delta:
        self.n_deltas += 1
        return Delta(worker=worker, epoch=epoch, number=self.n_deltas, blocks=blocks)

    def hand_over(self, *blocks: Block, worker: str = "a") -> list[Order]:
        delta = self.delta(*blocks, worker=worker)
        assert self.say(DeltaOffered(delta=delta)) == [TakeDelta(delta=delta)]
        return self.say(DeltaMerged(delta=delta))


def packets(orders: list[Order], worker: str | None = None) -> list[Packet]:
    return [order.packet for order in orders if isinstance(order, SendPacket) and worker in (None, order.worker)]


def indices(orders: list[Order], worker: str | None = None) -> list[int]:
    return [block.index for packet in packets(orders, worker) for block in packet.blocks]


def closes(orders: list[Order]) -> list[QueryState]:
    return [order.state for order in orders if isinstance(order, CloseQuery)]
