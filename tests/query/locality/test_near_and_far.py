"""What is near is read first; what is far when that ends the query sooner."""

from __future__ import annotations

import pytest
from farm import Farm, Hand, copies, endless, sharing

from overproof.query.locality.locality import Locality
from overproof.query.roster import Roster
from overproof.query.shelf import Shelf
from overproof.records.dataset import Replica
from overproof.records.notices import FilesLocated, WorkerJoined
from overproof.words.states import QueryState


def near_share(farm: Farm) -> float:
    return farm.near_blocks / farm.blocks_from.total()


@pytest.mark.parametrize(
    ("n_hosts", "workers", "blocks", "n_copies"),
    [(2, 1, 10, 1), (2, 4, 10, 1), (5, 3, 8, 1), (8, 2, 10, 2), (8, 4, 10, 3)],
)
def test_even_loads_are_read_near(n_hosts: int, workers: int, blocks: int, n_copies: int) -> None:
    """Where every host has as much to read as its workers can, at least 95 % is read there, and nobody waits."""
    homes = "abcdefgh"[:n_hosts]
    n_files = 4 * n_hosts * workers // (2 if workers > 1 else 1)
    replicas = copies(n_files, homes, n_copies=n_copies)
    farm = Farm([blocks] * n_files, replicas, hosts=list(homes) * workers, far=1.5).run()
    assert farm.closed is QueryState.FINISHED
    assert near_share(farm) >= 0.95
    assert farm.now <= 1.05 * n_files * blocks / (n_hosts * workers) + 0.5


def test_who_has_nothing_near_reads_from_afar() -> None:
    """When all lies on one host the workers of the others help, as far as that is worth its price."""
    farm = Farm([10] * 16, copies(16, "a"), hosts=["a", "b"] * 4, far=1.5).run()
    assert farm.now <= 1.1 * 160 / (4 + 4 / 1.5)


def test_nobody_is_asked_who_would_only_be_late() -> None:
    """Where a block takes ten times as long from afar, that is tried, and then left to those who are near."""
    farm = Farm([10] * 8, copies(8, "a"), hosts=["a", "a", "b", "b"], far=10.0, speculates=False).run()
    assert near_share(farm) >= 0.85
    assert farm.now <= 1.1 * 80 / (2 + 2 / 10.0)


def test_files_are_opened_by_those_who_have_them() -> None:
    """Of as many files on each of two hosts, each worker looks into those on its own."""
    farm = Farm([4] * 8, copies(8, "ab"), hosts=["a", "b"])
    opened: dict[str, set[int]] = {"w0": set(), "w1": set()}
    look = farm._open

    def note(worker: str, file: int, path: str) -> None:
        opened[worker].add(file)
        look(worker, file, path)

    farm._open = note  # type: ignore[method-assign]  # to see who is asked
    farm.run()
    assert opened == {"w0": {0, 2, 4, 6}, "w1": {1, 3, 5, 7}}


def test_one_copy_of_two_is_near() -> None:
    """Of two copies, that on the worker's own host is read."""
    replicas = {file: (Replica(path="x", host="x"), Replica(path=f"root://a//{file}", host="a")) for file in range(4)}
    farm = Farm([5] * 4, replicas, hosts=["a", "a"]).run()
    assert farm.blocks_from == {"a": 20}


def test_who_is_near_is_not_sent_away_by_those_who_are_far() -> None:
    """At a server that bears one reader, and has one from afar, a worker of its own host reads and not elsewhere."""
    shelf, roster = Shelf(), Roster()
    locality = Locality(shelf)
    locality.locate(copies(1, "ab", n_copies=2), is_final=True)
    shelf.put(0, 0, 4)
    server = locality.places.servers["a"]
    server._bound.limit = 1
    server.seat(1, 0.0, is_near=False)
    worker = roster.join("w", 1, host="a")
    assert worker is not None
    locality.join(worker)
    chosen = locality.choose(worker)
    assert chosen is not None
    assert chosen[1].path == "root://a//f0"


def test_of_two_far_copies_that_of_the_faster_server_is_read_more() -> None:
    """Workers apart from all files read mostly from the server that gives more."""
    farm = Farm(
        [10] * 16, copies(16, "ab", n_copies=2), hosts=["x"] * 8, bandwidths={"a": endless, "b": sharing(1.0)}
    ).run()
    assert farm.blocks_from["a"] > 3 * farm.blocks_from["b"]
    assert farm.now <= 1.35 * 160 / 8


def test_what_is_said_later_counts_from_then_on() -> None:
    """Files whose place becomes known in the middle are read near from then on."""
    replicas = copies(8, "ab")
    farm = Farm([10] * 8, {}, hosts=["a", "b"], is_final=False)
    farm.server_of = {each.path: each.host for of_file in replicas.values() for each in of_file}
    farm.host_of = dict(farm.server_of)
    farm.at(10.0, lambda: farm.feed(FilesLocated(replicas=replicas, is_final=True)))
    farm.run()
    assert farm.closed is QueryState.FINISHED
    assert farm.blocks_from["a"] + farm.blocks_from["b"] >= 40
    assert farm.near_blocks >= 0.9 * (farm.blocks_from["a"] + farm.blocks_from["b"])


def test_a_worker_is_fed_as_soon_as_a_server_has_room() -> None:
    """Readers past the bound wait, and none waits for ever: the work is done, and nobody is above the bound."""
    farm = Farm([4] * 8, copies(8, "a"), hosts=["x"] * 40).run()
    assert farm.closed is QueryState.FINISHED
    assert farm.most_readers["a"] <= 80


@pytest.mark.parametrize(
    ("hosts", "homes", "n_copies", "files", "gives", "ideal_s"),
    [
        ("ab", "ab", 1, [10] * 8, 0.5, 80.0),
        ("ab", "ab", 2, [10] * 8, 0.5, 80.0 / 1.5),
        ("ab" * 8, "ab", 2, [20] * 32, 4.0, 40.0),
        ("x" * 8, "abcb", 1, [20] * 16, 2.0, 80.0),
    ],
    ids=["without-copies", "two-copies", "many-readers", "apart"],
)
def test_a_slow_server_costs_little_more_than_it_must(
    hosts: str, homes: str, n_copies: int, files: list[int], gives: float, ideal_s: float
) -> None:
    """One server that gives half of what its readers could take: within 10 % of the ideal, with and without copies."""
    replicas = copies(len(files), homes, n_copies=n_copies)
    farm = Farm(files, replicas, hosts=hosts, bandwidths={"b": sharing(gives)}, checks=False).run()
    assert farm.now <= 1.1 * ideal_s + 0.5


def test_what_would_be_read_last_gets_help_from_the_start() -> None:
    """A server that feeds two, with half of all files and one worker near: a second one comes before all else is done.

    With one reader as long as the others have work of their own it would take 40 s, with two from the start 30 s.
    """
    farm = Farm([10] * 12, copies(12, "ab"), hosts=["a", "b", "b", "b"], bandwidths={"a": sharing(2.0)}).run()
    assert farm.now <= 36


def test_when_all_are_lost_the_next_goes_on() -> None:
    """Time that passes while nobody is there changes nothing."""
    farm = Farm([10] * 4, copies(4, "ab"), hosts=["a", "b"])
    farm.at(6.2, lambda: [farm.lose(name) for name in ("w0", "w1")])
    late = Hand("late", "a")
    farm.at(9.0, lambda: farm.hands.setdefault("late", late))
    farm.at(9.0, lambda: farm.feed(WorkerJoined(worker="late", epoch=1, host="a")))
    farm.run()
    assert farm.closed is QueryState.FINISHED
    assert farm.master.account.is_complete
