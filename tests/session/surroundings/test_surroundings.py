"""Laws of what surrounds a query: whatever is read for it counts, also what is read beside its files."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from overproof.records.dataset import Dataset, FileSpec, Friend, FriendChain, FriendPart
from overproof.session.surroundings.surroundings import Surroundings

HERE, AFAR = FileSpec(path="/data/a.root"), FileSpec(path="roots://far//b.root")
PART = Friend(name="f", parts=(FriendPart(path="roots://far//b.root"),))
CHAIN = FriendChain(name="f", files=(AFAR,))

DATASETS = {
    "none of it": (Dataset(name="d", files=(HERE,)), False),
    "its files": (Dataset(name="d", files=(HERE, AFAR)), True),
    "parts of friends": (Dataset(name="d", files=(FileSpec(path="/data/a.root", friends=(PART,)),)), True),
    "chains of friends": (Dataset(name="d", files=(HERE,), friends=(CHAIN,)), True),
}


@pytest.mark.parametrize("what", DATASETS)
def test_credentials_are_for_whatever_is_read(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's token goes to workers when any file asks for it, those of friends too."""
    monkeypatch.setenv("BEARER_TOKEN", "e30.e30.eA")
    dataset, is_wanted = DATASETS[what]
    question: Any = SimpleNamespace(dataset=dataset, options=SimpleNamespace(packetizer="adaptive"))
    crew: Any = SimpleNamespace(can_merge=False)
    surroundings = Surroundings(question, crew=crew, tell=lambda notice: None)
    assert bool(surroundings.credentials) is is_wanted
