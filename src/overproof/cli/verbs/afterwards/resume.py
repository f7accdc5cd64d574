"""`overproof resume`: an earlier query, from where it stood."""

from __future__ import annotations

from typing import Any

import click

from overproof.cli.options import QueryFlags, cache_option, engine_options, live_options, place_options


@click.command("resume", short_help="Go on with an earlier query.")
@click.argument("query_id", metavar="ID")
@click.option("--output", "-o", metavar="F", help="Write the outputs: out.root, out.json or out.pkl.")
@click.option(
    "--max-excluded",
    type=click.IntRange(min=0),
    metavar="N",
    help="Stop when more entries are excluded; default: as when the query began.",
)
@live_options
@engine_options
@cache_option
@place_options
def resume_command(query_id: str, **flags: Any) -> int:
    """Go on with a query that was stopped, or whose process was killed, and give the result of the whole.

    The answer is the same, bit for bit, as if nothing had happened. Files, selector, parameters and options are those
    of the query; a selector or a file that has changed since is refused. A query that finished is shown again; one that
    ended because too many entries were excluded goes on with a larger --max-excluded.

    ID is the id of a query, a part of it that no other has, or `last`.

    \b
    overproof resume last -o zpeak.root
    """
    import warnings

    from overproof.cli.deliver import deliver
    from overproof.cli.outcome import DRAWN, outcome_of
    from overproof.cli.places import check_apart
    from overproof.session.keeping import find_query
    from overproof.session.result import IncompleteWarning

    said = QueryFlags(**flags)
    query = find_query(query_id)
    dataset, kind = query.dataset(), query.description.kind
    said.check_places(holds_table=kind == "scan")
    if dataset is not None:
        check_apart((said.json, said.root, said.output, said.plot), [spec.path for spec in dataset.files])
    warnings.simplefilter("ignore", IncompleteWarning)  # the account says it
    with said.open_session() as session:
        outcome = outcome_of(lambda: session.resume(query.id, max_excluded=said.max_excluded), draws=kind in DRAWN)
    return deliver(outcome, said)
