"""Doors for scripts that are written for coffea: change one import, keep the rest.

Lives here: `Runner`, called as coffea's own and answering with what it would (`runner.py`), with the session that
answers (`desks.py`), its work items (`items.py`, `chunks.py`) and its documents (`answers.py`); `Executor`, which plugs
into coffea's own Runner (`executor.py`, and `plugged.py`, the class that it becomes where there is coffea).
Comes in: filesets and processors. Goes out: what the processor's `postprocess` gives. Start with `runner.py`.
Needs coffea (`pip install 'overproof[coffea]'`). A session runs processors without these doors: `session.process`.
"""

from overproof.coffea.executor import Executor
from overproof.coffea.runner import Runner

__all__ = ["Executor", "Runner"]
