"""A program that runs or resumes a query, and is killed on the way: by its own workers, or at one of its own steps.

Usage: victim.py DATA (new | ID) POINT COUNT. It prints the query's id first, and the answer as JSON last.
POINT is where to die: `block` (a worker kills it in its COUNT-th block), `fsync`, `replace`, `write` or `merge` (it
dies at the COUNT-th call), or `never`.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from everything import Everything

import overproof as op
from overproof.engines import driver
from overproof.outputs.document import account_document, dump_json, outputs_document
from overproof.outputs.state import OutputState
from overproof.session.keeping import keeper
from overproof.store import RecordFile

BLOCK = 50


class Doomed(Everything):
    """Everything, with a worker that kills the master in its n-th block, once a file says so."""

    def process(self, events: Any) -> dict[str, Any]:
        fatal = Path(self.params["fatal"])
        self.n_blocks = getattr(self, "n_blocks", 0) + 1
        if fatal.exists() and self.n_blocks >= int(fatal.read_text()):
            os.kill(master(), signal.SIGKILL)
        return super().process(events)


def master() -> int:
    """Return the process of the user: the parent of the stem that has forked this worker."""
    return int(Path(f"/proc/{os.getppid()}/stat").read_text().rpartition(")")[2].split()[1])


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(place: Any, name: str, count: int) -> None:
    """Let a function be the last thing that this process does when it is called for the n-th time."""
    function, calls = getattr(place, name), itertools.count(1)

    def called(*args: Any, **kwargs: Any) -> Any:
        if next(calls) == count:
            die()
        return function(*args, **kwargs)

    setattr(place, name, called)


def main(data: str, query_id: str, point: str, count: int) -> None:
    # Checkpoints as often as can be, so that there is something to be torn.
    driver.POLL_S = 0.01
    keeper.FIRST_CHECKPOINT_S = keeper.MIN_INTERVAL_S = keeper.COST_FACTOR = keeper.FLUSH_S = 0.0
    fatal = Path(os.environ["OVERPROOF_HOME"]) / "fatal"
    fatal.parent.mkdir(mode=0o700, exist_ok=True)
    fatal.unlink(missing_ok=True)
    if point == "block":
        fatal.write_text(str(count))
    places = {"fsync": (os, "fsync"), "replace": (os, "replace"), "write": (RecordFile, "append"),
              "merge": (OutputState, "merge")}  # fmt: skip
    if point in places:
        die_at(*places[point], count)
    with op.Session("local:2", progress=False) as session:
        if query_id == "new":
            selector = Doomed(fatal=str(fatal))
            query = session.process(selector, data, block_entries=BLOCK, delta_interval_s=0.0, wait=False)
        else:
            query = session.resume(query_id, wait=False)
        print(query.id, flush=True)
        result = query.result()
    print(dump_json(document_of(result)), flush=True)


def document_of(result: Any) -> dict[str, Any]:
    account = account_document(result.account, result.excluded, result.missing)
    return {"outputs": outputs_document(result.outputs), **account}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
