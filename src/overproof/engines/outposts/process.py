"""An outpost in a process of its own: how it begins, and how it is told to leave.

Its invitation is the first line of standard input. The line `leave` there, its end, or SIGTERM lets its workers hand
over, and then it ends: so it goes when whoever has started it does.
"""

from __future__ import annotations

import argparse
import signal
import socket
import sys
import threading

from overproof.engines.outposts.invitation import Invitation
from overproof.engines.outposts.outpost import Outpost
from overproof.words.errors import OverproofError

LEAVE = "leave"
ALONE = 75
"""Exit code after too long a time without a session."""


def main() -> None:
    """Run the outpost that the command line describes."""
    parser = argparse.ArgumentParser(prog="python -m overproof.engines.outposts", description=__doc__)
    parser.add_argument("--workers", type=int, default=1, help="worker processes to keep up")
    parser.add_argument("--memory-bytes", type=int, default=None, help="memory of all of them; default: the machine's")
    parser.add_argument("--host", default=socket.gethostname(), help="name of this machine, as files' hosts are named")
    parser.add_argument("--listen", default=None, help="address for other outposts; default: all of this machine")
    parser.add_argument("--quit-after", type=float, default=60.0, help="seconds without a session before it ends")
    parser.add_argument("--leave-after", type=float, default=None, help="seconds after which it leaves by itself")
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        invitation = Invitation.from_text(sys.stdin.readline())
    except OverproofError as error:
        sys.exit(f"overproof: {error}")
    outpost = Outpost(
        invitation,
        n_workers=options.workers,
        host=options.host,
        memory_bytes=options.memory_bytes,
        listen_on=options.listen,
        quit_after_s=options.quit_after,
        leave_after_s=options.leave_after,
    )
    signal.signal(signal.SIGTERM, lambda _number, _frame: outpost.leave())
    threading.Thread(target=_heed, args=(outpost,), daemon=True, name="starter").start()
    try:
        outpost.run()
    except OverproofError as error:
        sys.exit(f"overproof: the outpost on {options.host} ends: {error}")
    if outpost.was_alone:
        sys.exit(ALONE)


def _heed(outpost: Outpost) -> None:
    """Hear whoever has started this process; leave when he is gone."""
    for line in sys.stdin:
        if line.strip() == LEAVE:
            break
    outpost.leave()
