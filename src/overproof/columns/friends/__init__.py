"""Friends: trees that are read beside another one, entry by entry.

Lives here: a tree and its friends as one reader, and the friends that a TTree names itself.
Comes in: a `FileSpec` with friends, or of a tree that has some. Goes out: a `Reader`. What needs uproot is imported
from its own file. Start with `opening.py`, then `joined.py`.
"""

__all__: list[str] = []
