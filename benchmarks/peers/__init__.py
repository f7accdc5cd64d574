"""Peers: who answers questions, each in a new process.

Lives here: what a peer is asked and answers (`protocol.py`); overproof (`with_overproof.py`), data frames of ROOT
(`with_rdataframe.py`), coffea (`with_coffea.py`), graphed (`with_graphed.py`), uproot and awkward in one process
(`with_awkward.py`); processors (`processors.py`) in coffea's Runner (`with_futures.py`) and in ours (`with_runner.py`);
and three yardsticks: decompression alone (`decompression.py`, with `stored.py`), reading alone (`reading.py`),
histograms alone (`kernel.py`). `parallel.py` shares work between processes.
Comes in: a request, as JSON. Goes out: a reply, as JSON. Start with `protocol.py`.
"""
