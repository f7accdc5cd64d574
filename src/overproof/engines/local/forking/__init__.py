"""Forking: the process that forks workers and isolators, as their crew sees it.

Lives here: its start (`planting.py`), the crew's side of it (`stem.py`), and what the two say to each other
(`requests.py`). What runs in it is the room `engines/stem`.
Comes in: names and descriptors. Goes out: processes, and how they ended. Start with `stem.py`.
"""

__all__: list[str] = []
