"""`overproof count`: how many entries a selection chooses."""

from __future__ import annotations

from typing import Any

import click

from overproof.cli.options import QueryFlags, dataset_options, language_options, plain_query_options
from overproof.words.errors import OptionError


@click.command("count", short_help="Count the entries that a cut selects.")
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@dataset_options
@language_options
@plain_query_options
def count_command(files: tuple[str, ...], **flags: Any) -> int:
    """Count the entries of FILES that the cut selects, and the passes of its implicit loop.

    An entry counts once, however many of its elements are selected. Without --cut all entries count.

    \b
    overproof count "data/*.root:Events" --cut "Muon_pt > 30"
    """
    said = QueryFlags(**flags)
    said.check_places()
    with said.open_session() as session:  # before all else: workers load what they need while we do
        import warnings

        from overproof.cli.outcome import outcome_of
        from overproof.cli.written.arguments import is_file
        from overproof.session.result import IncompleteWarning

        for text in files[1:]:
            if not is_file(text):
                raise OptionError(f"{text}: is no file; a selection is said as --cut {text!r}")
        dataset = said.find_files(files)
        warnings.simplefilter("ignore", IncompleteWarning)  # the account says it
        limits = said.limits | said.speech
        outcome = outcome_of(lambda: session.count(dataset, **limits), draws=False)
    from overproof.cli.deliver import deliver

    return deliver(outcome, said)
