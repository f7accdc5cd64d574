"""The isolator: tries what has failed again, alone, in processes that it can afford to lose.

Lives here: `isolator.py`, who takes orders and answers them; `child.py`, a forked process in which user code runs;
`ward.py`, the watch over it, and how its end is read; `process.py`, the process around it all
(`python -m overproof.engines.isolator`); `task.py`, what a child is to do.
Comes in: packets and probes. Goes out: deltas, failures and answers to probes. Start with `isolator.py`.
"""
