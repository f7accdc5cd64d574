"""Query: the master, which decides who computes what, and knows where every entry is.

Lives here: `master.py`, the rules, and `outlook.py`, what anybody may look at; `ledger/`, where every block is, and
the account; `isolation/`, which entries fail; `merging/`, the deltas that come in, and mergers; `attendance.py` and
`roster.py`, the workers; `files.py`, what is known of the files; `locality/`, where they lie; `shelf.py`, what waits;
`handout.py`, `packetizers/` and `speculation.py`, who gets what; `timing.py` and `statistics.py`.
Comes in: notices, each with the driver's time. Goes out: orders. All of it is pure: no clock, dice, file or thread.
Start with `master.py`.
"""
