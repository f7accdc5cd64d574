"""Outposts: crews on other machines, and the crew of crews on the user's.

Lives here: `crew.py`, a crew to the driver, which knows the outposts; `station.py`, what it knows of one of them;
`outpost.py`, the process at a slot of another machine, which keeps worker processes up there as on one machine;
`payloads/`, which wait there until they are fetched, and how mergers get them; `logs/`, what user code prints there;
`abroad/`, what must be other there than here; `invitation.py` and `starter.py`, how an outpost comes to know whom to
call; `signals.py`, what they say to each other.
Comes in: slots, however they are got. Goes out: letters of workers, wherever they are. An outpost that is lost takes
its workers along; one that comes back is another one.
Start with `crew.py`, then `outpost.py`.
"""

from overproof.engines.outposts.crew import OutpostCrew
from overproof.engines.outposts.invitation import Invitation
from overproof.engines.outposts.starter import ProcessStarter, Starter

__all__ = ["Invitation", "OutpostCrew", "ProcessStarter", "Starter"]
