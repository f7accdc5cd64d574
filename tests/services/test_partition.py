"""Hosts that are slow, lossy and cut off: a query over them is exact, and counts no block twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from at_leisure import slow_sums, sums
from namespaces import Hosts
from until import wait_until

import overproof as op

pytest.importorskip("cryptography", reason="cryptography is not installed: outposts prove themselves by it")

N_CYCLES = 450

SILENT_S = 2.0
"""Seconds after which a host that is not heard of is given up, here: the cable is cut for longer, or for less."""


@pytest.fixture(scope="module")
def serial() -> dict[str, Any]:
    """Give the answer of one worker."""
    with op.Session("inline", progress=False) as session:
        return dict(session.process(sums, cycles=N_CYCLES))


@pytest.fixture
def over_hosts(hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Give sessions with an outpost on each host."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "engines" / "chaos"))
    from landlord import Landlord

    from overproof.engines.outposts import OutpostCrew

    with ExitStack() as stack:

        def opened() -> Any:
            landlord = Landlord(
                len(hosts.names),
                arguments=[("--host", name) for name in hosts.names],
                wrap=lambda number, command: hosts.command(hosts.names[number], *command),
            )
            crew = OutpostCrew(landlord, hosts=(hosts.address,), listen_on=hosts.address, silent_s=SILENT_S)
            monkeypatch.setattr("overproof.session.connection.hire_crew", lambda *_, **__: crew)
            return stack.enter_context(op.Session("local", progress=False))

        yield opened


def start(session: Any, **options: Any) -> Any:
    """Start the query, and wait until both hosts work and something is brought in."""
    query = session.process(
        slow_sums, cycles=N_CYCLES, delta_interval_s=0.2, wait=False, **options
    )  # fmt: skip
    wait_for(query, n_workers=2, n_more=1)
    return query


def wait_for(query: Any, *, n_workers: int, n_more: int) -> None:
    """Wait until so many workers are known to be there and so many entries more are brought in."""
    n_before = query.progress().account.processed

    def is_so() -> bool:
        assert not query.wait(0), "the query is over too soon"
        progress = query.progress()
        return progress.n_workers == n_workers and progress.account.processed >= n_before + n_more

    wait_until(is_so, f"it does not come to {n_workers} workers")


def check(query: Any, serial: dict[str, Any]) -> Any:
    """See that the answer is the serial one, bit for bit, and that everything is accounted for."""
    result = query.result()
    assert dict(result) == serial
    assert result.account.processed == result.account.total == N_CYCLES
    assert not result.excluded
    return result


def outposts(result: Any) -> list[str]:
    """Name the hosts of the outposts whose workers have brought something in, each as often as it had an outpost."""
    names = {worker.worker.rpartition(".")[0] for worker in result.statistics.workers}
    return sorted(name.partition("-")[0] for name in names)


@pytest.mark.chaos
def test_a_host_that_is_cut_off_and_comes_back_counts_nothing_twice(
    over_hosts: Callable[..., Any], hosts: Hosts, serial: dict[str, Any]
) -> None:
    """It is given up, with what it had; when the cable is mended it comes back as another one, and works again."""
    for host in hosts.names:
        hosts.shape(host, delay_ms=10, mbit=200, loss_percent=0.5)
    query = start(over_hosts())
    hosts.cut("h1")
    wait_for(query, n_workers=1, n_more=10)
    hosts.heal("h1")
    wait_for(query, n_workers=2, n_more=10)
    assert outposts(check(query, serial)) == ["h1", "h1", "h2"]


@pytest.mark.chaos
@pytest.mark.nightly
def test_a_short_cut_costs_nobody(over_hosts: Callable[..., Any], hosts: Hosts, serial: dict[str, Any]) -> None:
    """What was on its way when the cable was cut is sent again, and nobody is given up."""
    query = start(over_hosts())
    hosts.cut("h1")
    wait_for(query, n_workers=2, n_more=10)
    hosts.heal("h1")
    assert outposts(check(query, serial)) == ["h1", "h2"]


@pytest.mark.chaos
@pytest.mark.nightly
def test_far_hosts_on_bad_lines_are_exact(over_hosts: Callable[..., Any], hosts: Hosts, serial: dict[str, Any]) -> None:
    """Delay of another continent and lost frames cost time, and nothing else; cuts come again and again."""
    for host in hosts.names:
        hosts.shape(host, delay_ms=80, mbit=50, loss_percent=2)
    query = start(over_hosts())
    for host in hosts.names:
        hosts.cut(host)
        wait_for(query, n_workers=1, n_more=1)
        hosts.heal(host)
        wait_for(query, n_workers=2, n_more=1)
    check(query, serial)


@pytest.mark.chaos
@pytest.mark.nightly
def test_hosts_that_cannot_reach_each_other_do_without(
    over_hosts: Callable[..., Any], hosts: Hosts, serial: dict[str, Any]
) -> None:
    """Mergers get nothing from a host that they cannot reach; the master takes it itself."""
    query = start(over_hosts(), mergers=2)
    hosts.part("h1", "h2")
    result = check(query, serial)
    assert outposts(result) == ["h1", "h2"]
    assert result.statistics.deltas_passed > 0


@pytest.mark.chaos
@pytest.mark.nightly
def test_a_host_of_a_dask_cluster_may_be_cut_off_and_come_back(
    hosts: Hosts, monkeypatch: pytest.MonkeyPatch, open_folder: Path, serial: dict[str, Any]
) -> None:
    """Whatever Dask thinks of its worker over there: the query goes on, and is exact."""
    pytest.importorskip("distributed", reason="distributed is not installed")
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "engines" / "chaos"))
    from dask_house import DaskHouse

    house = DaskHouse(
        2, open_folder, wait=wait_until, address=hosts.address,
        wrap=lambda number, command: hosts.command(hosts.names[number], *command),
    )  # fmt: skip
    try:
        for host in hosts.names:
            hosts.shape(host, delay_ms=10, mbit=200, loss_percent=0.5)
        with op.Session(house.address, insecure=True, progress=False) as session:
            query = start(session)
            hosts.cut("h1")
            wait_for(query, n_workers=1, n_more=10)
            hosts.heal("h1")
            check(query, serial)
    finally:
        house.close()
