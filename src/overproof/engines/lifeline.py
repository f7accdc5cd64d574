"""The end of a process with that of another one, whatever either of them is doing."""

from __future__ import annotations

import fcntl
import os

from overproof.engines.waiting import ready


def end_with(lifeline: int) -> None:
    """Let the kernel end this process when the other end of a silent socket closes.

    The reading thread cannot see the end while C code holds the interpreter; SIGIO needs no interpreter, because its
    default action ends the process (on Linux; elsewhere the reading thread is all there is). Who leads a process group
    takes all of it along: what user code has started.
    """
    os.set_inheritable(lifeline, False)  # noqa: FBT003 - it takes no keyword
    leads = os.getpgrp() == os.getpid()
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpid() if leads else os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    if ready([lifeline], 0):  # it closed before anybody listened
        os._exit(0)
