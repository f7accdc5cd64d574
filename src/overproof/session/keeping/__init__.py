"""Keeping: queries on disk, so that nothing is lost when a process ends.

Lives here: `folder.py`, the typed view of a query's folder; `cabinet.py`, all of them (`list_queries`, `find_query`,
`remove_query`, pruning); `keeper.py`, which writes journal and checkpoint while a query runs; what tells whether
selector, files and machine are still the same.
Comes in: what is asked, facts, outputs with their standing. Goes out: the same, in another process. A `QueryFolder`
has `id`, `path`, `description`, `state`, `is_running`, `head` (state, time, account and problem at the last
checkpoint), `account`, `size_bytes`, `log_directory`, `facts()`, `selector()`, `dataset()`, `checkpoint()`; whatever
cannot be done is a `QueryError`. The result of one that does not run: `session.conduct.recalled_result`.
"""

from overproof.session.keeping.cabinet import find_query, list_queries, remove_query
from overproof.session.keeping.description import Description
from overproof.session.keeping.folder import QueryFolder

__all__ = ["Description", "QueryFolder", "find_query", "list_queries", "remove_query"]
