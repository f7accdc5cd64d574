"""An isolator in a process of its own, at the inherited end of a connection."""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys

from overproof.engines.clock import MonotonicClock
from overproof.engines.libraries import load_all
from overproof.engines.lifeline import end_with
from overproof.engines.local.channel import Channel, ChannelClosedError
from overproof.engines.local.logbook import Logbook

NICENESS = 12
"""All other work goes on meanwhile: beside busy workers an isolator gets a fifteenth of one core, and all of it when
one of them idles."""


def main() -> None:
    """Run the isolator that the command line names."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    load_all()  # here, where it was not forked from a process that has them: its children would each load them anew
    os.nice(NICENESS)
    name, descriptor, lifeline, *handles = sys.argv[1], *map(int, sys.argv[2:])
    end_with(lifeline)
    logbook = Logbook(handles[0]) if handles else None
    os.dup2(2, 1)  # what user code prints must not mix with the user's own output
    from overproof.engines.isolator.isolator import Isolator

    channel = Channel(socket.socket(fileno=descriptor))
    isolator = Isolator(name, channel, clock=MonotonicClock(), logbook=logbook, lifeline=lifeline)
    gc.freeze()  # so that children share the pages of all that is loaded
    gc.enable()
    try:
        isolator.run()
    except ChannelClosedError:
        os._exit(0)  # its children end with it
