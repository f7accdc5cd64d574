"""Laws of frozen records: they are what `dataclasses` would have made of them."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any, ClassVar

import pytest

from overproof.words import frozen

FACT = {"frozen": True, "slots": True, "kw_only": True}
PLACE = {"frozen": True, "slots": True}


@frozen.dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """A record of which there is another kind."""

    KIND: ClassVar[str] = "above"
    name: str
    marks: list[int] = dataclasses.field(default_factory=list, compare=False)


@frozen.dataclass(frozen=True, slots=True, kw_only=True)
class Below(Above):
    """That other kind."""

    first: int = 0
    secret: int = dataclasses.field(default=7, repr=False)
    total: int = dataclasses.field(default=0, init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", self.first + self.secret)


def declared(options: dict[str, bool], make: Any) -> Any:
    """Declare one class, the way that `make` makes dataclasses."""

    @make(**options)
    class Record:
        """A record with a bit of everything."""

        KIND: ClassVar[int] = 3
        a: int
        b: str = "x"
        c: tuple[int, ...] = dataclasses.field(default_factory=tuple)
        d: float = dataclasses.field(default=0.5, compare=False, repr=False)

        @property
        def twice(self) -> int:
            return 2 * self.a

    return Record


def told(value: Any, other: Any) -> list[Any]:
    """Tell all that can be seen of a record, and of another one beside it."""
    return [
        repr(value), value.twice, value == other, value == value, value != other, value == 3,
        hash(value) == hash(other), dataclasses.asdict(value), dataclasses.astuple(value),
        dataclasses.replace(value, a=9).a, copy.deepcopy(value).c,
        [(each.name, each.kw_only, each.compare) for each in dataclasses.fields(value)], type(value).__match_args__,
        type(value).__slots__, hasattr(value, "__dict__"), type(value).__doc__, type(value).KIND,
    ]  # fmt: skip


@pytest.mark.parametrize("options", [FACT, PLACE], ids=["keywords", "places"])
def test_a_record_is_what_dataclasses_makes(options: dict[str, bool]) -> None:
    """Law: repr, equality, hash, fields, defaults, `replace`, `match` and slots are those of `dataclasses`."""
    quick, slow = declared(options, frozen.dataclass), declared(options, dataclasses.dataclass)
    for given, beside in [({"a": 1}, {"a": 1}), ({"a": 1, "b": "y"}, {"a": 1}), ({"a": 2, "d": 1.0}, {"a": 2})]:
        assert told(quick(**given), quick(**beside)) == told(slow(**given), slow(**beside))
    assert (quick(a=1) == slow(a=1)) is False


@pytest.mark.parametrize("given", [{}, {"a": 1, "z": 2}, {"b": "x"}], ids=["nothing", "unknown", "not enough"])
def test_who_is_made_wrongly_is_refused(given: dict[str, Any]) -> None:
    """Law: an argument that lacks or is unknown is a TypeError that names the class."""
    with pytest.raises(TypeError, match=r"Record\.__init__\(\)"):
        declared(FACT, frozen.dataclass)(**given)
    with pytest.raises(TypeError):
        declared(FACT, frozen.dataclass)(1)


def test_nothing_can_be_changed() -> None:
    """Law: fields are neither set nor deleted, and there is room for nothing else."""
    record = declared(FACT, frozen.dataclass)(a=1)
    for name in ("a", "d", "other"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(record, name, 2)
        with pytest.raises(dataclasses.FrozenInstanceError):
            delattr(record, name)


def test_a_record_below_another_has_the_fields_of_both() -> None:
    """Law: inherited fields come first; `__post_init__` runs; what is not compared or shown is neither."""
    below = Below(name="n", marks=[1], first=2)
    assert (below.name, below.marks, below.first, below.secret, below.total) == ("n", [1], 2, 7, 9)
    assert repr(below) == "Below(name='n', marks=[1], first=2, total=9)"
    assert below == Below(name="n", first=2)
    assert (below == Above(name="n")) is False
    assert isinstance(below, Above)
    assert (Below.__slots__, Below.KIND) == (("first", "secret", "total"), "above")


def test_a_record_travels() -> None:
    """Law: a pickle of a record is that record, by every protocol."""
    below = Below(name="n", marks=[1], first=2)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(below, protocol=protocol))
        assert (again, again.marks, again.total) == (below, [1], 9)


def test_factories_make_a_new_value_each_time() -> None:
    """Law: two records share no default that can be changed; one that could be shared is refused."""
    assert Above(name="a").marks is not Above(name="b").marks
    with pytest.raises(ValueError, match="default_factory"):

        @frozen.dataclass(frozen=True, slots=True, kw_only=True)
        class Shared:
            """It would share a list."""

            marks: list[int] = []  # noqa: RUF012 - just that is refused


def test_other_kinds_are_left_to_dataclasses() -> None:
    """Law: a dataclass that may change is an ordinary one."""

    @frozen.dataclass(slots=True)
    class Open:
        """It may change."""

        n: int = 0

    it = Open()
    it.n = 3
    assert it == Open(3)
