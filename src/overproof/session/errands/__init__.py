"""Errands for the engines of others: their items, over workers of a session.

Lives here: a map whose caller shows it, and says what lacks, as their engine does (`at_once.py`).
Comes in: a session, a function and items. Goes out: a `Mapped`. Start with `at_once.py`.
Who asks are the doors for scripts that are written for other tools.
"""

from overproof.session.errands.at_once import map_at_once

__all__ = ["map_at_once"]
