"""A master with workers on hosts that read from servers, in virtual time."""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any

from overproof.query.master import Master
from overproof.query.packetizers import packetizer_by_name
from overproof.records.block import Block, Delta, Packet
from overproof.records.dataset import FileGrid, Replica
from overproof.records.notices import (
    BlockUnreadable,
    DeltaMerged,
    DeltaOffered,
    FileFailed,
    FileOpened,
    FilesLocated,
    Notice,
    PacketDone,
    QueryStarted,
    TimePassed,
    WorkerJoined,
    WorkerLost,
)
from overproof.records.orders import CallDelta, CloseQuery, HaltWorker, OpenFile, SendPacket, TakeDelta
from overproof.records.outcome.access import FileAccess
from overproof.records.query import QueryOptions
from overproof.words.states import QueryState

TICK_S = 0.5
LONG_S = 2_000.0
BLOCK = 100
"""Entries of a block; a worker that need not wait for its server computes one in a second."""

Bandwidth = Callable[[int], float]
"""Blocks a second of a server that so many read from."""


def endless(_: int) -> float:
    return 1e9


def sharing(blocks_per_s: float) -> Bandwidth:
    """Give a server whose readers share what it has."""
    return lambda _: blocks_per_s


def thrashing(blocks_per_s: float, best: int) -> Bandwidth:
    """Give a disk from which less comes the more read from it, past a number of them."""
    return lambda readers: blocks_per_s * min(1.0, best / max(1, readers))


def copies(n_files: int, homes: Sequence[str], *, n_copies: int = 1) -> dict[int, tuple[Replica, ...]]:
    """Lay files on hosts in turn, each behind a server of its own, and further copies on the hosts that follow."""
    return {
        file: tuple(
            Replica(path=f"root://{home}//f{file}", host=home)
            for home in (homes[(file + copy) % len(homes)] for copy in range(n_copies))
        )
        for file in range(n_files)
    }


class Hand:
    """A worker that computes nothing, but takes the time for it."""

    def __init__(self, name: str, host: str) -> None:
        self.name = name
        self.host = host
        self.todo: deque[tuple[Packet, deque[Block]]] = deque()
        self.computed: list[Block] = []
        self.n_deltas = 0
        self.server: str | None = None
        self.since_s = self.seen_s = self.left = 0.0
        self.alone_per_s = self.speed_per_s = 1.0
        self.version = 0


class Farm:
    """Drives a query to its end.

    Args:
        files: blocks of each file.
        replicas: where files lie; the name of the server that is read is that of the host in the path.
        hosts: of the workers, one each.
        bandwidths: of servers; those not named are endless.
        far: how many times as long a block takes from another host.
        broken: servers from which nothing can be read.
        is_final: nobody will say more of where files lie.
        checks: the master's invariants are verified after every notice.
    """

    def __init__(
        self,
        files: Sequence[int],
        replicas: Mapping[int, tuple[Replica, ...]],
        *,
        hosts: Sequence[str],
        bandwidths: Mapping[str, Bandwidth] | None = None,
        far: float = 1.0,
        broken: Sequence[str] = (),
        is_final: bool = True,
        checks: bool = True,
        **options: Any,
    ) -> None:
        self.grids = [
            FileGrid(tree="t", n_entries=n * BLOCK, stops=tuple(range(BLOCK, n * BLOCK + 1, BLOCK))) for n in files
        ]
        query = QueryOptions(**options)
        self.master = Master(len(files), query, packetizer_by_name(query.packetizer, packet_blocks=query.packet_blocks))
        self.now = 0.0
        self.hands = {f"w{number}": Hand(f"w{number}", host) for number, host in enumerate(hosts)}
        self.bandwidths = dict(bandwidths or {})
        self.far = far
        self.checks = checks
        self.broken = set(broken)
        self.server_of = {each.path: each.served_by for of_file in replicas.values() for each in of_file}
        self.host_of = {each.path: each.host for of_file in replicas.values() for each in of_file}
        self.readers: Counter[str] = Counter()
        self.most_readers: Counter[str] = Counter()
        self.blocks_from: Counter[str] = Counter()
        self.near_blocks = 0
        self.merged: Counter[Block] = Counter()
        self.tries: Counter[tuple[int, str]] = Counter()
        self.closed: QueryState | None = None
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self.feed(QueryStarted())
        if replicas or is_final:
            self.feed(FilesLocated(replicas=replicas, is_final=is_final))
        for hand in self.hands.values():
            self.feed(WorkerJoined(worker=hand.name, epoch=1, host=hand.host))

    def run(self, until_s: float = LONG_S) -> Farm:
        """Let time pass until the query closes."""
        self.at(self.now + TICK_S, self._tick)
        while self.closed is None and self._agenda and self.now < until_s:
            self.now, _, what = heapq.heappop(self._agenda)
            what()
        assert self.closed is not None, "the query hangs"
        return self

    def at(self, at_s: float, what: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (at_s, next(self._order), what))

    def _tick(self) -> None:
        self.at(self.now + TICK_S, self._tick)
        self.feed(TimePassed())

    def lose(self, name: str) -> None:
        hand = self.hands.pop(name)
        self._leave(hand)
        self.feed(WorkerLost(worker=name, reason="gone"))

    def feed(self, notice: Notice) -> None:
        if self.closed is not None:
            return
        for order in self.master.handle(notice, now=self.now):
            self._obey(order)
        if self.closed is None and self.checks:
            self.master.check()

    def _obey(self, order: Any) -> None:
        match order:
            case CloseQuery(state=state):
                self.closed = state
            case OpenFile(worker=worker, file=file, path=path):
                self.at(self.now + 0.01, lambda: self._open(worker, file, path))
            case SendPacket(worker=worker, packet=packet):
                hand = self.hands[worker]
                hand.todo.append((packet, deque(packet.blocks)))
                if len(hand.todo) == 1:
                    self._begin(hand)
            case CallDelta(worker=worker) | HaltWorker(worker=worker):
                self._offer(self.hands[worker])
            case TakeDelta(delta=delta):
                self.merged.update(delta.blocks)
                self.feed(DeltaMerged(delta=delta))

    def _open(self, worker: str, file: int, path: str) -> None:
        if worker not in self.hands:
            return
        self.tries[file, path] += 1
        if self.server_of.get(path) in self.broken:
            self.feed(FileFailed(file=file, reason=f"no answer from {path}", worker=worker))
        else:
            self.feed(FileOpened(file=file, grid=self.grids[file], worker=worker))

    def _begin(self, hand: Hand) -> None:
        """Begin the next block."""
        packet, blocks = hand.todo[0]
        server = self.server_of.get(packet.path, packet.path)
        hand.server, hand.left = server, blocks[0].n_entries / BLOCK
        hand.seen_s = self.now
        is_near = self.host_of.get(packet.path) == hand.host
        hand.alone_per_s = 1.0 if is_near else 1.0 / self.far
        if len(blocks) == len(packet.blocks):
            hand.since_s = self.now
        self.readers[server] += 1
        self.most_readers[server] = max(self.most_readers[server], self.readers[server])
        self._share_anew(server)

    def _leave(self, hand: Hand) -> None:
        server, hand.server = hand.server, None
        if server is not None:
            self.readers[server] -= 1
            self._share_anew(server)

    def _share_anew(self, server: str) -> None:
        """Let those who read from a server go on as fast as it lets them now."""
        if server not in self.bandwidths:
            together = [hand for hand in self.hands.values() if hand.server == server and hand.seen_s == self.now]
            share = 1e9
        else:
            together = [hand for hand in self.hands.values() if hand.server == server]
            share = self.bandwidths[server](len(together)) / max(1, len(together))
        for hand in together:
            hand.left -= hand.speed_per_s * (self.now - hand.seen_s)
            hand.seen_s, hand.speed_per_s = self.now, min(hand.alone_per_s, share)
            hand.version += 1
            self.at(self.now + max(hand.left, 0.0) / hand.speed_per_s, partial(self._finish_if, hand, hand.version))

    def _finish_if(self, hand: Hand, version: int) -> None:
        if hand.version == version:
            self._finish(hand)

    def _finish(self, hand: Hand) -> None:
        if self.hands.get(hand.name) is not hand:
            return
        server = hand.server or ""
        hand.version += 1
        self._leave(hand)
        packet, blocks = hand.todo[0]
        block = blocks.popleft()
        if server in self.broken:
            self.feed(
                BlockUnreadable(worker=hand.name, epoch=1, block=block, phase="read", reason=f"no answer from {server}")
            )
        else:
            hand.computed.append(block)
            self.blocks_from[server] += 1
            self.near_blocks += self.host_of.get(packet.path) == hand.host
        if blocks:
            self._begin(hand)
            return
        hand.todo.popleft()
        packet_s = hand.since_s
        if hand.todo:
            self._begin(hand)
        self._offer(hand)
        compute_s = max(self.now - packet_s, 0.01)
        computing_s = sum(each.n_entries for each in packet.blocks) / BLOCK
        access = FileAccess(path=packet.path, server=server, read_s=max(0.0, compute_s - computing_s))
        self.feed(PacketDone(worker=hand.name, epoch=1, packet=packet.number, compute_s=compute_s, accesses=(access,)))

    def _offer(self, hand: Hand) -> None:
        if hand.computed:
            hand.n_deltas += 1
            delta = Delta(worker=hand.name, epoch=1, number=hand.n_deltas, blocks=tuple(hand.computed))
            hand.computed = []
            self.feed(DeltaOffered(delta=delta))
