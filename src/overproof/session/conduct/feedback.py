"""Feedback: some of the outputs of a running query, by name, without the others being copied."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeAlias

from overproof.analysis.by_dataset import ByDataset, DatasetOutputs
from overproof.analysis.processors.accumulated import Mark, restored
from overproof.analysis.processors.processor import OUTPUT, BareOutput, ProcessorSelector
from overproof.analysis.selector import Selector
from overproof.columns.kernels.selectors.draw_selector import DrawSelector
from overproof.columns.kernels.selectors.several import Several
from overproof.columns.kernels.selectors.weighted import WeightedDatasets
from overproof.outputs.outline import BETWEEN, Outlined, Path, name_of, untaken
from overproof.words.errors import OptionError

Named: TypeAlias = dict[str, Outlined]
"""Outputs by the name under which users know them."""


class Feedback(ABC):
    """What the outputs of a selector are called, and what becomes of some of them."""

    @abstractmethod
    def named(self, outlined: Sequence[Outlined]) -> Named:
        """Name the outputs of a state; a path in there may be that of a mapping that makes one output."""

    def paths(self, named: Named) -> list[Path]:
        """Return where all is of which these outputs are made."""
        return [each.path for each in named.values()]

    @abstractmethod
    def finished(self, outputs: Mapping[str, Any], names: Collection[str]) -> Mapping[str, Any]:
        """Make of the merged values of just these outputs what the user looks at."""


class PlainFeedback(Feedback):
    """Outputs of a user's selector: as they are merged, because `terminate` may need all of them."""

    def named(self, outlined: Sequence[Outlined]) -> Named:
        """Name each by its path."""
        found: Named = {}
        for each in outlined:
            found[untaken(each.name, found)] = each
        return found

    def finished(self, outputs: Mapping[str, Any], names: Collection[str]) -> Mapping[str, Any]:
        """Leave them as they are."""
        return outputs


class ProcessorFeedback(Feedback):
    """Outputs of a processor: what it returned stands one mapping further in; `postprocess` may need all of it."""

    def named(self, outlined: Sequence[Outlined]) -> Named:
        """Name each by its path in what the processor returned."""
        found: Named = {}
        for each in outlined:
            if each.path[0] == OUTPUT and not any(isinstance(key, Mark) for key in each.path):
                found[untaken(name_of(each.path[1:]) or OUTPUT, found)] = each
        return found

    def finished(self, outputs: Mapping[str, Any], names: Collection[str]) -> Mapping[str, Any]:
        """Turn them back into what the processor would have returned."""
        returned = restored(outputs.get(OUTPUT))
        return returned if isinstance(returned, Mapping) else BareOutput({OUTPUT: returned})


class DrawFeedback(Feedback):
    """Outputs of draws: sums that become histograms one by one."""

    def __init__(self, selector: DrawSelector | Several) -> None:
        parts: Sequence[Any] = selector.parts if isinstance(selector, Several) else [selector]
        self._selector = selector
        self._n_dims = {
            plan.name: len(plan.axes) for part in parts for plan in part.plans if isinstance(part, DrawSelector)
        }

    def named(self, outlined: Sequence[Outlined]) -> Named:
        """Name each by its draw."""
        found: Named = {}
        for each in outlined:
            name = str(each.path[0])
            n_dim = self._n_dims.get(name, 0)
            found[name] = Outlined(path=each.path[:1], what="histogram" if n_dim else "entry list", n_dim=n_dim)
        return found

    def finished(self, outputs: Mapping[str, Any], names: Collection[str]) -> Mapping[str, Any]:
        """Make the histograms."""
        return self._selector.only(names).terminate(dict(outputs))


class DatasetFeedback(Feedback):
    """Outputs by dataset: those of each stand one mapping further in, and are not added before the end."""

    def __init__(self, selector: ByDataset) -> None:
        self._selector = selector
        self._inner = feedback_of(selector.inner)

    def named(self, outlined: Sequence[Outlined]) -> Named:
        """Name each by its dataset, and by its name in there."""
        inside: dict[Any, list[Outlined]] = {}
        for each in outlined:
            if len(each.path) > 1:
                own = Outlined(path=each.path[1:], what=each.what, n_dim=each.n_dim)
                inside.setdefault(each.path[0], []).append(own)
        return {
            f"{name_of((dataset,))}{BETWEEN}{name}": Outlined(path=(dataset, *own.path), what=own.what, n_dim=own.n_dim)
            for dataset, each in inside.items()
            for name, own in self._inner.named(each).items()
        }

    def finished(self, outputs: Mapping[str, Any], names: Collection[str]) -> Mapping[str, Any]:
        """Make of each dataset's outputs what the user looks at."""
        finished = DatasetOutputs()
        for dataset, own in outputs.items():
            head = f"{name_of((dataset,))}{BETWEEN}"
            inside = [name.removeprefix(head) for name in names if name.startswith(head)]
            finished[dataset] = self._inner.finished(self._selector.weighed(dataset, own), inside)
        return finished


class SumFeedback(Feedback):
    """Draws of datasets that are scaled and added: of each output, that of every dataset is needed."""

    def __init__(self, selector: WeightedDatasets) -> None:
        self._selector = selector
        self._inner = feedback_of(selector.inner)

    def named(self, outlined: Sequence[Outlined]) -> Named:
        """Name each by its draw."""
        found: Named = {}
        for dataset in dict.fromkeys(each.path[0] for each in outlined):
            inside = [
                Outlined(path=each.path[1:], what=each.what, n_dim=each.n_dim)
                for each in outlined
                if each.path[0] == dataset and len(each.path) > 1
            ]
            found = self._inner.named(inside) | found
        return found

    def paths(self, named: Named) -> list[Path]:
        """Return where they are in each dataset."""
        return [(dataset, *each.path) for each in named.values() for dataset in self._selector.names]

    def finished(self, outputs: Mapping[str, Any], names: Collection[str]) -> Mapping[str, Any]:
        """Make the histograms of all datasets together."""
        return self._inner.finished(self._selector.added(outputs), names)


def feedback_of(selector: Selector) -> Feedback:
    """Return what knows the outputs of a selector."""
    if isinstance(selector, WeightedDatasets) and selector.is_added:
        return SumFeedback(selector)
    if isinstance(selector, ByDataset):
        return DatasetFeedback(selector)
    if isinstance(selector, DrawSelector | Several):
        return DrawFeedback(selector)
    return ProcessorFeedback() if isinstance(selector, ProcessorSelector) else PlainFeedback()


def chosen(named: Named, names: Sequence[str]) -> Named:
    """Return the outputs of these names; the name of a mapping means all that is in it.

    Raises:
        OptionError: there is none of such a name.
    """
    found: Named = {}
    for name in names:
        inside = {known: each for known, each in named.items() if known.startswith(f"{name}{BETWEEN}")}
        matching = {name: named[name]} if name in named else inside
        if not matching:
            there = ", ".join(list(named)[:10]) or "none yet"
            more = f" and {len(named) - 10} more" if len(named) > 10 else ""
            raise OptionError(
                f"there is no output {name!r} so far: there are {there}{more}. What only `terminate` or `postprocess` "
                "makes comes with `partial()`"
            )
        found |= matching
    return found
