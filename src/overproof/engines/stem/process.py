"""A stem in a process of its own, at the inherited end of a connection."""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import runpy
import signal
import socket
import sys
import traceback
from typing import TypeAlias

from overproof.engines.libraries import load, load_all, load_first
from overproof.engines.lifeline import end_with
from overproof.engines.local.forking.requests import MAX_REQUEST_BYTES, N_DESCRIPTORS, Bear, Began, Bury, Ended, Load
from overproof.engines.waiting import ready

Request: TypeAlias = Bear | Bury | Load


class Stem:
    """Forks what it is asked to, and tells how it ended; the dead keep their numbers until they are buried.

    Args:
        connection: to the crew; one request or report a packet.
        lifeline: of this process, which is not for what it forks.
    """

    def __init__(self, connection: socket.socket, *, lifeline: int) -> None:
        self._connection = connection
        self._lifeline = lifeline
        self._living: dict[int, int] = {}
        self._dead: dict[int, int] = {}
        self._has_all = False
        self._has_forked = False
        self._bell, bell = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._bell_end = bell
        signal.set_wakeup_fd(bell, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def run(self) -> None:
        """Serve until the crew is gone."""
        while True:
            readable = ready([self._connection, self._bell], None)
            if self._bell in readable:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._bell, 4096)
                self._report_dead()
            if self._connection.fileno() in readable:
                requests, has_ended = self._requests()
                for request, descriptors in requests:
                    self._do(request, descriptors)
                if has_ended:
                    self._bury_all()
                    return

    def _requests(self) -> tuple[list[tuple[Request, list[int]]], bool]:
        """Return all that it is asked for by now, what is to be loaded first of all, and whether the crew is gone."""
        requests: list[tuple[Request, list[int]]] = []
        while ready([self._connection], 0):
            data, descriptors, _, _ = socket.recv_fds(self._connection, MAX_REQUEST_BYTES, N_DESCRIPTORS)
            if not data:
                return [], True  # whoever was asked for would end at once
            # The crew's own end of a socket pair: nobody else has it.
            requests.append((pickle.loads(data), descriptors))
        return sorted(requests, key=lambda each: not isinstance(each[0], Load)), False

    def _do(self, request: Request, descriptors: list[int]) -> None:
        if isinstance(request, Load):
            if not self._has_forked:
                load(request.names)
            return
        if isinstance(request, Bury):
            if (pid := self._dead.pop(request.number, 0)) != 0:
                os.waitpid(pid, 0)
            return
        if not request.in_haste and not self._has_all:
            load_all()
            self._has_all = True
        self._has_forked = True
        try:
            pid = os.fork()
        except OSError as error:
            self._report(Ended(number=request.number, exit_code=None, reason=f"it cannot be started: {error}"))
            pid = -1
        if pid == 0:
            with _no_way_back():
                self._leave()
                _become(request, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        if pid > 0:
            with contextlib.suppress(OSError):  # it was faster; or is gone
                os.setpgid(pid, pid)
            self._living[request.number] = pid
            self._report(Began(number=request.number, pid=pid))

    def _report_dead(self) -> None:
        for number, pid in list(self._living.items()):
            ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is not None:
                self._dead[number] = self._living.pop(number)
                exit_code = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
                self._report(Ended(number=number, exit_code=exit_code))

    def _bury_all(self) -> None:
        """Leave nobody dead behind; who still lives ends with the crew, and is the system's to bury."""
        for pid in (*self._dead.values(), *self._living.values()):
            os.waitpid(pid, os.WNOHANG)

    def _report(self, report: Began | Ended) -> None:
        with contextlib.suppress(OSError):  # the crew is gone: the lifeline ends this process
            self._connection.send(pickle.dumps(report))

    def _leave(self) -> None:
        """Close, in a child, what belongs to this process alone."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self._connection.close()
        for descriptor in (self._bell, self._bell_end, self._lifeline):
            os.close(descriptor)


class _no_way_back(contextlib.AbstractContextManager[None]):  # noqa: N801 - reads as a word in `with`
    """Let nothing of a child run on into the code of its parent."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        code = error.code if isinstance(error, SystemExit) and isinstance(error.code, int) else 1
        if error is not None and not isinstance(error, SystemExit):
            traceback.print_exception(error)
        with contextlib.suppress(AttributeError, OSError, ValueError):
            sys.stderr.flush()
        os._exit(0 if error is None else code)


def _become(request: Bear, descriptors: list[int]) -> None:
    """Turn a fresh child into what was asked for, as `python -m MODULE NAME FD ...` would."""
    os.setpgid(0, 0)  # a Ctrl-C in the terminal is not for it; and it is ended with all that it starts
    with contextlib.suppress(OSError):  # the directory is gone: it stays where its parent was
        os.chdir(request.directory)
    if (dice := sys.modules.get("numpy.random")) is not None:
        dice.seed()  # those of user code, which must not be the same in all children
    sys.argv[1:] = [request.name, *map(str, descriptors)]
    runpy.run_module(request.module, run_name="__main__", alter_sys=True)


def main() -> None:
    """Run the stem that the command line describes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Batch systems tell every process of a job to go: workers hand over then, which they could not as orphans.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    gc.disable()  # while libraries load, nothing becomes garbage
    descriptor, lifeline = map(int, sys.argv[1:3])
    end_with(lifeline)
    connection = socket.socket(fileno=descriptor)
    connection.set_inheritable(False)
    os.dup2(2, 1)  # what user code prints must not mix with the user's own output
    load_first()
    gc.freeze()
    gc.enable()
    Stem(connection, lifeline=lifeline).run()
    os._exit(0)  # somebody waits for the end, and to take Python apart takes longer than all the rest of it
