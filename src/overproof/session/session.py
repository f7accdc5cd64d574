"""The user's connection to an engine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

from overproof.session.connection import Connection
from overproof.words.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

    from overproof.analysis.selector import Selector
    from overproof.engines.crew import Crew
    from overproof.session.ask import ScriptResult
    from overproof.session.datasets import Data
    from overproof.session.drawing import Drawable
    from overproof.session.keywords import LanguageKeywords, QueryKeywords
    from overproof.session.members import Weights
    from overproof.session.question import Kind, Question


class UploadWarning(UserWarning):
    """An upload takes the place of another version of a package."""


class Session(Connection):
    """Workers that answer one query after the other, until the session is closed.

    Args:
        address: `"local"` (a worker process on every core), `"local:4"`, `"inline"` (in this process), `"slurm:64"`,
            `"htcondor:64"` (workers in batch jobs), `"dask://host:port"` or a client of Dask.
        workers: number of workers, said apart from the address.
        progress: show the progress of queries that are waited for; None: when standard error is a terminal.
        cache: keep columns that were read, for the next query: True, False, or a directory, as on an SSD; None: what
            `OVERPROOF_CACHE` says, and in memory where it says nothing.
        options: of the engine, as `queue="short"` of Slurm; the page on running on Dask has them.

    Raises:
        OptionError: no such engine, a number of workers that makes no sense, a cache that is no directory.
        EngineError: the engine is not to be had.
    """

    def process(
        self,
        selector: Any,
        data: Data | None = None,
        *,
        cycles: int | None = None,
        params: Mapping[str, Any] | None = None,
        schema: Any = None,
        seed: int = 0,
        wait: bool = True,
        **keywords: Unpack[QueryKeywords],
    ) -> Any:
        """Run a selector over a dataset, or over cycles.

        Args:
            selector: a `Selector` or a processor of coffea (class or instance), or a function of a block that returns
                a dict of outputs.
            data: paths, globs, `path:tree`, lists of these, or a fileset; None with `cycles`.
            cycles: run so many cycles instead, each with its own seed.
            params: parameters, readable as `selector.params` everywhere.
            schema: class of coffea's schemas, or its name, in which `process` sees the entries; None: the selector's
                own, and `NanoAODSchema` for a processor.
            seed: root of the seeds of blocks and cycles; part of the query.
            wait: wait for the result; False: return a `Query` at once.
            keywords: those of `QueryKeywords`.

        Returns:
            A `Result`, or a `Query` without `wait`; with `by_dataset` its outputs are by dataset, then by name.

        Raises:
            InputError: what was asked cannot be done; nothing was computed.
            UserCodeError: the selector raised; what was merged before is in its attribute `result`.
        """
        from overproof.session.code import make_selector
        from overproof.session.keywords import check_keywords

        check_keywords(keywords, asked="process")
        made = make_selector(selector, params, schema=schema)
        question = self._question("process", data, keywords, cycles=cycles, seed=seed, takes_empty=made.takes_empty)
        return self._start(question, prepare=partial(_prepared, made), wait=wait)

    def map(
        self,
        function: Callable[[Any], Any],
        items: Iterable[Any],
        *,
        retries: int = 0,
        timeout_s: float | None = None,
        memory_limit_bytes: int | None = None,
        journal: bool = True,
        wait: bool = True,
    ) -> Any:
        """Call a function on each of some items, which know nothing of each other, on all workers.

        Args:
            function: called with one item; function, items and values may be of any type that can be pickled.
            items: in the order of which the values come.
            retries: how often an item that raises is tried again.
            timeout_s: seconds that an item may take; None: as long as it likes.
            memory_limit_bytes: private memory that a worker may have; None: its share of the machine's.
            journal: keep the query on disk, so that it can be resumed.
            wait: wait for the values; False: return a `Query` of them at once.

        Returns:
            A `Mapped`: a sequence of the values, which raises where an item failed; a `Query` of one without `wait`.

        Raises:
            InputError: what was asked cannot be done; nothing was computed.
        """
        from overproof.session.mapping import MapSelector
        from overproof.session.mapping.asking import checked_items, map_question

        selector = MapSelector(function, checked_items(function, items), retries=retries)
        self._check_open()
        question = map_question(
            selector.n_items, number=self._n_queries + 1, retries=retries, timeout_s=timeout_s,
            memory_limit_bytes=memory_limit_bytes, journal=journal,
        )  # fmt: skip
        self._n_queries += 1
        return self._start(question, prepare=partial(_prepared, selector), wait=wait)

    def draw(
        self,
        data: Data,
        expression: Drawable,
        *,
        cut: str | None = None,
        weight: str | None = None,
        bins: Any = None,
        name: str | None = None,
        profile: bool = False,
        weights: Weights = None,
        wait: bool = True,
        **keywords: Unpack[LanguageKeywords],
    ) -> Any:
        """Draw expressions over a dataset into histograms, by the rules of TTree::Draw.

        Args:
            data: paths, globs, `path:tree`, lists of these, or a fileset.
            expression: what to draw, up to three dimensions; a list of several, or a dict by name, whose values are
                expressions or dicts of `expression`, `cut`, `weight`, `bins`, `profile`, `aliases`, `dialect`: all in
                one pass. `">>good"` makes an entry list of what the cut selects.
            cut: selection; its value is a weight, as in ROOT.
            weight: one more weight.
            bins: `"n, low, high"` for each axis, x first, or the numbers; None: by ROOT's rule from the data.
            name: name of the histogram; None: that behind `>>`, else `draw`. The expression is the label of its axis.
            profile: average the first expression over the bins of the others.
            weights: a number for each of several datasets by its name, such as its cross section over its luminosity,
                or the name of their metadata that has it: what is drawn of each is scaled with it before it is added.
            wait: wait for the result; False: return a `Query` at once.
            keywords: those of `LanguageKeywords` and `QueryKeywords`.

        Returns:
            A `hist.Hist` with `.account`, `.excluded`, `.missing`, `.statistics`, `.state`, or an `EntryList` with the
            same; a dict of these by name where several were asked for, and of the datasets with `by_dataset`; a
            `Query` of one without `wait`.

        Raises:
            InputError: what was asked cannot be done; nothing was computed.
        """
        from overproof.session.drawing import check_drawing
        from overproof.session.keywords import split_keywords

        speech, rest = split_keywords(keywords, asked="draw")
        drawing = check_drawing(
            expression, earlier=self._drawn, cut=cut, weight=weight, bins=bins, name=name, profile=profile, **speech
        )  # fmt: skip
        kind: Kind = "draw" if isinstance(expression, str) else "draws"
        question = self._question(kind, data, rest, weights=weights)
        return self._start(question, prepare=drawing.prepare, wait=wait)

    def scan(
        self,
        data: Data,
        columns: str | Sequence[str],
        *,
        cut: str | None = None,
        rows: int | None = None,
        wait: bool = True,
        **keywords: Unpack[LanguageKeywords],
    ) -> Any:
        """Make a table of expressions over a dataset, as TTree::Scan does.

        Args:
            data: paths, globs, `path:tree`, lists of these, or a fileset.
            columns: expressions, as a list or with colons between them.
            cut: selection; passes in which it is 0 make no row.
            rows: keep so many rows, from the start; None: all.
            wait: wait for the result; False: return a `Query` at once.
            keywords: those of `LanguageKeywords` and `QueryKeywords`.

        Returns:
            A `Table` with `.account`, `.excluded`, `.missing`, `.statistics`, `.state`; a `Query` of one without
            `wait`.

        Raises:
            InputError: what was asked cannot be done; nothing was computed.
        """
        from overproof.session.drawing import check_scan
        from overproof.session.keywords import split_keywords

        speech, rest = split_keywords(keywords, asked="scan")
        scan = check_scan(columns, cut=cut, rows=rows, **speech)
        question = self._question("scan", data, rest)
        return self._start(question, prepare=scan.prepare, wait=wait)

    def count(
        self,
        data: Data,
        cut: str | None = None,
        *,
        wait: bool = True,
        **keywords: Unpack[LanguageKeywords],
    ) -> Any:
        """Count the entries that a selection chooses, as TTree::GetEntries does, and its passes.

        Args:
            data: paths, globs, `path:tree`, lists of these, or a fileset.
            cut: selection; None: everything.
            wait: wait for the result; False: return a `Query` at once.
            keywords: those of `LanguageKeywords` and `QueryKeywords`.

        Returns:
            A `Count`: its `entries`, which is also its `int`, and its `passes`; a `Query` of one without `wait`.

        Raises:
            InputError: what was asked cannot be done; nothing was computed.
        """
        from overproof.session.drawing import check_count
        from overproof.session.keywords import split_keywords

        speech, rest = split_keywords(keywords, asked="count")
        counting = check_count(cut, **speech)
        question = self._question("count", data, rest)
        return self._start(question, prepare=counting.prepare, wait=wait)

    def resume(self, query_id: str, *, selector: Any = None, max_excluded: int | None = None, wait: bool = True) -> Any:
        """Go on with an earlier query that was stopped, or whose process was killed; one that finished is shown again.

        The answer is the same as that of one run, bit for bit. Only the workers of this session are new: dataset,
        selector, parameters and options are those of then.

        Args:
            query_id: the query's id, as the query, `overproof queries` and the message at the stop tell it.
            selector: to be sure that it is the same as then; None: the files in which it is written are compared.
            max_excluded: entries that may be excluded before the query stops, where there were too many; None: as then.
            wait: wait for the result; False: return a `Query` at once.

        Returns:
            What the query would have returned: a `Result`, or a `hist.Hist` when it was a draw.

        Raises:
            QueryError: there is no such query, it runs, or its selector or one of its files has changed.
            UserCodeError: as in `process`.
        """
        from overproof.session.conduct.resumption import take_up

        self._check_open()
        self._n_queries += 1
        resumption = take_up(query_id, number=self._n_queries, selector=selector, max_excluded=max_excluded)
        return self._start(
            resumption.question,
            prepare=lambda *rest: _prepared(resumption.selector(), *rest),
            wait=wait,
            resumption=resumption,
        )

    def upload(self, package: str | Path) -> None:
        """Let workers find a package of yours, on whatever machine they are, in place of any other version.

        It is built once a host, and kept there by its content. Workers that are up begin anew.

        Args:
            package: path of a project (with `pyproject.toml` or `setup.py`), of a package, of a directory of modules,
                of a module or of a wheel; or a requirement, such as `"particle==0.25.3"`, which pip resolves.

        Raises:
            OptionError: it is none of these.
            EngineError: it cannot be built, or conflicts with what workers have loaded.
        """
        import warnings

        from overproof.engines.uploads import read_upload

        self._check_open()
        upload = read_upload(package)
        with self._lock:
            remarks = self._crew.provide(upload)
        for remark in remarks:
            warnings.warn(f"the upload {upload.name}: {remark}", UploadWarning, stacklevel=2)

    def exec(self, script: str | Path, arguments: Sequence[str] = ()) -> list[ScriptResult]:
        """Run a script on every worker; `overproof.rank`, `.size` and `.is_master` tell it where it is.

        Args:
            script: path of the script.
            arguments: its `sys.argv[1:]`.

        Returns:
            What each worker printed and the value of the script's last expression, by rank.

        Raises:
            DatasetError: there is no such script.
        """
        from pathlib import Path

        from overproof.session.ask import run_everywhere

        path = Path(script)
        try:
            source = path.read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise DatasetError(f"{path}: cannot be read as a script ({error})") from error
        self._check_open()
        with self._lock:
            search_path = [str(path.resolve().parent), *sys.path]
            try:
                return run_everywhere(self._crew, source, name=str(path), arguments=arguments, search_path=search_path)
            except BaseException:
                self._crew.kill()  # who still runs the script must not answer the next question
                raise


def _prepared(selector: Selector, _: Question, crew: Crew, __: Callable[[], bool]) -> Selector:
    """Return a selector, when workers are told what they will need for it."""
    from overproof.session.written import libraries_of

    libraries = libraries_of(selector)
    if selector.schema is not None:
        from overproof.columns.nanoevents.schemas import LIBRARIES

        libraries = (*LIBRARIES, *libraries)
    crew.expect(libraries)
    return selector
