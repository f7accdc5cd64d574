"""Real services do what tests of them rest on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from batch_jobs import answer, condor_jobs, slurm_jobs
from namespaces import Hosts
from real_service import CHECKOUT, SCRIPTS, Service
from until import wait_until

SEEN = "import overproof, sys; print(*sys.version_info[:2], overproof.__version__)"

KEPT = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[1:2]
from real_service import Service, stopped_at_the_end
with stopped_at_the_end(Service(Path(sys.argv[2]), Path(sys.argv[3]), {})):
    print("started", flush=True)
    sys.stdin.read()
"""


def seen_here() -> str:
    """Return what a job must see too: this Python and this package."""
    return subprocess.run([sys.executable, "-c", SEEN], capture_output=True, text=True, check=True).stdout


def test_a_service_is_stopped_even_when_its_tests_are_killed(tmp_path: Path) -> None:
    """Nothing that a test has started outlives it, though it is killed."""
    script = tmp_path / "script.sh"
    script.write_text('#!/bin/sh\n[ "$1" = stop ] && touch "${2}.stopped"\n')
    script.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "-c", KEPT, str(Path(__file__).parent), str(script), str(tmp_path / "folder")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"started\n"
    process.send_signal(signal.SIGKILL)
    process.wait(20)
    wait_until((tmp_path / "folder.stopped").exists, "the service is not stopped")


def test_a_job_of_slurm_sees_this_python_and_this_package(slurm: Service, open_folder: Path) -> None:
    """Slurm's jobs run the interpreter that submits them, where it lies."""
    script = open_folder / "job.sh"
    script.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{SEEN}'\n")
    answer("sbatch", f"--chdir={open_folder}", "--output=said", str(script))
    wait_until(lambda: not slurm_jobs(), "the job does not end")
    assert (open_folder / "said").read_text() == seen_here()


def test_a_job_of_htcondor_sees_this_python_and_this_package(condor: Service, open_folder: Path) -> None:
    """HTCondor's jobs run the interpreter that submits them, where it lies, in a folder of their own."""
    (open_folder / "seen.py").write_text(SEEN)
    description = f"executable=/bin/sh\narguments=\"-c '{sys.executable} seen.py'\"\ntransfer_input_files=seen.py\n"
    description += "output=said\nerror=complaint\nlog=log\nrequest_memory=50\nrequest_disk=1000\nqueue\n"
    (open_folder / "job.sub").write_text(description)
    subprocess.run(["condor_submit", "job.sub"], cwd=open_folder, check=True, capture_output=True, timeout=30)
    wait_until(lambda: not condor_jobs(), "the job does not end")
    assert (open_folder / "said").read_text() == seen_here(), (open_folder / "complaint").read_text()


def test_hosts_have_addresses_and_cables_of_their_own(hosts: Hosts) -> None:
    """A host is reached until its cable is cut, and again when it is mended."""
    heard = socket.create_server((hosts.address, 0))
    connect = ["timeout", "1", "bash", "-c", f"exec 3<>/dev/tcp/{hosts.address}/{heard.getsockname()[1]}"]

    def is_reached(host: str) -> bool:
        return subprocess.run(hosts.command(host, *connect), capture_output=True, check=False).returncode == 0

    assert answer(*hosts.command("h1", "hostname")) == "h1\n"
    assert is_reached("h1")
    assert is_reached("h2")
    hosts.cut("h1")
    assert not is_reached("h1")
    assert is_reached("h2")
    hosts.heal("h1")
    wait_until(lambda: is_reached("h1"), "the host is not reached any more")
    heard.close()


def test_where_the_scripts_are_not_there_tests_skip_and_say_where_they_looked() -> None:
    """Whoever has only the repository runs the other tests."""
    variables = os.environ | {"OVERPROOF_TEST_SERVICES": str(SCRIPTS / "elsewhere")}
    chosen = f"{Path(__file__).relative_to(CHECKOUT)}::test_a_job_of_slurm_sees_this_python_and_this_package"
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", chosen],
        cwd=CHECKOUT, env=variables, capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    assert "1 skipped" in told, told
    assert str(SCRIPTS / "elsewhere") in told
