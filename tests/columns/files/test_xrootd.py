"""Laws of files on a real cluster of XRootD servers: the columns of the local file, whatever the servers go through."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from overproof.columns.files import remote
from overproof.columns.files.remote import RemoteFile
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec
from overproof.words.errors import DatasetError

CHECKOUT = Path(__file__).resolve().parents[3]
SERVICES = Path(os.environ.get("OVERPROOF_TEST_SERVICES", CHECKOUT.parent / "shared" / "services"))
SCRIPT = SERVICES / "xrootd-cluster.sh"

pytest.importorskip("fsspec_xrootd", reason="the packages xrootd and fsspec-xrootd are not installed")
if not SCRIPT.exists() or shutil.which("xrootd") is None:
    pytest.skip(f"no XRootD servers here (looked for {SCRIPT} and xrootd)", allow_module_level=True)


class Cluster:
    """A redirector and two data servers on this machine."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = 20_000 + free.getsockname()[1] % 20_000
        self.url = f"root://localhost:{port}//store"
        self.run("start", str(port))

    def run(self, verb: str, *arguments: str) -> None:
        subprocess.run(
            ["bash", str(SCRIPT), verb, str(self.directory), *arguments], check=True, capture_output=True, timeout=60
        )

    def put(self, path: Path) -> str:
        """Give a file to the first data server; return its URL."""
        place = self.directory / "data" / "ds1" / "store" / path.name
        shutil.copyfile(path, place)
        place.chmod(0o644)
        return f"{self.url}/{path.name}"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    directory = Path(tempfile.mkdtemp(prefix="xrd-"))
    directory.chmod(0o755)
    cluster = Cluster(directory)
    yield cluster
    cluster.run("stop")
    shutil.rmtree(directory, ignore_errors=True)


@pytest.mark.parametrize("name", ["nano_dy.root", "nano_dy_rntuple.root"])
def test_columns_are_those_of_the_file(cluster: Cluster, shared_file: Callable[[str], Path], name: str) -> None:
    """Every tenth column of NanoAOD is what the local file has."""
    path = shared_file(name)
    here, there = (open_reader(FileSpec(path=each, tree="Events")) for each in (str(path), cluster.put(path)))
    assert (there.n_entries, there.uuid, list(there.names)) == (here.n_entries, here.uuid, list(here.names))
    names = list(here.names)[::10]
    mine, theirs = there.read(names, 0, 40), here.read(names, 0, 40)
    assert {each: mine[each].to_list() for each in names} == {each: theirs[each].to_list() for each in names}


def test_requests_of_any_size(cluster: Cluster, tmp_path: Path) -> None:
    """More ranges than a vector read may have, and larger ones than it may hold, come all the same."""
    path = tmp_path / "large.root"
    content = b"root" + bytes(n * n % 251 for n in range(1_000_000)) * 12
    path.write_bytes(content)
    file = RemoteFile(cluster.put(path))
    ranges = [(3_500 * n, 3_500 * n + 10) for n in range(3_000)] + [(1_000_000, 11_000_000)]
    file.announce(ranges[:10])
    found = file.read_all(ranges)
    assert all(bytes(data) == content[start:stop] for (start, stop), data in found.items())


def test_files_that_are_not_there(cluster: Cluster) -> None:
    """A file that no server has is no such file, at once."""
    with pytest.raises(DatasetError, match="no such file: root://"):
        open_reader(FileSpec(path=f"{cluster.url}/none.root", tree="t"))


def test_a_server_that_comes_back(cluster: Cluster, ttree_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data server that is ended and started again between two reads is not noticed."""
    monkeypatch.setattr(remote, "N_WIDENED", 0)  # else the whole of so small a file is here already
    reader = open_reader(FileSpec(path=cluster.put(ttree_path), tree="t"))
    before = reader.read(["x"], 0, 400)["x"].to_list()
    cluster.run("stop", "ds1")
    cluster.run("restart", "ds1")
    assert reader.read(["x", "jagged"], 0, 400)["x"].to_list() == before
