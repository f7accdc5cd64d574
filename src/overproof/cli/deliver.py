"""What becomes of a result: files, JSON, text, an exit code."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO

from overproof.cli.exit_codes import ExitCode, exit_code_of
from overproof.cli.options import QueryFlags
from overproof.cli.outcome import Outcome
from overproof.cli.places import STANDARD_OUTPUT
from overproof.cli.streams import spare_output
from overproof.records.account import ExcludedRange
from overproof.session.show.style import Style
from overproof.words.errors import EngineError, OutputError, OverproofError, UserCodeError
from overproof.words.naming import free_name
from overproof.words.states import QueryState

if TYPE_CHECKING:
    from overproof.session.outcome.gaps import Gaps

N_ROWS = 50
"""Rows of a table on the screen, when nobody says how many. Source: where ROOT's TTree::Scan asks whether to go on."""

MAX_TRACEBACKS = 5
"""Causes of failures of which a traceback is printed; the account tells the others too."""


def deliver(outcome: Outcome, flags: QueryFlags) -> int:
    """Write a result wherever it was asked for, print it, and return the exit code.

    A place that fails does not keep the others from being written. A query that ended before any block was done
    writes no file: what an earlier one left there is better.
    """
    if _is_nothing(outcome):
        flags = _without_files(flags)
    if any(place != STANDARD_OUTPUT for place in flags.places):
        spare_output()
    problems = [problem for write in _writers(outcome, flags) if (problem := _problem_of(write)) is not None]
    if flags.json != STANDARD_OUTPUT and not flags.quiet and not _is_nothing(outcome):
        _print_outcome(outcome, flags)
    _print_account(outcome, flags)
    if not flags.quiet and not problems:
        for place in dict.fromkeys(flags.places):
            if place != STANDARD_OUTPUT:
                print(f"{'saved':<12}{place}", file=_text_stream(flags))
    for problem in problems:
        print(f"overproof: {problem}", file=sys.stderr)
    if isinstance(outcome.problem, EngineError) and not outcome.account.processed:
        return ExitCode.OUR_FAULT
    return ExitCode.STOPPED if problems else exit_code_of(outcome.state, is_complete=outcome.is_complete)


def document_of(outcome: Outcome, *, stats: bool) -> dict[str, Any]:
    """Make the JSON document; equal results make equal documents."""
    from overproof.outputs.document import account_document, columns_document, histogram_document, outputs_document

    head = histogram_document(outcome.drawn) if outcome.drawn is not None else {}
    document = {**head, "outputs": outputs_document(outcome.outputs)}
    if outcome.table is not None:
        document["outputs"]["columns"] = columns_document(outcome.table.columns)
    document |= account_document(
        outcome.account,
        outcome.excluded,
        outcome.missing,
        outcome.split,
        unread=outcome.unread,
        accounts=outcome.accounts,
    )
    return document | ({"statistics": asdict(outcome.statistics)} if stats else {})


def _is_nothing(outcome: Outcome) -> bool:
    """Tell whether a query ended before any block was in its result."""
    return outcome.state is not QueryState.FINISHED and not outcome.account.processed


def _without_files(flags: QueryFlags) -> QueryFlags:
    """Leave what an earlier query may have written alone."""
    places = [place for place in flags.places if place != STANDARD_OUTPUT]
    if places:
        print(f"overproof: nothing was done, so nothing was written: {', '.join(places)}", file=sys.stderr)
    json = flags.json if flags.json == STANDARD_OUTPUT else None
    return replace(flags, json=json, root=None, output=None, plot=None, lacking=None, missing=None)


def _writers(outcome: Outcome, flags: QueryFlags) -> Sequence[Callable[[], None]]:
    places = dict.fromkeys((flags.json, flags.root, flags.output))
    writers = [partial(_save, place, outcome, flags) for place in places if place and place != STANDARD_OUTPUT]
    if flags.plot:
        writers.append(partial(_save_picture, flags.plot, outcome, flags))
    if flags.lacking:
        writers.append(partial(_save_gaps, flags.lacking, outcome.missing + outcome.excluded))
    if flags.missing:
        writers.append(partial(_save_gaps, flags.missing, outcome.missing))
    if flags.json == STANDARD_OUTPUT:  # last: when its reader has gone, the files are there
        writers.append(partial(_print_json, outcome, flags))
    return writers


def _problem_of(write: Callable[[], None]) -> OverproofError | None:
    try:
        write()
    except OverproofError as error:
        return error
    return None


def _print_json(outcome: Outcome, flags: QueryFlags) -> None:
    from overproof.outputs.document import dump_json

    sys.stdout.write(dump_json(document_of(outcome, stats=flags.stats)))


def _save(place: str, outcome: Outcome, flags: QueryFlags) -> None:
    from overproof.outputs.save import save_outputs

    if outcome.table is not None and not place.endswith(".json"):
        outcome.table.save(place)
        return
    document = document_of(outcome, stats=flags.stats) if place.endswith(".json") else None
    outputs = outcome.outputs
    if outcome.draws and place.endswith(".root"):
        outputs = _named_for_root(outputs)
    for left_out in save_outputs(place, outputs, document=document):
        print(f"overproof: warning: {place}: left out {left_out}", file=sys.stderr)


def _save_picture(place: str, outcome: Outcome, flags: QueryFlags) -> None:
    from overproof.session.show.paper.picture import save_picture

    save_picture(place, outcome.shown, style=flags.style)


def _save_gaps(place: str, gaps: Gaps[Any]) -> None:
    from overproof.outputs.save import save_outputs

    try:
        save_outputs(place, {}, document=gaps.as_fileset())
    except ValueError as error:
        raise OutputError(f"{place}: the metadata of a dataset cannot be written as JSON ({error})") from error


def _named_for_root(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Give what was drawn names that ROOT can type; the draws of a dataset stand in a directory."""
    inside = [_named_for_root(each) if isinstance(each, Mapping) else each for each in outputs.values()]
    return dict(zip(_object_names(outputs), inside, strict=True))


def _object_names(names: Iterable[str]) -> list[str]:
    """Turn expressions into names that ROOT can type, each its own: `Muon_pt/1000` would be a directory."""
    found: list[str] = []
    for name in names:
        words = "".join(letter if letter.isalnum() or letter == "_" else " " for letter in name).split()
        plain = "_".join(words) or "h"
        found.append(free_name(plain, found))
    return found


def _text_stream(flags: QueryFlags) -> TextIO:
    """Return where text for people goes: not between the lines of a JSON document."""
    return sys.stderr if flags.json == STANDARD_OUTPUT else sys.stdout


def _print_outcome(outcome: Outcome, flags: QueryFlags) -> None:
    if outcome.table is not None:
        print(outcome.table.text(None if flags.rows else N_ROWS))
    else:
        _print_outputs(outcome.shown, style=flags.style)


def _print_outputs(outputs: Mapping[str, Any], *, style: Style) -> None:
    from overproof.session.show.histograms import is_histogram
    from overproof.session.show.terminal import shown_with, terminal_picture

    for name, value in outputs.items():
        if is_histogram(value):
            picture = shown_with(terminal_picture(value, style=style), encoding=sys.stdout.encoding)
            is_told = len(outputs) == 1 or picture.startswith(f"{name}:")
            print(picture if is_told else f"{name}\n{picture}")
        else:
            text = " ".join(repr(value).split())
            print(f"{name:<12}{text if len(text) <= 200 else f'{text[:197]}...'}")


def _print_account(outcome: Outcome, flags: QueryFlags) -> None:
    from overproof.session.show.summary import account_text, statistics_text

    stream = _text_stream(flags)
    if flags.stats:
        print(statistics_text(outcome.statistics), file=stream)
    _print_failures(outcome)
    if flags.quiet and outcome.is_complete:
        return
    n_ranges = max(5, shutil.get_terminal_size().lines // 2 - 5)
    text = account_text(
        outcome.account,
        excluded=outcome.excluded,
        missing=outcome.missing,
        split=outcome.split,
        unread=outcome.unread,
        accounts=outcome.accounts,
        max_ranges=n_ranges,
        is_finished=outcome.state is QueryState.FINISHED,
    )
    if outcome.state is not QueryState.FINISHED:
        kept = "nothing was done" if _is_nothing(outcome) else "the part that was done is kept"
        text += f"\n{'state':<12}{outcome.state}: {kept}"
    print(text, file=sys.stderr if flags.quiet else stream)


def _print_failures(outcome: Outcome) -> None:
    """Print what ended the query, and the traceback of the first failure of each cause, each once."""
    from overproof.session.show.summary import first_of_each_cause

    problem = outcome.problem
    texts = [failed.traceback for failed in first_of_each_cause(outcome.excluded)[:MAX_TRACEBACKS]]
    if isinstance(problem, UserCodeError):
        texts.append(problem.traceback)
    for text in dict.fromkeys(text.rstrip() for text in texts):
        if text.startswith("Traceback"):
            print(text, file=sys.stderr)
    if problem is not None:
        print(f"overproof: {_problem_text(problem, outcome.excluded)}", file=sys.stderr)


def _problem_text(problem: OverproofError, excluded: Sequence[ExcludedRange]) -> str:
    """Say what ended the query; the reason of an excluded entry is left to the account, which tells it too."""
    if isinstance(problem, UserCodeError) and excluded and problem.message.startswith(excluded[0].reason):
        more = problem.message.removeprefix(excluded[0].reason).strip()
        return f"the selector failed on {problem.where}" + (f"\n{more}" if more else "")
    return str(problem)
