"""A machine in which files lie somewhere, copies fail, and workers come and go on hosts, in any order."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

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
from overproof.records.orders import CallDelta, CloseQuery, OpenFile, SendPacket, TakeDelta
from overproof.records.query import QueryOptions
from overproof.words.states import QueryState

HOSTS = ("a", "b", "c")
SETS = st.lists(st.sampled_from(HOSTS), max_size=3, unique=True)
WHICH = st.integers(0, 7)
TEN_S = 20


class Reader:
    def __init__(self, host: str) -> None:
        self.host = host
        self.files: list[tuple[int, str]] = []
        self.packets: list[tuple[Packet, int]] = []
        self.computed: list[Block] = []
        self.n_deltas = 0
        self.is_called = False


def replica(file: int, host: str) -> Replica:
    return Replica(path=f"{host}//{file}", host=host)


class LocatedMachine(RuleBasedStateMachine):
    """Checks that nothing is read from afar where that is forbidden, nor twice from a copy that failed."""

    @initialize(
        sizes=st.lists(st.integers(0, 5), min_size=1, max_size=4),
        packetizer=st.sampled_from(("adaptive", "local-only", "by-file", "fixed")),
        places=st.lists(SETS, min_size=4, max_size=4),
        bad=st.sets(st.tuples(st.integers(0, 3), st.sampled_from(HOSTS))),
        own=st.booleans(),
    )
    def start(
        self, sizes: list[int], packetizer: str, places: list[list[str]], bad: set[tuple[int, str]], own: bool
    ) -> None:
        self.now = 0.0
        self.is_strict = packetizer == "local-only"
        self.grids = [FileGrid(tree="t", n_entries=5 * size, stops=tuple(range(5, 5 * size + 1, 5))) for size in sizes]
        options = QueryOptions(packetizer=packetizer)
        self.master = Master(len(sizes), options, packetizer_by_name(packetizer, packet_blocks=2))
        self.places = places
        self.bad = bad
        self.own = (Replica(),) if own else ()  # the path in the dataset, after all copies
        self.readers: dict[str, Reader] = {}
        self.n_names = 0
        self.taken: list[Delta] = []
        self.merged: Counter[Block] = Counter()
        self.opened_in_vain: Counter[tuple[int, str]] = Counter()
        self.read_in_vain: Counter[tuple[int, int, str]] = Counter()
        self.seconded: set[tuple[int, int]] = set()  # blocks of which a second copy was under way
        self.closed: list[QueryState] = []
        self.feed(QueryStarted())

    def feed(self, notice: Notice) -> None:
        self.now += 0.5
        for order in self.master.handle(notice, now=self.now):
            assert not self.closed, f"{order} after the close"
            match order:
                case OpenFile(worker=worker, file=file, path=path):
                    self.see(worker, path, file)
                    self.readers[worker].files.append((file, path))
                case SendPacket(worker=worker, packet=packet):
                    self.see(worker, packet.path, packet.blocks[0].file)
                    for block in packet.blocks:
                        assert not self.read_in_vain[block.file, block.index, packet.path]
                    if packet.is_apart:
                        self.seconded.update((block.file, block.index) for block in packet.blocks)
                    self.readers[worker].packets.append((packet, 0))
                case CallDelta(worker=worker):
                    self.readers[worker].is_called = True
                case TakeDelta(delta=delta):
                    self.taken.append(delta)
                case CloseQuery(state=state):
                    self.closed.append(state)

    def see(self, worker: str, path: str, file: int) -> None:
        """Verify that a path is that of a copy, and near where it must be."""
        host = self.readers[worker].host
        assert not path or path in {f"{each}//{file}" for each in self.places[file]}
        assert not self.is_strict or path == f"{host}//{file}"

    def pick(self, which: int) -> str | None:
        names = sorted(self.readers)
        return names[which % len(names)] if names else None

    def is_bad(self, file: int, path: str) -> bool:
        return bool(path) and (file, path[0]) in self.bad

    @rule(which=WHICH, is_final=st.booleans())
    def locate(self, which: int, is_final: bool) -> None:
        """Say of one file where it lies, or of all."""
        files = range(len(self.grids)) if is_final else [which % len(self.grids)]
        replicas = {file: (*(replica(file, host) for host in self.places[file]), *self.own) for file in files}
        self.feed(FilesLocated(replicas=replicas, is_final=is_final))

    @rule(host=st.sampled_from(HOSTS))
    def join(self, host: str) -> None:
        if len(self.readers) < 4:
            self.n_names += 1
            self.readers[f"w{self.n_names}"] = Reader(host)
            self.feed(WorkerJoined(worker=f"w{self.n_names}", epoch=1, host=host))

    @rule(which=WHICH)
    def lose(self, which: int) -> None:
        name = self.pick(which)
        if name:
            del self.readers[name]
            self.feed(WorkerLost(worker=name))

    @rule(which=WHICH)
    def look(self, which: int) -> None:
        name = self.pick(which)
        if name and self.readers[name].files:
            file, path = self.readers[name].files.pop(0)
            if self.is_bad(file, path):
                self.opened_in_vain[file, path] += 1
                self.feed(FileFailed(file=file, reason="bad", worker=name))
            else:
                self.feed(FileOpened(file=file, grid=self.grids[file], worker=name))

    @rule(which=WHICH)
    def compute(self, which: int) -> None:
        name = self.pick(which)
        if not name or not self.readers[name].packets:
            return
        reader = self.readers[name]
        packet, n_done = reader.packets[0]
        block = packet.blocks[n_done]
        if self.is_bad(block.file, packet.path):
            self.read_in_vain[block.file, block.index, packet.path] += 1
            self.feed(BlockUnreadable(worker=name, epoch=1, block=block, phase="read", reason=packet.path))
        else:
            reader.computed.append(block)
        reader.packets[0] = (packet, n_done + 1)
        if n_done + 1 == len(packet.blocks):
            reader.packets.pop(0)
            self.feed(PacketDone(worker=name, epoch=1, packet=packet.number, compute_s=0.1 * len(packet.blocks)))

    @rule(which=WHICH)
    def offer(self, which: int) -> None:
        name = self.pick(which)
        if name and self.readers[name].computed:
            reader = self.readers[name]
            reader.n_deltas += 1
            delta = Delta(worker=name, epoch=1, number=reader.n_deltas, blocks=tuple(reader.computed))
            reader.computed = []
            self.feed(DeltaOffered(delta=delta))

    @rule(which=WHICH)
    def merge(self, which: int) -> None:
        if self.taken and not self.closed:
            delta = self.taken.pop(which % len(self.taken))
            self.merged.update(delta.blocks)
            self.feed(DeltaMerged(delta=delta))

    @rule(n=st.sampled_from((1, 1, TEN_S + 1)))
    def let_time_pass(self, n: int) -> None:
        for _ in range(n):
            if not self.closed:
                self.feed(TimePassed())

    @invariant()
    def book_and_account_agree(self) -> None:
        if not hasattr(self, "master"):
            return
        self.master.check()
        account = self.master.account
        assert all(count == 1 for count in self.merged.values())
        assert account.processed == sum(block.n_entries for block in self.merged)
        assert account.processed + account.excluded + account.missing + account.unread == account.total
        assert all(n <= 1 for n in self.opened_in_vain.values())
        assert all(n <= 1 + ((file, i) in self.seconded) for (file, i, _), n in self.read_in_vain.items())

    def teardown(self) -> None:
        """Let good workers come, on every host: the query ends, and only what no copy gave is missing."""
        if not hasattr(self, "master"):
            return
        was_closed = bool(self.closed)
        if not was_closed:
            self.locate(0, True)
        while self.readers:
            self.lose(0)
        for host in HOSTS:
            if not self.closed:
                self.join(host)
        for _ in range(400):
            if self.closed:
                break
            for which in range(3):
                self.look(which)
                self.compute(which)
                self.offer(which)
                self.merge(0)
            self.let_time_pass(1)
        assert len(self.closed) == 1, "the query hangs"
        nowhere = {file for file in range(len(self.grids)) if not self.places[file]}
        if self.own:  # where all copies are bad nobody may read the path in the dataset
            nowhere |= {
                file for file, homes in enumerate(self.places) if all((file, home) in self.bad for home in homes)
            }
        if not (was_closed and self.is_strict):  # it may have waited long enough for a worker near some file
            assert {each.file for each in self.master.unread} <= (nowhere if self.is_strict else set())
        assert self.is_strict or self.closed == [QueryState.FINISHED]
        for gap in self.master.missing:
            assert self.places[gap.file]
            assert all((gap.file, host) in self.bad for host in self.places[gap.file])


def test_both_who_read_a_block_may_fail_at_one_copy() -> None:
    """A second copy of a late block is under way when the first fails, and fails too; nobody reads it a third time."""
    machine = LocatedMachine()
    machine.start(sizes=[2], packetizer="adaptive", places=[["a"], [], [], []], bad={(0, "a")}, own=False)
    machine.join("a")
    machine.look(0)
    machine.locate(0, False)
    machine.compute(0)
    machine.join("a")
    machine.join("a")
    machine.let_time_pass(1)
    machine.compute(0)
    machine.compute(2)
    assert machine.read_in_vain[0, 1, "a//0"] == 2
    machine.book_and_account_agree()
    machine.teardown()


TestLocatedMachine: Any = LocatedMachine.TestCase
TestLocatedMachine.settings = settings(
    max_examples=60, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
