"""Doors for scripts that are written for coffea: change one import, keep the rest.

Lives here: `Runner`, called as coffea's own and answering with what it would, and `Executor`, which plugs into coffea's
Runner. Both start a session, or take one, and translate.
Comes in: filesets and processors. Goes out: what the processor's `postprocess` gives. Start with `runner.py`.
Needs coffea (`pip install 'overproof[coffea]'`). A session runs processors without these doors: `session.process`.
"""
