"""The runner: called as coffea's own, and answering with what it would."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from overproof.analysis.processors import ProcessorSelector
from overproof.coffea.answers import answer_of, output_of
from overproof.coffea.chunks import first_blocks, items_of
from overproof.coffea.desks import Desk, desk_of, wish_of
from overproof.session.datasets import resolve_dataset
from overproof.session.result import IncompleteWarning, Result
from overproof.session.session import Session
from overproof.words.errors import DatasetError, OptionError, OverproofError, ReadError


@dataclass
class Runner:
    """Runs processors over filesets, as `coffea.processor.Runner` does, on workers of a session.

    All that coffea's has is taken. Needless here, and without effect: `pre_executor`, `metadata_cache`,
    `xrootdtimeout`, `align_clusters`, `processor_compression`, `cachestrategy`, and `skipbadfiles` but for what it says
    to `use_result_type`: a bad file costs itself alone, and is named.

    Attributes:
        executor: of coffea, which says how many workers: `IterativeExecutor()` none, in this process;
            `FuturesExecutor(workers=n)` n; None: one a core.
        chunksize: entries to which clusters are merged into blocks.
        maxchunks: so many blocks of each dataset, from its start; None: all.
        savemetrics: return metrics beside the output.
        use_result_type: return coffea's `Ok` or `Err`; an incomplete output is in an `Err`, as its `value`.
        schema: class of coffea's schemas, or its name.
        session: which answers; None: one that all runners share who ask for the same workers.
        workers: how many; None: as the executor says.
        options: more keywords of `Session.process`, such as `{"on_error": "stop"}`.
        result: what the last run gave, with account, `missing` and `excluded`; None before.

    Raises:
        OptionError: something that cannot be done here; it says what to do instead.
        ValueError: what coffea's own refuses.

    Source: the protocol of coffea's `Runner`.
    """

    executor: Any = None
    pre_executor: Any = None
    chunksize: int = 100_000
    maxchunks: int | None = None
    metadata_cache: Any = None
    skipbadfiles: bool | tuple[type[BaseException], ...] = False
    xrootdtimeout: int | None = 60
    align_clusters: bool = False
    savemetrics: bool = False
    use_result_type: bool = False
    schema: Any = "NanoAODSchema"
    processor_compression: int | None = 1
    format: str = "root"
    checkpointer: Any = None
    cachestrategy: Any = None
    session: Session | None = field(default=None, kw_only=True)
    workers: int | None = field(default=None, kw_only=True)
    options: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    result: Result | None = field(default=None, init=False, repr=False, compare=False)
    _desk: Desk | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        from overproof.columns.nanoevents.schemas import find_schema

        self._check()
        if self.session is None:
            self.session = getattr(self.executor, "session", None)
        if self.session is None:
            # Before all else: workers load coffea while the user's script goes on.
            self._desk = desk_of(wish_of(self.executor, workers=self.workers))
            self.session = self._desk.session
        else:
            self.session.expect_processors()
        self.schema = find_schema(self.schema)

    def _check(self) -> None:
        if self.format not in {"root", "parquet"}:
            raise ValueError(f"format must be 'root' or 'parquet', got {self.format!r}")
        if self.format == "parquet":
            raise OptionError(
                "format='parquet' cannot be read here: keep coffea's own Runner for it, with "
                "executor=overproof.coffea.Executor()"
            )
        if self.checkpointer is not None:
            raise OptionError(
                "checkpointer=... has nothing to do here: every query keeps its checkpoint, and one that was cut short "
                "goes on with session.resume(query_id) or `overproof resume`; leave it out"
            )
        if self.schema is None:
            raise ValueError("Schema must be set")
        if self.use_result_type and self.skipbadfiles is False:
            raise ValueError(
                "use_result_type=True requires skipbadfiles to be set (True or a tuple of exception types)"
            )

    def __call__(
        self,
        fileset: Any,
        processor_instance: Any = None,
        older: Any = None,
        *,
        treename: str | None = None,
        uproot_options: Mapping[str, Any] | None = None,
        iteritems_options: Mapping[str, Any] | None = None,
        trace: Callable[..., Any] | None = None,
    ) -> Any:
        """Run a processor over a fileset.

        An incomplete output warns, and says what lacks; `runner.result` has the rest.

        Args:
            fileset: of any form that `Session.process` takes; a list or generator of coffea's work items.
            processor_instance: a processor, or a function of the events.
            older: the processor, behind the name of the tree, as older versions of coffea want it.
            treename: tree for the files that name none.
            uproot_options: without effect: files are read by readers of ours.
            iteritems_options: must be empty.
            trace: without effect: what a processor touches in its first block is read ahead for the next.

        Returns:
            What `postprocess` gives, or the merged output; with `savemetrics` a pair of it and the metrics.

        Raises:
            InputError: what was asked cannot be done; nothing was computed.
            UserCodeError: the processor raised too often; its `partial_output` is what was merged before.
        """
        if older is not None:
            treename, processor_instance = processor_instance, older
        answer = self._answered(fileset, processor_instance, treename=treename, iteritems_options=iteritems_options)
        if isinstance(answer, Exception):
            return _err(answer, None)
        out = (answer["out"], answer["metrics"]) if self.savemetrics else answer["out"]
        if not self.use_result_type:
            _warn(answer)
            return out
        from coffea.processor.executor import Ok

        return _err(answer["exception"], out) if answer["exception"] else Ok(out)

    def run(
        self,
        fileset: Any,
        processor_instance: Any,
        *,
        treename: str | None = None,
        uproot_options: Mapping[str, Any] | None = None,
        iteritems_options: Mapping[str, Any] | None = None,
        trace: Callable[..., Any] | None = None,
    ) -> Any:
        """Run a processor over a fileset, and tell more of it; see `__call__`.

        Returns:
            `{"out", "processed", "exception"}`, with `savemetrics` also `"metrics"`: the output, the work items that
            are in it, and what it lacks as an exception, or 0; in an `Ok` with `use_result_type`.

        Raises:
            InputError, UserCodeError: as `__call__`.
        """
        answer = self._answered(fileset, processor_instance, treename=treename, iteritems_options=iteritems_options)
        if not self.use_result_type:
            _warn(answer)
            return answer
        from coffea.processor.executor import Ok

        return _err(answer, None) if isinstance(answer, Exception) else Ok(answer)

    def preprocess(
        self,
        fileset: Any,
        *,
        treename: str | None = None,
        uproot_options: Mapping[str, Any] | None = None,
        trace: Callable[..., Any] | None = None,
        processor_instance: Any = None,
    ) -> Generator[Any, Any, int]:
        """Return the work items of a fileset: one for each of our blocks, for `run`, here or in coffea's own runner.

        Args:
            fileset: as in `__call__`.
            treename: tree for the files that name none.
            uproot_options, trace, processor_instance: without effect, as in `__call__`.

        Raises:
            OverproofError: why a file cannot be looked into, unless `skipbadfiles` is set, which leaves it out.
        """
        dataset = self._limited(resolve_dataset(fileset, tree=treename))
        items = items_of(dataset, self._workers, block_entries=self.chunksize, skips_bad=self.skipbadfiles is not False)
        return _given_out(items, self.chunksize)

    # -- one run

    @property
    def _workers(self) -> Session:
        assert self.session is not None
        return self.session

    def _answered(
        self, fileset: Any, processor: Any, *, treename: str | None, iteritems_options: Mapping[str, Any] | None
    ) -> Any:
        """Return the document of a run; with `use_result_type` also the error that kept it from having one."""
        if not callable(processor) and not callable(getattr(processor, "process", None)):
            raise ValueError(  # noqa: TRY004 - as coffea does
                "Expected processor_instance to derive from ProcessorABC or be a single-argument callable"
            )
        if iteritems_options:
            raise OptionError("iteritems_options=...: branches are not chosen here, as only what is touched is read")
        self.result = None
        try:
            self.result = self._result(fileset, processor, treename=treename)
        except OverproofError as error:
            if isinstance(error.result, Result):
                self.result = error.result
                error.partial_output = output_of(error.result)  # type: ignore[attr-defined] # as coffea's errors have
            if self._takes(error):
                return error
            raise
        return answer_of(self.result, has_metrics=self.savemetrics)

    def _result(self, fileset: Any, processor: Any, *, treename: str | None) -> Result:
        selector = ProcessorSelector(processor, schema=self.schema, has_metrics=self.savemetrics)
        if self.maxchunks is not None:
            fileset, treename = self._limited(resolve_dataset(fileset, tree=treename)), None
        keywords = {"block_entries": self.chunksize, "tree": treename, **self.options}
        result: Result = self._workers.process(selector, fileset, **keywords)
        return result

    def _limited(self, dataset: Any) -> Any:
        if self.maxchunks is None:
            return dataset
        return first_blocks(dataset, self._workers, n_blocks=self.maxchunks, block_entries=self.chunksize)

    def _takes(self, error: OverproofError) -> bool:
        """Tell whether an error is returned, not raised: coffea's would have been an `OSError` for files."""
        if not self.use_result_type:
            return False
        taken = (OSError,) if self.skipbadfiles is True else self.skipbadfiles or ()
        of_files = isinstance(error, ReadError | DatasetError) and any(issubclass(OSError, each) for each in taken)
        return of_files or isinstance(error, taken)


def _given_out(items: list[Any], chunksize: int) -> Generator[Any, Any, int]:
    yield from items
    return chunksize


def _err(error: Any, out: Any) -> Any:
    from coffea.processor.executor import Err

    return Err(error, value=out)


def _warn(answer: Mapping[str, Any]) -> None:
    if answer["exception"]:
        warnings.warn(str(answer["exception"]), IncompleteWarning, stacklevel=3)
