"""Laws of what file servers gave: sums over what workers say."""

from __future__ import annotations

from overproof.query.locality.accesses import AccessTally
from overproof.query.statistics import StatisticsTally
from overproof.records.dataset import Replica
from overproof.records.facts import Fact
from overproof.records.notices import FilesLocated, PacketDone, WorkerJoined
from overproof.records.outcome.access import FileAccess
from overproof.records.statistics import ServerStatistics

FIRST, SECOND = "10.0.0.1:1094", "10.0.0.2:1094"


def told(worker: str, *accesses: FileAccess) -> PacketDone:
    return PacketDone(worker=worker, epoch=1, packet=1, compute_s=1.0, accesses=accesses)


def read(path: str, server: str, n_bytes: int) -> FileAccess:
    return FileAccess(path=path, server=server, read_bytes=n_bytes, n_reads=2, read_s=0.5)


def test_what_every_server_gave() -> None:
    """Bytes, reads, time and failures are summed by server; near is what a worker's own host gave."""
    tally = AccessTally()
    tally.join(WorkerJoined(worker="a", epoch=1, host="one"))
    tally.join(WorkerJoined(worker="b", epoch=1, host="two"))
    replicas = (Replica(path="root://x", host="two", server=SECOND), Replica())
    tally.locate(FilesLocated(replicas={0: (Replica(host="one", server=FIRST),), 1: replicas}))
    tally.add(told("a", read("f", FIRST, 100), read("root://x", "two:1094", 30)))
    tally.add(told("b", read("f", FIRST, 20), read("root://x", "two:1094", 7)))
    failed = FileAccess(path="f", server=FIRST, n_failures=3, reason="gone")
    tally.add(told("b", failed, read("/data/f", "", 5)))
    assert tally.lines() == (
        ServerStatistics(server="", files=1, read_bytes=5, local_bytes=5, reads=2, read_s=0.5, failures=0),
        ServerStatistics(
            server=FIRST, files=1, read_bytes=120, local_bytes=100, reads=4, read_s=1.0, failures=3, reason="gone"
        ),
        ServerStatistics(server="two:1094", files=1, read_bytes=37, local_bytes=7, reads=4, read_s=1.0, failures=0),
    )
    assert tally.lines()[1].rate_per_s == 120.0


def test_reads_for_a_dropped_packet_count() -> None:
    """What was read for a packet that is nobody's any more has been read all the same."""
    statistics = StatisticsTally(packetizer="adaptive", n_files=1, started_s=0.0)
    statistics.record(Fact(at_s=1.0, what=told("gone", read("f", FIRST, 9))))
    (line,) = statistics.statistics(ended_s=2.0).servers
    assert (line.server, line.read_bytes, line.local_bytes) == (FIRST, 9, 0)
