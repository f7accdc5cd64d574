"""Merging: deltas that are merged on their way to the master, by processes beside the workers.

Lives here: `intake.py`, what becomes of the deltas that are offered; `backlog.py`, those that have to wait for that;
`policy.py`, how many mergers there should be, and on which hosts; `staff.py`, which there are, and whose deltas go to
which; `merging.py`, what becomes of a delta that is passed to one, and of what a merger has gathered.
Comes in: offers of workers and mergers, and what became of deltas. Goes out: orders to take, refuse or pass deltas, and
to call mergers.
Start with `intake.py`, then `policy.py` and `merging.py`.
"""

from overproof.query.merging.intake import Intake
from overproof.query.merging.merging import Merging
from overproof.query.merging.policy import Crowd, MergerPolicy, just, near_the_root

__all__ = ["Crowd", "Intake", "MergerPolicy", "Merging", "just", "near_the_root"]
