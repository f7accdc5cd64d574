"""Local: worker processes on this machine, and who watches over them.

Lives here: `processes.py`, the crew; `staff.py`, who is in it; `hand.py`, one process; `backoff.py`, how fast the dead
are replaced; `channel.py`, frames over a socket pair, `mailbox.py`, many of them; `logbook.py`, what a worker has in
hand; `watch/`, what workers take; `cores.py`, how many processors there are.
Comes in: commands for workers. Goes out: their letters, and their losses. Start with `processes.py`.
"""
