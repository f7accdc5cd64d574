"""Surroundings: what changes around a query while it runs, and is none of the master's to find out.

Lives here: where its files lie (`whereabouts.py`), whether what they are read with is still valid (`passes.py`), and
which protocols have either (`protocols.py`); all of it for one query (`surroundings.py`).
Comes in: the dataset, hosts of workers, the user's credentials. Goes out: notices for the master, credentials for
workers. Nobody waits for it longer than a second. Start with `surroundings.py`.
"""

from overproof.session.surroundings.surroundings import Surroundings

__all__ = ["Surroundings"]
