"""Logs: what is printed on machines where the session's folder is out of reach, on its way to that folder.

Lives here: `sending.py`, the outpost's side, which looks for what was printed and sends it; `writing.py`, the session's
side, which writes it down as if it had been printed here.
Comes in: files that workers of an outpost write. Goes out: the same files in the folder of the query.
Start with `sending.py`.
"""

from overproof.engines.outposts.logs.sending import LogGrew, LogSender
from overproof.engines.outposts.logs.writing import LogWriter

__all__ = ["LogGrew", "LogSender", "LogWriter"]
