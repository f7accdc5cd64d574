"""The selector that runs a processor of coffea."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overproof.analysis.processors.accumulated import accumulated, restored
from overproof.analysis.processors.pristine import Pristine
from overproof.analysis.selector import Selector

OUTPUT = "output"
"""Name of what a processor returns that returns no mapping."""

METRICS = "metrics"
"""Name under which a processor's metrics are summed; `terminate` leaves them out."""


class BareOutput(dict[str, Any]):
    """The outputs of a processor that returned no mapping: that one thing, by the name `output`."""


def is_processor(candidate: Any) -> bool:
    """Tell whether something is a processor, or a class of them: it has `process` and `postprocess`."""
    methods = (getattr(candidate, name, None) for name in ("process", "postprocess"))
    return not _is_selector(candidate) and all(map(callable, methods))


def _is_selector(candidate: Any) -> bool:
    return isinstance(candidate, Selector) or (isinstance(candidate, type) and issubclass(candidate, Selector))


class ProcessorSelector(Selector):
    """A processor, or a function of NanoEvents, whose outputs are added as coffea adds them.

    Args:
        processor: has `process` and maybe `postprocess`, or is called with the events.
        schema: class of coffea's schemas in which it wants to see the entries.
        has_metrics: tell which columns were touched, as coffea's Runner does with `savemetrics`.

    Source: the protocol of coffea's `ProcessorABC`; its Runner calls `process` for empty files too.
    """

    takes_empty = True

    def __init__(self, processor: Any, *, schema: Any, has_metrics: bool = False) -> None:
        super().__init__()
        self.processor = processor
        self.schema = schema
        self._has_metrics = has_metrics
        self._pristine: Pristine | None = None

    def process(self, events: Any) -> Mapping[str, Any]:
        self._pristine = self._pristine or Pristine(self.processor)
        processor = self._pristine.get()
        returned = getattr(processor, "process", processor)(events)
        if returned is None:
            raise ValueError(
                "Output of process() should not be None. Make sure your processor's process() function returns an "
                "accumulator."
            )
        outputs: dict[str, Any] = {OUTPUT: accumulated(returned)}
        if self._has_metrics:
            outputs[METRICS] = {"columns": {_column(each) for each in events.attrs["@events_factory"].access_log}}
        return outputs

    def terminate(self, outputs: dict[str, Any]) -> Mapping[str, Any]:
        """Give the merged output to `postprocess`; what that returns takes its place, unless it is None."""
        if OUTPUT not in outputs:  # not one block was good: there is nothing to be processed further
            return {}
        merged = restored(outputs[OUTPUT])
        if (postprocess := getattr(self.processor, "postprocess", None)) is not None:
            replaced = postprocess(merged)
            merged = merged if replaced is None else replaced
        return merged if isinstance(merged, Mapping) else BareOutput({OUTPUT: merged})


def _column(access: Any) -> str:
    """Name what was touched as coffea's metrics do: the branch, and which of its buffers."""
    _, _, _, buffer, *_ = access.buffer_key.split("/")
    return f"{access.branch}-{buffer}"
