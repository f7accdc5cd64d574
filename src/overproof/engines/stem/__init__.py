"""The stem: a process that has loaded all libraries once and forks workers and isolators, each in milliseconds.

Lives here: its one thread, which runs no user code, so that what it forks is as fresh as a new process.
Comes in: names and descriptors, by an inherited connection. Goes out: who began, and how who ended.
Start with `process.py`; the crew's side of it is `engines/local/forking/stem.py`.
"""

__all__: list[str] = []
