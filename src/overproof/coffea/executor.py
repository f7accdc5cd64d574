"""An executor for coffea's own Runner: its items run on workers of a session."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from overproof.session.session import Session


class Executor:
    """Runs items on workers of a session: `coffea.processor.Runner(executor=overproof.coffea.Executor())`.

    Values are merged by coffea's `accumulate` in the order of items, so that the output is bit for bit that of
    `IterativeExecutor`. A worker that dies costs nothing; an item that ends a worker three times running fails alone.

    Args:
        status: show the progress.
        unit: what items are called; without effect.
        desc: what is being done; without effect.
        compression: level of LZ4 at which values travel and wait to be merged; None: as they are.
        function_name: without effect.
        workers: processes, where `session` is None; None: one a core.
        retries: how often coffea's Runner tries an item again that raises.
        recoverable: return what has values together with the first error, in place of raising that at once.
        session: whose workers to take; None: one that all executors and runners of this process share.
        timeout_s: seconds that an item may take; None: as long as it likes.
        memory_limit_bytes: private memory that a worker may have; None: its share of the machine's.

    Raises:
        InputError: there is no coffea, or a number of workers makes no sense.

    Source: the protocol of coffea's `ExecutorBase`; the fields are those of its `FuturesExecutor`.
    """

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            status: bool = True,
            unit: str = "items",
            desc: str = "Processing",
            compression: int | None = 1,
            function_name: str | None = None,
            workers: int | None = None,
            retries: int = 3,
            recoverable: bool = False,
            session: Session | None = None,
            timeout_s: float | None = None,
            memory_limit_bytes: int | None = None,
        ) -> None: ...

        def __call__(
            self, items: Iterable[Any], function: Callable[[Any], Any], accumulator: Any
        ) -> tuple[Any, BaseException | int]: ...

        def copy(self, **changes: Any) -> Executor: ...

    def __new__(cls, *_: Any, **__: Any) -> Executor:
        """Make one that coffea knows as its own; only who makes one needs coffea."""
        if cls is not Executor:
            return super().__new__(cls)
        return super().__new__(_as_coffeas())


@cache
def _as_coffeas() -> type[Executor]:
    """Return the class of executors that are both ours and coffea's."""
    from overproof.columns.nanoevents.schemas import find_schema

    find_schema("BaseSchema")  # says how to install coffea where there is none
    from overproof.coffea.plugged import PluggedExecutor

    return type("Executor", (PluggedExecutor, Executor), {"__doc__": Executor.__doc__, "__module__": __name__})
