"""Who takes part, and in which state overproof is found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A peer, in a state.

    Attributes:
        name: in tables.
        module: of `benchmarks.peers`.
        environment: that it runs in.
        remembers: whether what was learned of files earlier is there.
        caches: whether columns that were read earlier are there.
        again: whether the second question of a session is measured instead of a new process.
        answers: whether it gives histograms.
        formats: of samples that it can read.
    """

    name: str
    module: str
    environment: str
    remembers: bool = False
    caches: bool = False
    again: bool = False
    answers: bool = True
    formats: tuple[str, ...] = ("ttree", "rntuple")


OVERPROOF = (
    Contender(name="cold", module="with_overproof", environment="overproof"),
    Contender(name="warm", module="with_overproof", environment="overproof", remembers=True),
    Contender(name="cached", module="with_overproof", environment="overproof", remembers=True, caches=True),
    Contender(name="again", module="with_overproof", environment="overproof", remembers=True, again=True),
    Contender(
        name="again-cached", module="with_overproof", environment="overproof", remembers=True, caches=True, again=True
    ),
)
PEERS = (
    Contender(name="rdataframe", module="with_rdataframe", environment="root"),
    Contender(name="coffea", module="with_coffea", environment="coffea"),
    Contender(name="graphed", module="with_graphed", environment="graphed", formats=("ttree",)),
    Contender(name="awkward", module="with_awkward", environment="overproof"),
)
YARDSTICKS = (
    Contender(name="decompression", module="decompression", environment="overproof", answers=False),
    Contender(name="reading", module="reading", environment="overproof", remembers=True, answers=False),
    Contender(
        name="reading-cached", module="reading", environment="overproof", remembers=True, caches=True, answers=False
    ),
    Contender(name="kernel", module="kernel", environment="overproof", remembers=True, answers=False),
)
CONTENDERS = {each.name: each for each in (*OVERPROOF, *PEERS, *YARDSTICKS)}
