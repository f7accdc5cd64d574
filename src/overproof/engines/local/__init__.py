"""Local: worker processes on this machine, and who watches over them.

Lives here: `processes.py`, the crew; `channel.py`, frames over a socket pair;
`cores.py`, how many processors there are.
Comes in: commands for workers. Goes out: their letters, and their losses. Start with `processes.py`.
"""
