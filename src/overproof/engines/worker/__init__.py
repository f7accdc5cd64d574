"""The worker: computes blocks and hands over deltas.

Lives here: `compute.py`, a worker without time or transport; `source.py`, which turns blocks into events; `process.py`,
the process around it (`python -m overproof.engines.worker`); scripts, failures and identity.
Comes in: commands. Goes out: replies, and deltas as payloads. Start with `compute.py`.
"""
