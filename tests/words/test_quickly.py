"""Records made quickly are the same records."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, field

import pytest

from overproof.records.account import Account
from overproof.records.block import Block, Packet
from overproof.records.facts import Fact
from overproof.records.orders import SendPacket, TakeDelta
from overproof.words.frozen import dataclass
from overproof.words.quickly import made_quickly

PACKET = Packet(number=1, blocks=(Block(file=0, index=0, first=0, stop=5),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Has a factory."""

    names: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Looks at itself."""

    size: int

    def __post_init__(self) -> None:
        assert self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Longer(Checked):
    """Has a field of another."""

    length: int = 1


@pytest.mark.parametrize(
    ("cls", "arguments"),
    [
        (Account, {}),
        (Account, {"processed": 3, "total": 4, "unread": 1}),
        (Packet, {"number": 7, "blocks": PACKET.blocks}),
        (SendPacket, {"worker": "w1", "packet": PACKET}),
        (Fact, {"at_s": 1.5, "what": TakeDelta(delta=None)}),  # type: ignore[arg-type]  # any value will do
    ],
)
def test_it_is_the_same_record(cls: type, arguments: dict[str, object]) -> None:
    """Equal to one made by its class, of that very class, with its hash, text and pickle, and as frozen."""
    made, usual = made_quickly(cls)(**arguments), cls(**arguments)
    assert type(made) is cls
    assert made == usual
    assert (hash(made), repr(made), pickle.loads(pickle.dumps(made))) == (hash(usual), repr(usual), usual)
    with pytest.raises(FrozenInstanceError):
        setattr(made, cls.__slots__[0], 1)


@pytest.mark.parametrize("arguments", [{}, {"worker": "w"}, {"worker": "w", "packet": PACKET, "more": 1}])
def test_arguments_are_those_of_the_class(arguments: dict[str, object]) -> None:
    """Too few or too many are refused."""
    with pytest.raises(TypeError):
        made_quickly(SendPacket)(**arguments)  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize("cls", [Made, Checked, Longer])
def test_what_needs_more_is_refused(cls: type) -> None:
    """A record with a factory, a check of its own or a base is made by its class alone."""
    with pytest.raises(TypeError, match=f"{cls.__name__} is made by more than its fields"):
        made_quickly(cls)
