"""What a query needs to go on where an earlier run of it stood."""

from __future__ import annotations

import copy
import os
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from overproof.analysis.selector import Selector
from overproof.outputs.state import OutputState
from overproof.records.dataset import Dataset
from overproof.records.notices import FileOpened, Notice, WorkRestored
from overproof.records.outcome.standing import Standing
from overproof.session.code import PackedSelector, make_selector, module_names
from overproof.session.keeping.cabinet import find_query
from overproof.session.keeping.description import Description
from overproof.session.keeping.folder import QueryFolder
from overproof.session.keeping.identity.code_identity import CodeIdentity, changes, changes_on_disk, identify
from overproof.session.keeping.identity.data_identity import changed_files
from overproof.session.keeping.identity.fingerprint import fingerprint_here
from overproof.session.outcome.merging import entries_left
from overproof.session.outcome.origin import Origin
from overproof.session.question import OF_USERS, Question, check_number
from overproof.words.errors import QueryError
from overproof.words.states import QueryState


class FingerprintWarning(UserWarning):
    """A query goes on with other libraries, or on another kind of machine, than it began with."""


@dataclass(frozen=True, kw_only=True)
class Resumption:
    """An earlier query, held by this process until it is released.

    Attributes:
        query: its folder.
        question: what was asked.
        description: as it was written when it began.
        standing: where it stood.
        outputs: what was merged, of the same moment.
        is_finished: nothing is left to do.
    """

    query: QueryFolder
    question: Question
    description: Description
    standing: Standing
    outputs: OutputState
    is_finished: bool

    @property
    def packed(self) -> PackedSelector:
        """The selector as it travels; `begin` has run."""
        return self.query.packed_selector()

    def selector(self) -> Selector:
        """Make the selector anew; `begin` has run."""
        selector: Selector = self.query.selector()
        return selector

    def notices(self) -> list[Notice]:
        """Return what a fresh master must hear to stand there."""
        opened = [FileOpened(file=file, grid=grid) for file, grid in sorted(self.standing.grids.items())]
        return [*opened, WorkRestored(standing=self.standing)]


def take_up(query_id: str, *, number: int, selector: Any = None, max_excluded: int | None = None) -> Resumption:
    """Hold an earlier query and read all of it that is needed to go on, if it may go on.

    Args:
        query_id: its id.
        number: number of the query in this session.
        selector: to be sure that it is the same as then; None: its files on disk are compared.
        max_excluded: entries that may be excluded from now on; None: as many as then.

    Raises:
        QueryError: there is no such query, it runs, it is damaged, or its selector or one of its files has changed.
        OptionError: a number of entries that makes no sense.
    """
    if max_excluded is not None:
        check_number("max_excluded", max_excluded, at_least=0)
    query = find_query(query_id)
    try:
        is_free = query.hold()
    except OSError as error:
        raise QueryError(f"query {query.id} cannot be held: {error}") from error
    if not is_free:
        raise QueryError(f"query {query.id} runs already: wait for it, or stop it where it runs")
    try:
        resumption = read_up(query, number=number)
        if selector is not None or not resumption.is_finished:
            _check_code(query, resumption.description, selector)
        if not resumption.is_finished:
            _check_files(resumption)
            _compare_fingerprints(resumption.description)
    except BaseException:
        query.release()
        raise
    question = resumption.question
    if max_excluded is not None:
        question = replace(question, options=replace(question.options, max_excluded=max_excluded))
    return replace(resumption, question=question, standing=_to_go_on_from(resumption.standing, question))


def read_up(query: QueryFolder, *, number: int) -> Resumption:
    """Read all of a query that is needed to go on, or to give its result again.

    Raises:
        QueryError: it is damaged.
    """
    description, checkpoint = query.description, query.checkpoint()
    question = query.question(number)
    return Resumption(
        query=query,
        question=replace(question, dataset=_found_from_here(question.dataset, description.directory)),
        description=description,
        standing=checkpoint.standing if checkpoint is not None else Standing(),
        outputs=checkpoint.outputs if checkpoint is not None else OutputState(),
        is_finished=checkpoint is not None and checkpoint.head.state is QueryState.FINISHED,
    )


def _to_go_on_from(standing: Standing, question: Question) -> Standing:
    """Let a block on which a query stopped be tried again: what it failed on may be mended."""
    if question.options.on_error != "stop":
        return standing
    ranges = {
        (file, index): parts
        for (file, index), parts in standing.ranges.items()
        if standing.merged.get(file, 0) >> index & 1
    }
    return replace(standing, excluded=(), ranges=ranges)


def _check_code(query: QueryFolder, description: Description, selector: Any) -> None:
    """Refuse a selector that is not the one of then.

    Raises:
        QueryError: it has changed.
    """
    if description.kind not in OF_USERS:
        if selector is not None:
            kind = "draw" if description.kind == "draws" else description.kind
            raise QueryError(f"query {description.query_id} is a {kind}, which has no selector: leave it out")
        return
    then = description.code
    if selector is None:
        different = changes_on_disk(then)
    else:
        made = _with_parameters(make_selector(selector, None), then, query)
        different = changes(then, identify(made, module_names(made)))
    if different:
        raise QueryError(
            f"the selector has changed since query {description.query_id} began ({', '.join(different)}): to go on "
            "would mix two answers. Put it back as it was, or run the query anew"
        )


def _with_parameters(selector: Selector, then: CodeIdentity, query: QueryFolder) -> Selector:
    """Return a copy with the parameters of then, as far as it brings none of its own."""
    former = query.selector().params
    completed = copy.copy(selector)
    completed.params = {name: former[name] for name in then.given if name in former} | selector.params
    return completed


def _check_files(resumption: Resumption) -> None:
    """Refuse files that are not those of then.

    Raises:
        QueryError: one has changed, or is gone while something of it is to be read.
    """
    question, standing = resumption.question, _to_go_on_from(resumption.standing, resumption.question)
    if question.dataset is None:
        return
    origin = Origin(dataset=question.dataset, options=question.options, standing=standing, finish=dict)
    changed = list(changed_files(question.dataset, standing.grids, entries_left(origin)))
    if changed:
        text, is_another = changed[0]
        more = f" (and {len(changed) - 1} more)" if len(changed) > 1 else ""
        why = ": to go on would mix two answers" if is_another else ""
        raise QueryError(
            f"{text}{more} since query {question.query_id} began{why}. Put the old file back, or run the query anew"
        )


def _compare_fingerprints(description: Description) -> None:
    """Say that the last bits of the answer may differ from those of an uninterrupted run."""
    different = description.fingerprint.differences(fingerprint_here())
    if different:
        warnings.warn(
            f"query {description.query_id} began elsewhere or with other libraries ({', '.join(different)}): the last "
            "bits of its answer may differ from those of one run",
            FingerprintWarning,
            stacklevel=2,
        )


def _found_from_here(dataset: Dataset | None, directory: str) -> Dataset | None:
    """Let relative paths lead to the same files as then, also from another directory."""
    if dataset is None or Path(directory) == Path.cwd():
        return dataset
    files = tuple(
        spec
        if "://" in spec.path or os.path.isabs(spec.path)
        else replace(spec, path=os.path.join(directory, spec.path))
        for spec in dataset.files
    )
    return replace(dataset, files=files)
