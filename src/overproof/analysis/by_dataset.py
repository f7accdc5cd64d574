"""A selector whose outputs are kept apart by dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from overproof.analysis.selector import Selector
from overproof.words.errors import MergeError


class DatasetOutputs(dict[str, Any]):
    """The outputs of each dataset, by its name."""


class ByDataset(Selector):
    """Does what a selector does, for each dataset of a query by itself; its `terminate` runs once for each.

    Args:
        inner: what is to be done.
        names: of the datasets, in their order.
        is_total: `inner` makes outputs of nothing too, so that there are some of each dataset; False: of those only of
            which a block was processed, because nobody knows what the others would have put out.
    """

    def __init__(self, inner: Selector, *, names: Sequence[str], is_total: bool = False) -> None:
        super().__init__()
        self.inner = inner
        self.names = tuple(names)
        self.params = inner.params
        self._is_total = is_total

    @property
    def branches(self) -> Sequence[str] | None:  # type: ignore[override]  # whatever it is of the inner one, now
        """Names or patterns that the inner one may touch."""
        return self.inner.branches

    @property
    def optional(self) -> Mapping[str, Any]:  # type: ignore[override]  # as above
        """Defaults of the inner one."""
        return self.inner.optional

    @property
    def schema(self) -> Any:
        """Schema of the inner one."""
        return self.inner.schema

    @property
    def path(self) -> str:
        """Path of the inner one, where it is one of ours that has such."""
        is_ours = type(self.inner).__module__.partition(".")[0] == __name__.partition(".")[0]
        return str(getattr(self.inner, "path", "")) if is_ours else ""

    def begin(self) -> None:
        """Let the inner one begin."""
        self.inner.begin()

    def worker_begin(self) -> None:
        """Let the inner one prepare a worker."""
        self.inner.worker_begin()

    def process(self, events: Any) -> dict[str, Any]:
        """Return the outputs of one block under the name of its dataset.

        Raises:
            MergeError: the inner one gives no outputs by name.
        """
        name = events.metadata["dataset"]
        outputs = self.inner.process(events)
        if outputs is not None and not isinstance(outputs, Mapping):
            raise MergeError(
                f"a selector must return its outputs by name, not {type(outputs).__name__}; return a dict, or None"
            )
        return {name: {} if outputs is None else outputs}

    def worker_end(self) -> None:
        """Let the inner one clean up."""
        return self.inner.worker_end()

    def terminate(self, outputs: dict[str, Any]) -> DatasetOutputs:
        """Let the inner one finish the outputs of each dataset, in the order of datasets."""
        there = [name for name in self.names if self._is_total or name in outputs]
        return DatasetOutputs({name: self._finished(self.weighed(name, outputs.get(name, {}))) for name in there})

    def weighed(self, name: str, outputs: dict[str, Any]) -> dict[str, Any]:
        """Return the merged outputs of a dataset as they count; here as they are."""
        return outputs

    def _finished(self, outputs: dict[str, Any]) -> Mapping[str, Any]:
        finished = self.inner.terminate(outputs)
        if finished is not None and not isinstance(finished, Mapping):
            raise TypeError(f"terminate returned {type(finished).__name__}: return a dict of outputs, or None")
        return outputs if finished is None else finished


def undivided(selector: Selector) -> Selector:
    """Return what is done, without its being done by dataset."""
    return selector.inner if isinstance(selector, ByDataset) else selector
