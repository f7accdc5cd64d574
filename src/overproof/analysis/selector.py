"""What a physicist writes: the heir of TSelector."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar


class Selector:
    """A question to a dataset, asked block by block.

    Life cycle: `begin` (here, once), `worker_begin` (each worker, once), `process` (each block), `worker_end`
    (each worker, once), `terminate` (here, on the merged outputs; on a copy for partial results).
    Only what `process` returns counts; it must not depend on anything that an earlier block left behind.

    Attributes:
        params: parameters of the query, readable everywhere.
        branches: names or glob patterns that `process` may touch; None: whatever it touches.
        optional: defaults for branches that some files do not have.
        schema: class of coffea's schemas in which `process` sees the entries, as NanoEvents; None: as plain branches.
        takes_empty: `process` is called once for a tree without entries, with none; False: not at all.

    Source: the life cycle of ROOT's TSelector.
    """

    branches: ClassVar[Sequence[str] | None] = None
    optional: ClassVar[Mapping[str, Any]] = {}
    schema: Any = None
    takes_empty: bool = False

    def __init__(self, **params: Any) -> None:
        self.params: dict[str, Any] = dict(params)

    def begin(self) -> None:
        """Prepare the query, before any worker has it; what is set on `self` travels to the workers."""

    def worker_begin(self) -> None:
        """Prepare one worker: load tables, compile, cache read-only things on `self`."""

    def process(self, events: Any) -> Mapping[str, Any] | None:
        """Compute the outputs of one block of events, or of one block of cycles.

        Args:
            events: a lazy record of the block; `len(events)` entries.

        Returns:
            Outputs by name; None for nothing.
        """
        raise NotImplementedError(f"{type(self).__name__} has no method `process(self, events)`: write one")

    def worker_end(self) -> None:
        """Clean up one worker; it cannot add outputs."""

    def terminate(self, outputs: dict[str, Any]) -> Mapping[str, Any] | None:
        """Turn the merged outputs into the result; None keeps `outputs`, changed in place or not."""
        return None


class FunctionSelector(Selector):
    """A plain function of a block, as a selector."""

    def __init__(self, function: Callable[[Any], Mapping[str, Any] | None], **params: Any) -> None:
        super().__init__(**params)
        self.function = function

    def process(self, events: Any) -> Mapping[str, Any] | None:
        return self.function(events)
