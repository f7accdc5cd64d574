"""Simulation: how well the master shares work out, up to 10,000 workers, in virtual time.

Lives here: the clusters and datasets that are simulated (`scenarios.py`), what comes of one (`measuring.py`), how many
decisions the bare master makes (`bare_master.py`), plots (`plots.py`), the page that they are put into (`page.py`).
Comes in: names of scenarios, on the command line. Goes out: JSON, plots and a page. Start with `scenarios.py`;
`python -m benchmarks.simulation` runs it.
"""
