"""Engines: where packets run.

Lives here: the driver, which joins the pure master to a crew of workers; the crews (`inline`, `processes`,
`simulated`); the worker itself (`worker/`); the messages and the channel between them.
Comes in: a query's brief and a master. Goes out: merged outputs, an account, facts for the journal.
Start with `crew.py`, then `driver.py` and `worker/compute.py`.
"""
