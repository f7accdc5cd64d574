"""Packetizers: how many blocks an idle worker gets next.

Lives here: one policy a file, each a pure function of a `View`; `table.py` finds one by its name.
Comes in: a view of the worker, of all workers and of what is left. Goes out: a number of blocks, 0 for "wait".
Start with `view.py`, then `adaptive.py`.
"""

from overproof.query.packetizers.adaptive import adaptive
from overproof.query.packetizers.by_file import by_file
from overproof.query.packetizers.fixed import fixed
from overproof.query.packetizers.local_only import local_only
from overproof.query.packetizers.single import single
from overproof.query.packetizers.table import packetizer_by_name
from overproof.query.packetizers.view import Packetizer, View

__all__ = ["Packetizer", "View", "adaptive", "by_file", "fixed", "local_only", "packetizer_by_name", "single"]
