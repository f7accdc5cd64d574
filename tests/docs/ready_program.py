"""Programs from a process that has loaded the libraries: the pages call `overproof` dozens of times.

`python ready_program.py DIRECTORY` makes two programs there, `overproof` and `page`, says so, and serves them until it
is ended. Each call is a fork with the arguments, directory, environment and streams of the caller, a process of its own
in all but this: libraries are loaded already. `page FILE` runs a script, as `python FILE` would.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import runpy
import signal
import socket
import sys
from pathlib import Path
from typing import Any

LIBRARIES = ("awkward", "hist", "uproot", "matplotlib.pyplot", "mplhep", "overproof.cli.main", "overproof.session")

PROGRAM = """#!{python} -IS
import json, os, socket, sys
call = {{"program": __file__, "arguments": sys.argv[1:], "directory": os.getcwd(), "environment": dict(os.environ)}}
text = json.dumps(call).encode()
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    socket.send_fds(server, [len(text).to_bytes(8, "big")], [0, 1, 2])
    server.sendall(text)
    sys.exit(int(server.recv(8) or b"70"))
"""
"""What stands in the place of a program: it hands its call over, and waits for the exit code."""


def main(directory: Path) -> None:
    """Load the libraries and answer calls; in a child, be the program that was called."""
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):  # without the extra `plot` there are no pictures
            __import__(name)
    address = str(directory / "socket")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        for name in ("overproof", "page"):
            program = directory / name
            program.write_text(PROGRAM.format(python=sys.executable, address=address), encoding="utf-8")
            program.chmod(0o700)
        print("ready", flush=True)
        connection = next_call(listener)
    program, *arguments = become(connection)
    ending = Ending(connection)
    if Path(program).name == "overproof":
        from overproof.cli.program import run

        ending.of(run)
    else:
        sys.argv = arguments
        sys.path[0] = str(Path(arguments[0]).parent)
        ending.of(runpy.run_path, arguments[0], run_name="__main__")


def next_call(listener: socket.socket) -> socket.socket:
    """Wait for calls, for ever; come back in a child for each of them."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children: they tell their end themselves
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            return connection
        connection.close()


def become(connection: socket.socket) -> list[str]:
    """Take the streams, directory, environment and arguments of the caller; return the latter, the program first."""
    size, streams, *_ = socket.recv_fds(connection, 8, 3)
    with connection.makefile("rb") as text:
        call: dict[str, Any] = json.loads(text.read(int.from_bytes(size, "big")))
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = sys.__stdin__ = open(0)  # noqa: SIM115 - these three are open to the end
    sys.stdout = sys.__stdout__ = open(1, "w")  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w", buffering=1)  # noqa: SIM115
    os.chdir(call["directory"])
    os.environ.clear()
    os.environ.update(call["environment"])
    sys.argv = [call["program"], *call["arguments"]]
    sys.path[0] = str(Path(call["program"]).parent)
    return sys.argv


class Ending:
    """Tells the caller the exit code at the very end; a process that is killed before tells none."""

    def __init__(self, connection: socket.socket) -> None:
        self._code = 1
        self._connection = connection
        atexit.register(self._tell)

    def of(self, function: Any, *arguments: Any, **keywords: Any) -> None:
        """Call the program, and note how it ends."""
        try:
            function(*arguments, **keywords)
        except SystemExit as leaving:
            self._code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
            raise
        self._code = 0

    def _tell(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # nobody reads it; or it is closed already
            sys.stdout.flush()
        self._connection.sendall(str(self._code).encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
