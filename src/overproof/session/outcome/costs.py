"""What two queries cost together."""

from __future__ import annotations

from collections.abc import Sequence

from overproof.records.statistics import ServerStatistics, Statistics


def merge_statistics(first: Statistics, second: Statistics) -> Statistics:
    """Add what two queries cost, one after the other: times and sizes are summed, means and rates made anew."""
    packets = first.packets + second.packets
    loop_s = first.loop_s + second.loop_s
    entries = first.entries + second.entries
    read_bytes = first.read_bytes + second.read_bytes
    done = [each for each in (first, second) if each.packets]
    intervals = sum(each.packet_interval_average_s * each.packets for each in done)
    return Statistics(
        packetizer=first.packetizer,
        n_workers=max(first.n_workers, second.n_workers),
        n_files=max(first.n_files, second.n_files),
        entries=entries,
        packets=packets,
        default_packet=first.default_packet,
        smallest_packet=min((each.smallest_packet for each in done), default=0),
        average_packet=entries / packets if packets else 0.0,
        total_s=first.total_s + second.total_s,
        startup_s=first.startup_s + second.startup_s,
        first_packet_s=first.first_packet_s,
        loop_s=loop_s,
        packet_interval_average_s=intervals / packets if packets else 0.0,
        packet_interval_shortest_s=min((each.packet_interval_shortest_s for each in done), default=0.0),
        read_bytes=read_bytes,
        cached_bytes=first.cached_bytes + second.cached_bytes,
        rate_per_s=entries / loop_s if loop_s else 0.0,
        byte_rate_per_s=read_bytes / loop_s if loop_s else 0.0,
        merge_s=first.merge_s + second.merge_s,
        deltas=first.deltas + second.deltas,
        mergers=max(first.mergers, second.mergers),
        deltas_passed=first.deltas_passed + second.deltas_passed,
        inflow_bytes=first.inflow_bytes + second.inflow_bytes,
        servers=_merge_servers(first.servers, second.servers),
        workers=(*first.workers, *second.workers),
    )


def _merge_servers(
    first: Sequence[ServerStatistics], second: Sequence[ServerStatistics]
) -> tuple[ServerStatistics, ...]:
    """Add what each server gave; of its files, the larger number is told: those of both may be the same."""
    lines = {each.server: each for each in first}
    for each in second:
        before = lines.get(each.server)
        lines[each.server] = each if before is None else _added(before, each)
    return tuple(lines[server] for server in sorted(lines))


def _added(one: ServerStatistics, other: ServerStatistics) -> ServerStatistics:
    return ServerStatistics(
        server=one.server,
        files=max(one.files, other.files),
        read_bytes=one.read_bytes + other.read_bytes,
        local_bytes=one.local_bytes + other.local_bytes,
        reads=one.reads + other.reads,
        read_s=one.read_s + other.read_s,
        failures=one.failures + other.failures,
        reason=other.reason or one.reason,
    )
