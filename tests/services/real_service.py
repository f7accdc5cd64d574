"""Real services for tests: started by their own scripts, on free ports, and stopped whatever happens."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(os.environ.get("OVERPROOF_TEST_SERVICES", CHECKOUT.parent / "shared" / "services"))

FIRST_PORT, LAST_PORT = 20_000, 32_000
"""Ports of services: below those that the kernel gives to whoever asks for any."""

START_S, STOP_S = 60, 30

STOPPER = 'cat >/dev/null; "$0" stop "$1" >/dev/null 2>&1; [ -n "$2" ] && rm -rf "$1"'
"""Waits for the end of its standard input, which comes when the tests end, in whatever way."""


class Service:
    """One service in a folder of its own, by its script.

    Args:
        script: path of the script.
        folder: where it lives: a short path, as there will be sockets in it.
        variables: what its script is to know more than we.
    """

    def __init__(self, script: Path, folder: Path, variables: Mapping[str, str]) -> None:
        self.folder = folder
        self._script = script
        self._variables = dict(variables)

    @property
    def environment(self) -> dict[str, str]:
        """What its users need in their environment more than we have."""
        written = self.folder / "env.sh"
        if not written.exists():
            return {}
        told = subprocess.run(
            ["bash", "-c", '. "$0" && env -0', written], capture_output=True, text=True, check=True, timeout=START_S
        ).stdout
        pairs = [pair.partition("=") for pair in told.split("\0") if pair]
        return {name: value for name, _, value in pairs if os.environ.get(name) != value and name not in {"_", "SHLVL"}}

    def tell(self, verb: str, *arguments: object) -> str:
        """Run its script with a verb; return what it says."""
        command = [str(self._script), verb, str(self.folder), *map(str, arguments)]
        done = subprocess.run(
            command, capture_output=True, text=True, env=os.environ | self._variables, timeout=START_S, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
        return done.stdout

    def command(self, verb: str, *arguments: object) -> list[str]:
        """Return the command that runs its script with a verb."""
        return [str(self._script), verb, str(self.folder), *map(str, arguments)]


@contextmanager
def started(name: str, *arguments: object, needs: list[str], **variables: str) -> Iterator[Service]:
    """Start a service, and stop it in the end, however the tests end.

    Args:
        name: name of its script.
        arguments: what its script gets behind the folder.
        needs: programs and files without which it cannot start.
        variables: what its script gets in its environment.
    """
    script = SCRIPTS / name
    if not script.exists():
        pytest.skip(f"the script of a real service, {name}, is absent (looked in {SCRIPTS})")
    if absent := [need for need in needs if shutil.which(need, path=search_path()) is None and not Path(need).exists()]:
        pytest.skip(f"{name} cannot start its service: {', '.join(absent)} is not installed (make services, as root)")
    with tempfile.TemporaryDirectory(prefix="op", dir="/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        service = Service(script, Path(folder), variables)
        with stopped_at_the_end(service):
            service.tell("start", *arguments)
            yield service


@contextmanager
def stopped_at_the_end(service: Service) -> Iterator[None]:
    """Stop a service in the end, even when the tests are killed: another process sees to it."""
    script, _, folder = service.command("stop")
    with subprocess.Popen(
        ["sh", "-c", STOPPER, script, folder, "too"], stdin=subprocess.PIPE, start_new_session=True
    ) as stopper:
        try:
            yield
        finally:
            assert stopper.stdin is not None
            stopper.stdin.close()
            try:
                stopper.wait(STOP_S)
            except subprocess.TimeoutExpired:  # a child of ours holds the other end
                stopper.kill()
                service.tell("stop")


def search_path() -> str:
    """Return where programs of services are looked for: also among those of the administrator."""
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def free_ports(*offsets: int) -> int:
    """Return a port that is free, and so are those this far above it."""
    for _ in range(200):
        port = random.randrange(FIRST_PORT, LAST_PORT)
        if all(is_free(port + offset) for offset in (0, *offsets)):
            return port
    raise AssertionError("no free port was found")


def is_free(port: int) -> bool:
    """Tell whether nobody listens at a port of this machine."""
    with socket.socket() as tried:
        try:
            tried.bind(("", port))
        except OSError:
            return False
    return True
