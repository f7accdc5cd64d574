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
        remembers: whether what was learned of files earlier is there, and functions that were compiled.
        keeps_kernels: whether functions that were compiled earlier are there, and nothing else.
        caches: whether columns that were read earlier are there.
        again: whether the second question of a session is measured instead of a new process.
        answers: whether it gives histograms.
        draws_only: whether it answers nothing but draws.
        path: the way of overproof's draws; empty: its own choice.
        formats: of samples that it can read.
    """

    name: str
    module: str
    environment: str
    remembers: bool = False
    keeps_kernels: bool = False
    caches: bool = False
    again: bool = False
    answers: bool = True
    draws_only: bool = False
    path: str = ""
    formats: tuple[str, ...] = ("ttree", "rntuple")


OVERPROOF = (
    Contender(name="cold", module="with_overproof", environment="overproof", keeps_kernels=True),
    Contender(name="cold-empty", module="with_overproof", environment="overproof"),
    Contender(name="command", module="with_command", environment="overproof", keeps_kernels=True, draws_only=True),
    Contender(name="command-empty", module="with_command", environment="overproof", draws_only=True),
    Contender(name="expression", module="with_expression", environment="overproof", remembers=True, draws_only=True),
    Contender(name="interpreted", module="with_overproof", environment="overproof", remembers=True, path="interpreted"),
    Contender(name="warm", module="with_overproof", environment="overproof", remembers=True),
    Contender(name="cached", module="with_overproof", environment="overproof", remembers=True, caches=True),
    Contender(name="runner", module="with_runner", environment="overproof", remembers=True),
    Contender(name="runner-cold", module="with_runner", environment="overproof", keeps_kernels=True),
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
    Contender(name="futures", module="with_futures", environment="overproof"),
)
YARDSTICKS = (
    Contender(name="decompression", module="decompression", environment="overproof", answers=False),
    Contender(name="reading", module="reading", environment="overproof", remembers=True, answers=False),
    Contender(
        name="reading-cached", module="reading", environment="overproof", remembers=True, caches=True, answers=False
    ),
    Contender(name="kernel", module="kernel", environment="overproof", remembers=True, answers=False, path="compiled"),
)
CONTENDERS = {each.name: each for each in (*OVERPROOF, *PEERS, *YARDSTICKS)}
