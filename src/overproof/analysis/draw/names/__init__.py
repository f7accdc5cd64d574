"""Names in an expression, looked up in the schema of a tree.

Lives here: how a name finds its branch, and what is said when there is none.
Comes in: a name of the grammar and a `Schema`. Goes out: a `Branch`. Start with `lookup.py`.
"""

__all__: list[str] = []
