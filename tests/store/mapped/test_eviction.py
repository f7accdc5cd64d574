"""Who goes when there is no room, and who is let in."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from overproof.store.mapped import MappedStore, look_through
from overproof.store.mapped.eviction import MARGIN, Standing, choose_leaving

HOUR_S = 3600.0
SIZE = 10_000


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now_s = 1.7e9

    def __call__(self) -> float:
        return self.now_s


def standing(name: str, size_bytes: int, score: float) -> Standing:
    return Standing(name=name, size_bytes=size_bytes, score=score)


def make(directory: Path, clock: Hand, *, n_kept: int = 4, max_files: int = 1000) -> MappedStore:
    """A store with room for so many keys of one record."""
    return MappedStore(directory, limit_bytes=n_kept * (SIZE + 4600) + 10_000, now=clock, max_files=max_files)


def ask(store: MappedStore, key: str, *, cost_s: float = 1.0) -> bool:
    """Do what a reader does: look for something, and put it where it is not there; tell whether it was there."""
    if store.find(key, 0, 100):
        return True
    store.put(key, 0, 100, note=b"", buffers=[memoryview(bytes(SIZE))], cost_s=cost_s, label=key.encode())
    return False


def kept(store: MappedStore, clock: Hand) -> set[str]:
    found = look_through(store.directory, minute=int(clock.now_s) // 60)
    return {each.header.label.decode() for each in found if each.header is not None and each.header.n_records}


def used_bytes(store: MappedStore) -> int:
    return sum(path.stat().st_size for path in store.directory.glob("*.mapped"))


@given(
    scores=st.lists(st.floats(0, 10), max_size=12),
    needed_bytes=st.integers(1, 60),
    score=st.floats(0, 10),
)
def test_only_the_least_go_and_only_for_something_better(scores: list[float], needed_bytes: int, score: float) -> None:
    """Nobody goes in vain, nobody for something that is no better, and nobody before one with a lesser score."""
    there = [standing(str(number), 10, each) for number, each in enumerate(scores)]
    gone = choose_leaving(there, needed_bytes=needed_bytes, slack_bytes=0, score=score)
    assert all(each.score * MARGIN < score for each in gone)
    stay = [each for each in there if each not in gone]
    assert max((each.score for each in gone), default=0) <= min((each.score for each in stay), default=10)
    freed_bytes = 10 * len(gone)
    if gone:
        assert needed_bytes <= freed_bytes < needed_bytes + 10
    else:
        assert 10 * sum(each.score * MARGIN < score for each in there) < needed_bytes


def test_the_budget_holds(tmp_path: Path) -> None:
    """Whatever is put, the files together take no more than the budget."""
    clock = Hand()
    store = make(tmp_path / "cache", clock)
    for number in range(20):
        ask(store, str(number), cost_s=2.0**number)
        assert used_bytes(store) <= store.limit_bytes
    assert "19" in kept(store, clock)


def test_the_cheapest_goes(tmp_path: Path) -> None:
    """Of columns used alike the one goes that is had again soonest; cheaper ones are not let in."""
    clock = Hand()
    store = make(tmp_path / "cache", clock)
    for key, cost_s in (("a", 4.0), ("b", 2.0), ("c", 3.0), ("d", 5.0)):
        ask(store, key, cost_s=cost_s)
    ask(store, "cheap", cost_s=1.0)
    assert kept(store, clock) == {"a", "b", "c", "d"}
    ask(store, "dear", cost_s=9.0)
    assert kept(store, clock) == {"a", "c", "d", "dear"}


def test_what_was_not_used_for_an_hour_goes_first(tmp_path: Path) -> None:
    """Uses of more than an hour ago count no more: something dear that nobody asked for goes before something cheap."""
    clock = Hand()
    store = make(tmp_path / "cache", clock)
    for key in "abcd":
        ask(store, key, cost_s=100.0)
    clock.now_s += HOUR_S + 60
    for key in "bcd":
        assert ask(store, key)
    store.rest()
    ask(store, "new", cost_s=1.0)
    assert kept(store, clock) == {"b", "c", "d", "new"}


def test_reading_more_than_there_is_room_for_keeps_a_part(tmp_path: Path) -> None:
    """Ten columns read over and over, where there is room for four: four are found each time, none is pushed out."""
    clock = Hand()
    store = make(tmp_path / "cache", clock)
    found = []
    for _ in range(5):
        clock.now_s += 20
        found.append({str(number) for number in range(10) if ask(store, str(number), cost_s=1.0)})
    assert found == [set(), *[{"0", "1", "2", "3"}] * 4]


def test_who_comes_often_is_let_in(tmp_path: Path) -> None:
    """What was refused is remembered as asked for, and in time takes the place of what nobody asks for any more."""
    clock = Hand()
    store = make(tmp_path / "cache", clock)
    for key in "abcd":
        ask(store, key, cost_s=2.0)
    for _ in range(4):
        clock.now_s += 30
        ask(store, "new", cost_s=1.0)
    assert "new" in kept(store, clock)
    assert ask(store, "new")


def test_uses_are_counted_over_all_processes(tmp_path: Path) -> None:
    """What several processes have asked for is added up, also what is told only at the end of a query."""
    clock = Hand()
    store, other = make(tmp_path / "cache", clock), make(tmp_path / "cache", clock)
    for key in "abcd":
        ask(store, key, cost_s=1.0)
    for _ in range(3):
        assert ask(other, "a")
    other.rest()
    ask(store, "new", cost_s=2.0)
    assert kept(store, clock) >= {"a", "new"}


def test_there_are_never_too_many_files(tmp_path: Path) -> None:
    """The number of files is bounded as their size is; files of what was only asked for go when nobody asks."""
    clock = Hand()
    store = make(tmp_path / "cache", clock, n_kept=100, max_files=6)
    for number in range(20):
        ask(store, str(number), cost_s=2.0**number)
    assert len(kept(store, clock)) <= 6
    clock.now_s += HOUR_S + 60
    ask(store, "last", cost_s=1.0)
    assert "last" in kept(store, clock)
    assert len(list(store.directory.glob("*.mapped"))) <= 7


def test_what_is_larger_than_the_budget_is_not_kept(tmp_path: Path) -> None:
    """One record may not be larger than all may be; nobody goes for it."""
    clock = Hand()
    store = make(tmp_path / "cache", clock)
    ask(store, "a")
    assert not store.put("huge", 0, 1, note=b"", buffers=[memoryview(bytes(100_000))], cost_s=1e9)
    assert kept(store, clock) == {"a"}


def test_a_lost_count_is_made_anew(tmp_path: Path) -> None:
    """Without its ledger, or with one that a crash left too high, the store still knows how much room there is."""
    clock = Hand()
    store = make(tmp_path / "cache", clock)
    ask(store, "a", cost_s=1.0)
    ledger = store.directory / "ledger"
    ledger.write_bytes(ledger.read_bytes()[:8] + (10**12).to_bytes(8, "little") + bytes(8))
    ask(store, "b", cost_s=1.0)
    ledger.unlink()
    ask(store, "c", cost_s=1.0)
    assert kept(store, clock) == {"a", "b", "c"}
    ask(store, "d", cost_s=1.0)
    ask(store, "e", cost_s=1.0)
    assert kept(store, clock) == {"a", "b", "c", "d"}


def test_what_was_refused_is_found_when_somebody_else_has_kept_it(tmp_path: Path) -> None:
    """Who was refused, and looked into a file that went away with that, sees the file that comes in its place."""
    clock = Hand()
    store, other = make(tmp_path / "cache", clock), make(tmp_path / "cache", clock)
    for number in range(4):
        ask(store, str(number), cost_s=5.0)
    for number in range(10):
        ask(store, f"refused {number}", cost_s=1.0)
    assert other.clear() > 0
    assert not ask(other, "refused 9", cost_s=1.0)
    assert ask(store, "refused 9")


def test_what_was_asked_for_is_told_however_many_files_there_are(tmp_path: Path) -> None:
    """Who looks into more files than it keeps open tells of those that it closes, and closes the longest unused."""
    clock = Hand()
    store = MappedStore(tmp_path / "cache", limit_bytes=10**8, now=clock, max_open=3)
    for number in range(4):
        ask(store, str(number))
    for _ in range(5):
        for key in ("0", "1", "0", "2", "0", "3"):
            assert ask(store, key)
    store.rest()
    found = {
        each.header.label.decode(): each.header.uses
        for each in look_through(store.directory, minute=int(clock.now_s) // 60)
        if each.header is not None
    }
    assert found == {"0": 16.0, "1": 6.0, "2": 6.0, "3": 6.0}
