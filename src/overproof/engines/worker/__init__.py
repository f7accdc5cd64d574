"""The worker: computes blocks and hands over deltas.

Lives here: `compute.py`, a worker without time or transport; `ranges.py`, one try of the selector on a block;
`handover.py`, its deltas; `source.py`, which turns blocks into events; `process.py`, the process around it
(`python -m overproof.engines.worker`); `logs/`, what user code prints; scripts, failures and identity.
Comes in: commands. Goes out: replies, and deltas as payloads. Start with `compute.py`.
"""
