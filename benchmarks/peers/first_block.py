"""How soon a first block is handed to a selector; the selector touches one flat column, and looks at the clock."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.peers.protocol import TREE, now

BEGAN_S = now()

import overproof as op  # noqa: E402 - the clock starts before anything is imported


class Clock(op.Selector):
    """Tells when it got its block, and when it had a column of it."""

    def process(self, events):
        begun = now()
        n_entries = len(events.run)
        return {"handed": [begun], "touched": [now()], "entries": n_entries}


def main() -> None:
    """Ask one question of the file that the request names."""
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with op.Session(f"local:{request['workers']}") as session:
        result = session.process(Clock(), f"{request['files'][0]}:{TREE}")
        handed, touched = min(result["handed"]), min(result["touched"])
        answered = now()
    reply = {"began_s": BEGAN_S, "handed_s": handed, "touched_s": touched, "answered_s": answered}
    Path(request["reply"]).write_text(json.dumps(reply), encoding="utf-8")


if __name__ == "__main__":
    main()
