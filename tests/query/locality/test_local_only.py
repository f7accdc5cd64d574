"""Nothing is read but where it lies; what nobody may read stays unread, with the reason."""

from __future__ import annotations

import pytest
from farm import Farm, copies
from hypothesis import given, settings
from hypothesis import strategies as st

from overproof.query.locality.stranded import PATIENCE_S
from overproof.records.dataset import Replica
from overproof.records.notices import FilesLocated, StopRequested, WorkerJoined
from overproof.words.states import QueryState

ONLY = {"packetizer": "local-only"}


def test_all_is_read_where_workers_are_everywhere() -> None:
    """With a worker on every host the query finishes, and no byte goes from one to another."""
    farm = Farm([10] * 8, copies(8, "ab"), hosts=["a", "b"], **ONLY).run()
    assert farm.closed is QueryState.FINISHED
    assert farm.near_blocks == 80
    assert farm.master.unread == ()


def test_what_lies_elsewhere_stays_unread() -> None:
    """The query stops when that alone is left, and says of each file why; the account holds."""
    farm = Farm([10] * 4, copies(4, "ab"), hosts=["a"], **ONLY).run()
    assert farm.closed is QueryState.STOPPED
    account = farm.master.account
    assert (account.processed, account.unread, account.files_unopened) == (2_000, 0, 2)
    assert [(each.file, each.tree, each.stop) for each in farm.master.unread] == [(1, None, None), (3, None, None)]
    assert all("no worker ran on b" in each.reason for each in farm.master.unread)


def test_a_host_that_loses_its_workers_leaves_ranges() -> None:
    """What was read before counts; the rest of the file is one range, with its reason."""
    farm = Farm([10] * 2, copies(2, "ab"), hosts=["a", "b"], **ONLY)
    farm.at(4.5, lambda: farm.lose("w1"))
    farm.run()
    assert farm.closed is QueryState.STOPPED
    account = farm.master.account
    (left,) = farm.master.unread
    assert left.file == 1
    assert left.stop == 1_000
    assert account.unread == left.stop - left.first > 0
    assert account.processed + account.unread == account.total == 2_000


def test_a_file_of_which_nobody_knows_the_host_is_not_read() -> None:
    """It may lie anywhere."""
    farm = Farm([10, 10], copies(1, "a"), hosts=["a"], **ONLY).run()
    (left,) = farm.master.unread
    assert (left.file, left.stop) == (1, None)
    assert "nobody knows on which host" in left.reason


def test_nothing_is_given_up_before_all_is_located() -> None:
    """As long as more may be said of where files lie, workers wait."""
    farm = Farm([4, 4], {}, hosts=["a"], is_final=False, **ONLY)
    replicas = copies(2, "a")
    farm.server_of = farm.host_of = {each.path: each.host for of_file in replicas.values() for each in of_file}
    farm.at(100.0, lambda: farm.feed(FilesLocated(replicas=replicas, is_final=True)))
    farm.run()
    assert farm.closed is QueryState.FINISHED
    assert farm.near_blocks == 8


@pytest.mark.parametrize(("comes_s", "state"), [(PATIENCE_S / 2, QueryState.FINISHED), (None, QueryState.STOPPED)])
def test_a_worker_that_comes_late_is_waited_for_a_while(comes_s: float | None, state: QueryState) -> None:
    """Batch slots do not come all at once: who comes in time reads what is near to it."""
    farm = Farm([1, 1], copies(2, "ab"), hosts=["a", "b"], **ONLY)
    farm.lose("w1")
    if comes_s is not None:
        hand = type(farm.hands["w0"])("late", "b")
        farm.hands["late"] = hand
        farm.at(comes_s, lambda: farm.feed(WorkerJoined(worker="late", epoch=1, host="b")))
    farm.run()
    assert farm.closed is state


def test_a_second_copy_is_near_for_its_own_host() -> None:
    """A file with copies on two hosts is read on either, and a block that one copy does not give on the other."""
    both = (Replica(path="root://a//f", host="a"), Replica(path="root://b//f", host="b"))
    farm = Farm([10], {0: both}, hosts=["a", "b"], **ONLY)
    farm.at(3.5, lambda: farm.broken.add("a"))
    farm.run()
    assert farm.closed is QueryState.FINISHED
    assert farm.master.account.is_complete
    assert farm.near_blocks == 10


A, B, OWN = Replica(path="root://a//f", host="a"), Replica(path="root://b//f", host="b"), Replica()


@pytest.mark.parametrize("at_s", [0.0, 2.5], ids=["open", "read"])
@pytest.mark.parametrize(
    ("replicas", "hosts", "broken", "why"),
    [
        ((A, B), "a", "a", "no worker ran on b"),
        ((A, B, OWN), "ab", "ab", "the copies on a and b failed"),
        ((A, OWN), "a", "a", "the copies on a failed"),
    ],
    ids=["other-host", "own-path", "one-copy-and-own-path"],
)
def test_copies_that_failed_are_not_waited_for(
    at_s: float, replicas: tuple[Replica, ...], hosts: str, broken: str, why: str
) -> None:
    """When no copy is left that somebody may read, the query stops, and the reason names what went wrong before."""
    farm = Farm([10, 3], {0: replicas, 1: copies(1, "a")[0]}, hosts=list(hosts), **ONLY)
    farm.at(at_s, lambda: farm.broken.update(broken))
    farm.at(at_s + 3, farm.broken.clear)
    farm.run(200)
    assert farm.closed is QueryState.STOPPED
    (left,) = farm.master.unread
    assert (left.file, left.stop) == (0, 1_000 if at_s else None)
    assert left.reason.startswith(why)
    assert "no answer from" in left.reason


def test_a_host_that_is_lost_after_the_other_copy_failed_is_not_waited_for() -> None:
    """The worker on the host of the copy that failed is no hope."""
    farm = Farm([10], {0: (A, B)}, hosts=["a", "b"], **ONLY)
    farm.at(2.5, lambda: farm.broken.add("a"))
    farm.at(5.0, lambda: farm.lose("w1"))
    farm.run(200)
    assert farm.closed is QueryState.STOPPED
    (left,) = farm.master.unread
    assert left.reason.startswith("no worker ran on b, where it lies")
    assert farm.master.account.processed + left.stop - left.first == 1_000


@pytest.mark.parametrize("others", [0, 3])
def test_a_block_that_only_a_lost_host_could_give_keeps_nobody_from_the_others(others: int) -> None:
    """Each copy fails on one block, then the workers of one are lost: all is read but the block that was for them."""
    replicas = copies(1 + others, "a") | {0: (A, B)}
    farm = Farm([10] * (1 + others), replicas, hosts=["a", "b"], **ONLY)
    farm.at(2.5, lambda: farm.broken.update("ab"))
    farm.at(3.2, farm.broken.clear)
    farm.at(3.3, lambda: farm.lose("w1"))
    farm.run(200)
    assert farm.closed is QueryState.STOPPED
    (left,) = farm.master.unread
    assert (left.file, left.stop - left.first) == (0, 100)
    assert farm.master.account.unread == 100
    assert farm.near_blocks >= 9 + 10 * others


def test_a_query_that_the_user_stops_gives_no_reasons_for_the_rest() -> None:
    """What could have been read needs no explanation."""
    farm = Farm([10, 10], copies(2, "a"), hosts=["a"], **ONLY)
    farm.at(2.5, lambda: farm.feed(StopRequested()))
    farm.run()
    assert farm.closed is QueryState.STOPPED
    assert farm.master.account.unread
    assert farm.master.unread == ()


@given(
    hosts=st.lists(st.sampled_from("abc"), min_size=1, max_size=4),
    homes=st.lists(st.sampled_from("abcd"), min_size=1, max_size=5),
    blocks=st.integers(0, 5),
)
@settings(max_examples=40, deadline=None)
def test_what_is_read_and_what_is_unread_is_settled_by_hosts_alone(
    hosts: list[str], homes: list[str], blocks: int
) -> None:
    """A file is read whole if a worker is on its host, else not opened; no other outcome."""
    replicas = {file: (Replica(path=f"root://{home}//f{file}", host=home),) for file, home in enumerate(homes)}
    farm = Farm([blocks] * len(homes), replicas, hosts=hosts, **ONLY).run()
    near = [file for file, home in enumerate(homes) if home in hosts]
    assert farm.master.account.processed == 100 * blocks * len(near)
    assert {each.file for each in farm.master.unread} == set(range(len(homes))) - set(near)
    assert farm.closed is (QueryState.FINISHED if len(near) == len(homes) else QueryState.STOPPED)
    assert farm.near_blocks == farm.blocks_from.total()
