"""All queries of this user that are on disk."""

from __future__ import annotations

import difflib

from overproof.session.keeping.folder import QueryFolder
from overproof.store import Folders, home_directory
from overproof.words.errors import QueryError
from overproof.words.states import QueryState

MAX_QUERIES = 100
MAX_BYTES = 2_000_000_000
"""How many queries that do not run are kept, and how large all of them together may be."""

LAST = "last"
"""What the newest query may be called."""


def query_folders() -> Folders:
    """Return the place of all queries.

    Raises:
        RuntimeError: there is no home directory.
    """
    return Folders(home_directory() / "queries")


def list_queries() -> list[QueryFolder]:
    """List all queries, the newest first; those that cannot be looked into are passed over."""
    try:
        folders = query_folders()
    except RuntimeError:
        return []
    found = []
    for name in reversed(folders.names()):
        try:
            folder = folders.find(name)
        except OSError:
            continue
        if folder is not None:
            found.append(QueryFolder(folder))
    return found


def find_query(query_id: str) -> QueryFolder:
    """Return a query by its id, by the beginning or end of it that no other has, or by the word `last`.

    Raises:
        QueryError: there is none, there are several, or it is not this user's own.
    """
    if query_id == LAST:
        return _last_query()
    if not query_id:
        raise QueryError("the id of a query is empty: give one, or `last`; `overproof queries` lists them")
    try:
        folders = query_folders()
        names = folders.names()
        folder = folders.find(_name_of(query_id, names))
    except (RuntimeError, OSError) as error:
        raise QueryError(f"query {query_id}: {error}") from error
    if folder is None:
        near = difflib.get_close_matches(query_id, names, n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; `overproof queries` lists those that are kept"
        raise QueryError(f"there is no query {query_id}{hint}")
    return QueryFolder(folder)


def remove_query(query_id: str) -> str:
    """Remove a query from disk, and return its whole id.

    Raises:
        QueryError: there is none, it runs, or it cannot be removed.
    """
    name = find_query(query_id).id
    try:
        is_gone = query_folders().remove(name)
    except OSError as error:
        raise QueryError(f"query {name} cannot be removed: {error}") from error
    if not is_gone:
        raise QueryError(f"query {name} runs: stop it first")
    return name


def prune_queries() -> list[str]:
    """Remove the oldest queries beyond what is to be kept: the finished ones first, never one that runs."""
    finished: list[str] = []
    others: list[str] = []
    for query in reversed(list_queries()):
        try:
            state = query.state
        except Exception:  # noqa: BLE001 - a damaged folder may say anything, and must not harm the others
            state = ""
        (finished if state == QueryState.FINISHED else others).append(query.id)
    return query_folders().prune([*finished, *others], max_folders=MAX_QUERIES, max_bytes=MAX_BYTES)


def _last_query() -> QueryFolder:
    """Return the newest query.

    Raises:
        QueryError: there is none.
    """
    found = list_queries()
    if not found:
        raise QueryError("there is no query on disk yet: run one first, without --no-journal")
    return found[0]


def _name_of(query_id: str, names: list[str]) -> str:
    """Complete an id of which a part was given.

    Raises:
        QueryError: several begin or end so.
    """
    if query_id in names:
        return query_id
    fitting = [name for name in names if name.startswith(query_id) or name.endswith(query_id)]
    if len(fitting) > 1:
        raise QueryError(f"there are {len(fitting)} queries {query_id}: {', '.join(fitting[-3:])}; give more of the id")
    return fitting[0] if fitting else query_id
