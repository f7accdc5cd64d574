"""Which session answers for a runner: one for all runners of a process that ask for the same workers.

A session that stays has its workers warm: they have loaded coffea, and know what files look like.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any

from overproof.session.session import Session
from overproof.words.errors import OptionError
from overproof.words.frozen import dataclass

_lock = threading.Lock()
_desks: weakref.WeakValueDictionary[Wish, Desk] = weakref.WeakValueDictionary()

ELSEWHERE = (
    "its workers are beyond this machine, where this runner has none: say Runner(workers=N) for N processes here, or "
    "keep coffea's own Runner, with executor=overproof.coffea.Executor() where its items may run on this machine"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a session is wanted for.

    Attributes:
        address: `local` or `inline`.
        workers: how many; None: one a core.
        progress: whether it shows how queries go on; None: where standard error is a terminal.
        pid: of the process that asks, as a forked child has no workers of its parent.
    """

    address: str = "local"
    workers: int | None = None
    progress: bool | None = None
    pid: int = 0


class Desk:
    """A session that ends with the last runner that uses it.

    Args:
        wish: which one.
    """

    def __init__(self, wish: Wish) -> None:
        self.session = Session(wish.address, workers=wish.workers, progress=wish.progress)
        self.session.expect_processors()  # before the first worker has begun: all of them then have it from the start
        weakref.finalize(self, self.session.close)


def desk_of(wish: Wish) -> Desk:
    """Return the desk of all who wish the same.

    Raises:
        OptionError: a number of workers that makes no sense.
    """
    with _lock:
        desk = _desks.get(wish)
        if desk is None:
            desk = _desks[wish] = Desk(wish)
        return desk


def wish_of(executor: Any, *, workers: int | None) -> Wish:
    """Return what an executor of coffea says about workers.

    Args:
        executor: of coffea; None: every core.
        workers: how many, said apart; None: as the executor says.

    Raises:
        OptionError: an executor whose workers are elsewhere, or that does not say how many it has.
    """
    progress = None if getattr(executor, "status", True) else False
    if executor is None or workers is not None:
        return Wish(workers=workers, progress=progress, pid=os.getpid())
    kinds = {each.__name__ for each in type(executor).__mro__}
    if "IterativeExecutor" in kinds:
        return Wish(address="inline", progress=progress, pid=os.getpid())
    said = _of_dask(executor) if "DaskExecutor" in kinds else getattr(executor, "workers", None)
    if not isinstance(said, int):
        raise OptionError(f"executor={type(executor).__name__}(...): {ELSEWHERE}")
    return Wish(workers=said, progress=progress, pid=os.getpid())


def _of_dask(executor: Any) -> int | None:
    """Count the workers of a cluster of Dask's that is on this machine; None for others."""
    cluster = getattr(executor.client, "cluster", None)
    if type(cluster).__name__ != "LocalCluster":
        return None
    n_cores: int = sum(executor.client.ncores().values())
    return max(1, n_cores)
