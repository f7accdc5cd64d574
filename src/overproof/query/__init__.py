"""Query: the master, which decides who computes what, and knows where every entry is.

Lives here: `master.py`, the rules; `ledger.py`, where every block is, and the account; `roster.py`, the workers;
`files.py`, what is known of the files; `shelf.py`, what waits; `gaps.py`, what the result lacks; `statistics.py`;
`packetizers/`, the policies.
Comes in: notices, each with the driver's time. Goes out: orders. All of it is pure: no clock, dice, file or thread.
Start with `master.py`.
"""
