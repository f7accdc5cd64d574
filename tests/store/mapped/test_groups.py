"""What a group of files has in common stays as long as any of them, and goes with the last."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from overproof.store.mapped import GROUP_END, MappedStore, look_through
from overproof.store.mapped.eviction import Standing, choose_leaving
from overproof.store.mapped.survey import group_of, name_of


@given(scores=st.lists(st.floats(0, 10), min_size=1, max_size=8), needed=st.integers(1, 9), score=st.floats(0, 20))
def test_what_is_common_goes_last(scores: list[float], needed: int, score: float) -> None:
    """However little was asked for it by itself, none of its group is there any more when it goes."""
    group = [Standing(name=f"{i}", size_bytes=10, score=each, group="g") for i, each in enumerate(scores)]
    common = Standing(name="0", size_bytes=10, score=0.0, group="g", is_common=True)
    leaving = choose_leaving([common, *group], needed_bytes=10 * needed, slack_bytes=0, score=score)
    if any(each.is_common for each in leaving):
        assert len(leaving) == len(scores) + 1
    alone = choose_leaving([common], needed_bytes=10, slack_bytes=0, score=1.0)
    assert alone == [common]


def test_names_tell_groups() -> None:
    """The name of a file tells its group, and whether it is common to that; keys without a group have none."""
    one, other, common = (group_of(name_of(f"g{GROUP_END}{own}")) for own in ("a", "b", ""))
    assert one == other == (common[0], False)
    assert common[1]
    assert group_of(name_of("g")) == ("", False)
    assert group_of(name_of(f"h{GROUP_END}a"))[0] not in ("", one[0])


def test_what_was_dropped_is_gone_and_makes_room(tmp_path: Path) -> None:
    """A key that is dropped is found by nobody, its bytes are free, and it can be kept anew."""
    store, other = (MappedStore(tmp_path / "cache", limit_bytes=160_000) for _ in range(2))
    content = memoryview(bytes(100_000))
    for _ in range(3):
        assert store.put("a", 0, 10, note=b"", buffers=[content], cost_s=1.0)
        assert other.find("a", 0, 10)
        assert store.drop("a")
        assert not store.find("a", 0, 10)
        assert not other.find("a", 0, 10)
        assert list(look_through(tmp_path / "cache", minute=0)) == []
    assert store.drop("never kept")
    assert other.put("b", 0, 10, note=b"", buffers=[content], cost_s=1e-9)
