"""What looks around on a Dask worker, and keeps an outpost there. Its text is sent, and run by the Python over there.

So it must run where nothing of ours is installed, and under any Python that Dask runs under: no import of ours, and
nothing that Python 3.9 does not know. What it finds, and what becomes of the outpost, is told as events of Dask.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any

from distributed.diagnostics.plugin import WorkerPlugin

LIBRARIES = ("awkward", "boost-histogram", "cloudpickle", "hist", "llvmlite", "numpy", "uproot")
"""Those whose versions may change an answer, or what can be sent."""
LEAVING_S = 25.0
"""How long an outpost may take to leave."""
MARGIN_S = 60.0
"""How long before its slot ends an outpost leaves, where the slot lasts long enough."""
FIRST_PAUSE_S, LAST_PAUSE_S, MAX_PAUSES = 0.5, 60.0, 30
"""Between one outpost and the next on the same slot: twice as long each time, and so often."""
GOOD_LIFE_S = 30.0
"""An outpost that lived as long has not failed to start."""
TAIL_BYTES = 4000
GOODBYE_S = 0.5
ALONE = 75
"""Exit code of an outpost that found no session, or none any more."""
NOT_FOR_OUTPOSTS = ("BEARER_TOKEN", "DASK_INTERNAL_INHERIT_CONFIG")
"""Variables with secrets that a Dask worker may have: the session gives what workers need."""
JOB_LOG = "OVERPROOF_JOB_LOG"


def environment() -> dict[str, Any]:
    """Say which Python and which libraries there are here; version None: not installed."""
    versions: dict[str, str | None] = {}
    for name in ("overproof", *LIBRARIES):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = None
    if versions["overproof"] is None and importlib.util.find_spec("overproof") is not None:
        versions["overproof"] = importlib.import_module("overproof").__version__  # from a path, not installed
    return {"python": "{}.{}".format(*sys.version_info[:2]), "versions": versions}


def refusal(here: dict[str, Any], there: dict[str, Any]) -> str:
    """Say why nothing can run there that was written here; empty: it can."""
    ours, theirs = here["versions"]["overproof"], there["versions"]["overproof"]
    if here["python"] != there["python"]:
        return f"Python {there['python']} there, {here['python']} here: code cannot travel between them"
    if theirs is None:
        return "overproof is not installed there: install overproof " + str(ours)
    if ours != theirs:
        return f"overproof {theirs} there, {ours} here: install the same version"
    return ""


def differences(here: dict[str, Any], there: dict[str, Any]) -> str:
    """List the libraries that differ."""
    pairs = ((name, there["versions"][name], here["versions"][name]) for name in LIBRARIES)
    return ", ".join(
        f"{name} {theirs or 'missing'} there, {ours} here" for name, theirs, ours in pairs if theirs != ours
    )


def seconds_left(environ: Any) -> float | None:
    """Return how long this slot lasts, as its batch system says; None: nobody knows."""
    end = environ.get("SLURM_JOB_END_TIME", "")
    if not end and environ.get("SLURM_JOB_ID"):
        command = ["squeue", "-h", "-j", environ["SLURM_JOB_ID"], "-o", "%L"]
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            said = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
            return seconds_of(said.strip())
    return float(end) - time.time() if end.isdigit() else None


def seconds_of(text: str) -> float | None:
    """Read Slurm's `days-hours:minutes:seconds`; None: it has no end."""
    days, _, rest = text.rpartition("-")
    numbers = rest.split(":")
    if not all(part.isdigit() for part in [days or "0", *numbers]):
        return None
    total = 0
    for part in numbers:
        total = total * 60 + int(part)
    return float(int(days or 0) * 86400 + total)


def _environment() -> dict[str, str]:
    """Return the environment of an outpost, with overproof within its reach, and nothing of the current directory."""
    found = {name: value for name, value in os.environ.items() if name not in NOT_FOR_OUTPOSTS}
    found["PYTHONSAFEPATH"] = "1"
    spec = importlib.util.find_spec("overproof")
    if spec is not None and spec.origin:
        parent = os.path.dirname(os.path.dirname(spec.origin))
        if not parent.endswith("-packages"):
            found["PYTHONPATH"] = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH", ""), parent]))
    return found


class Scout(WorkerPlugin):  # type: ignore[misc]  # distributed has types in part only
    """Keeps an outpost up beside a Dask worker, until either leaves.

    Args:
        data: `topic` of events, `client` of Dask that the session has, `invitation` on one line, `environment` of the
            user, `arguments` of outposts, and whether this process `is_own`: it was started for the session, and ends
            with it.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data
        self._worker: Any = None
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._is_leaving = threading.Event()
        self._has_left = threading.Event()
        self._had_handler: Any = None

    def setup(self, worker: Any) -> None:
        """Look around, and start the outpost if that makes sense."""
        self._worker = worker
        there = environment()
        problem = refusal(self._data["environment"], there)
        if problem:
            self._tell("refused", reason=problem)
            return
        self._tell("accepted", reason=differences(self._data["environment"], there))
        if threading.current_thread() is threading.main_thread():
            # Batch systems tell all processes of a job to end. A nanny hears it too, and asks this one to close; where
            # there is none, Dask would drop everything at once.
            handler = self._hear_signal if worker.nanny is None else signal.SIG_IGN
            self._had_handler = signal.signal(signal.SIGTERM, handler)
        threading.Thread(target=self._keep_up, daemon=True, name="overproof-scout").start()

    async def teardown(self, worker: Any) -> None:
        """Let the outpost hand over and leave."""
        self._begin_leaving(self._end if self._data["is_own"] else self._stay)
        while not self._has_left.is_set():
            await asyncio.sleep(0.05)
        if self._had_handler is not None:
            with contextlib.suppress(ValueError):
                signal.signal(signal.SIGTERM, self._had_handler)

    # -- leaving

    def _hear_signal(self, _number: int, _frame: Any) -> None:
        self._begin_leaving(self._end if self._data["is_own"] else self._pass_signal_on)

    def _begin_leaving(self, then: Any) -> None:
        """Leave in a thread, which nobody can cancel."""
        if not self._is_leaving.is_set():
            self._is_leaving.set()
            threading.Thread(target=self._leave, args=(then,), daemon=True, name="overproof-leaving").start()

    def _leave(self, then: Any) -> None:
        with self._lock:
            process = self._process
        if process is not None:
            with contextlib.suppress(OSError, ValueError):
                process.stdin.write("leave\n")  # type: ignore[union-attr]  # it is a pipe
                process.stdin.flush()  # type: ignore[union-attr]
            try:
                process.wait(LEAVING_S)
            except subprocess.TimeoutExpired:
                process.kill()
        self._has_left.set()
        then()

    def _stay(self) -> None:
        """Go on with this process: it belongs to others."""

    def _end(self) -> None:
        """End this process, in whatever state Dask left it; give it a moment to say good-bye."""
        self._worker.loop.add_callback(self._worker.close, reason="its outpost has left")
        time.sleep(GOODBYE_S)
        if JOB_LOG in os.environ:
            with contextlib.suppress(OSError):
                os.unlink(os.environ[JOB_LOG])  # nothing in it that anybody would look for
        os._exit(0)

    def _pass_signal_on(self) -> None:
        """Let happen what would have happened without us."""

        def pass_on() -> None:
            signal.signal(signal.SIGTERM, self._had_handler)
            os.kill(os.getpid(), signal.SIGTERM)

        self._worker.loop.add_callback(pass_on)

    # -- in a thread of its own

    def _keep_up(self) -> None:
        """Start an outpost, and another one where it fails; one that ends well was told to."""
        left_s = seconds_left(os.environ)
        ends_s = None if left_s is None else time.monotonic() + left_s
        pause_s = FIRST_PAUSE_S
        for _ in range(MAX_PAUSES):
            started_s = time.monotonic()
            code, said = self._run(ends_s)
            if self._is_leaving.is_set():
                return
            if ends_s is not None and time.monotonic() > ends_s - 2 * MARGIN_S:
                self._give_slot_back()
                return
            if code == ALONE and not self._data["is_own"]:
                self._worker.loop.add_callback(self._sweep)
            if code in (0, ALONE):
                return
            self._tell("died", reason=f"exit code {code}" + (f": {said}" if said else ""))
            pause_s = FIRST_PAUSE_S if time.monotonic() - started_s > GOOD_LIFE_S else min(2 * pause_s, LAST_PAUSE_S)
            if self._is_leaving.wait(pause_s):
                return

    def _run(self, ends_s: float | None) -> tuple[int, str]:
        """Run an outpost to its end; return its exit code, and what it said last."""
        with tempfile.TemporaryFile("w+") as said:
            with self._lock:
                if self._is_leaving.is_set():
                    return 0, ""
                process = self._process = self._start(said, ends_s)
            with contextlib.suppress(OSError):
                process.stdin.write(self._data["invitation"] + "\n")  # type: ignore[union-attr]
                process.stdin.flush()  # type: ignore[union-attr]
            code = process.wait()
            process.stdin.close()  # type: ignore[union-attr]
            said.seek(max(0, said.seek(0, os.SEEK_END) - TAIL_BYTES))
            lines = said.read()
        if lines:
            print(lines, file=sys.stderr)
        return code, (lines.strip().splitlines() or [""])[-1]

    def _start(self, said: Any, ends_s: float | None) -> subprocess.Popen[str]:
        state = self._worker.state
        command = [sys.executable, "-m", "overproof.engines.outposts", "--workers", str(max(1, state.nthreads))]
        memory_bytes = self._worker.memory_manager.memory_limit
        if memory_bytes:
            command += ["--memory-bytes", str(int(memory_bytes))]
        if ends_s is not None:
            left_s = ends_s - time.monotonic()
            command += ["--leave-after", str(max(1.0, left_s - min(MARGIN_S, left_s / 2)))]
        return subprocess.Popen(
            [*command, *self._data["arguments"]],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, text=True,
            env=_environment(), start_new_session=True,
        )  # fmt: skip

    async def _sweep(self) -> None:
        """Have scouts of a session that was killed sent to nobody any more; it is there while its client is."""
        scheduler = self._worker.scheduler
        with contextlib.suppress(OSError, ValueError):  # ValueError: another scout was faster
            events = await scheduler.events(topic=self._data["client"])
            seen = [event.get("action") for _, event in events if isinstance(event, dict)]
            seen = [action for action in seen if action in ("add-client", "remove-client")]
            if not seen or seen[-1] == "remove-client":
                await scheduler.unregister_worker_plugin(name=self._data["topic"])

    def _give_slot_back(self) -> None:
        """End the Dask worker, whose slot is about to end anyway: its job may be replaced now."""
        self._worker.loop.add_callback(self._worker.close_gracefully)

    def _tell(self, what: str, *, reason: str) -> None:
        event = {"what": what, "host": socket.gethostname(), "worker": str(self._worker.address), "reason": reason}
        self._worker.loop.add_callback(self._worker.log_event, self._data["topic"], event)
