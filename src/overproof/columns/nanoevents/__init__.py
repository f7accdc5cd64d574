"""NanoEvents: the entries of a block as coffea's schemas show them, read by our readers.

Lives here: which schemas there are (`schemas.py`), what a file looks like in one (`forms.py`, made once a file and
worker), where its columns come from (`mapping.py`), and the array that a processor gets (`block.py`).
Comes in: the lazy record of a block, and a schema. Goes out: an awkward array as `NanoEventsFactory` would give it.
Needs coffea, which is loaded when one of these files is. Start with `block.py`.
"""
