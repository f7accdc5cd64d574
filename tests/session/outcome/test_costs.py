"""Laws of what two queries cost together."""

from __future__ import annotations

from overproof.query.statistics import StatisticsTally
from overproof.records.facts import Fact
from overproof.records.notices import PacketDone
from overproof.records.outcome.access import FileAccess
from overproof.session.outcome.costs import merge_statistics


def cost_of(*accesses: FileAccess) -> StatisticsTally:
    tally = StatisticsTally(packetizer="adaptive", n_files=1, started_s=0.0)
    tally.record(Fact(at_s=1.0, what=PacketDone(worker="a", epoch=1, packet=1, compute_s=1.0, accesses=accesses)))
    return tally


def test_servers_are_added_by_name() -> None:
    """Bytes, reads and failures of a server are those of both queries; the last failure is the later one."""
    one = cost_of(FileAccess(path="f", server="s", read_bytes=5, n_reads=1, n_failures=1, reason="late"))
    two = cost_of(
        FileAccess(path="f", server="s", read_bytes=7, n_reads=2, read_s=0.5),
        FileAccess(path="g", server="r", read_bytes=1, n_reads=1),
    )
    merged = merge_statistics(one.statistics(ended_s=2.0), two.statistics(ended_s=2.0))
    told = [
        (each.server, each.files, each.read_bytes, each.reads, each.failures, each.reason) for each in merged.servers
    ]
    assert told == [("r", 1, 1, 1, 0, ""), ("s", 1, 12, 3, 1, "late")]
