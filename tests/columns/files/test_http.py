"""Laws of files on a web server: the columns of the local file, in few requests, and clear words when it cannot be."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec
from overproof.words.errors import DatasetError, ReadError

pytest.importorskip("aiohttp", reason="aiohttp is not installed, without which fsspec reads nothing over HTTP")


class Web:
    """A server on this machine.

    Attributes:
        url: of the directory that it serves.
        asked: ranges that were asked for.
        knows_ranges: whether it gives parts of files.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.asked: list[str] = []
        self.knows_ranges = True
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, web: Web, *arguments: object) -> None:
        self._web = web
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._web.asked.append(self.headers.get("Range", ""))
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        path = self._web.root / self.path.lstrip("/")
        if not path.exists():
            self.send_error(404)
            return
        content = whole = path.read_bytes()
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if asked and self._web.knows_ranges:
            content = whole[int(asked[1]) : int(asked[2]) + 1]
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {asked[1]}-{int(asked[1]) + len(content) - 1}/{len(whole)}")
        else:
            self.send_response(200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if with_body:
            self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def web(ttree_path: Path, rntuple_path: Path, tmp_path: Path) -> Iterator[Web]:
    for path in (ttree_path, rntuple_path):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    web = Web(tmp_path)
    thread = threading.Thread(target=web.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield web
    web.server.shutdown()
    web.server.server_close()
    thread.join()


@pytest.mark.parametrize("name", ["ttree.root", "rntuple.root"])
def test_columns_are_those_of_the_file(web: Web, name: str) -> None:
    """What is read over HTTP is what the local file has; a small file takes a few requests."""
    here = open_reader(FileSpec(path=str(web.root / name), tree="t"))
    there = open_reader(FileSpec(path=f"{web.url}/{name}", tree="t"))
    names = ["x", "jagged", "number", "three"]
    for first, stop in [(0, 1000), (150, 450)]:
        mine, theirs = there.read(names, first, stop), here.read(names, first, stop)
        assert {column: mine[column].to_list() for column in names} == {
            column: theirs[column].to_list() for column in names
        }
    assert len(web.asked) <= 4
    assert "" not in web.asked


def test_files_that_are_not_there(web: Web) -> None:
    """A file that the server does not have is no such file."""
    with pytest.raises(DatasetError, match="no such file: http"):
        open_reader(FileSpec(path=f"{web.url}/none.root", tree="t"))


def test_servers_that_give_whole_files_only(web: Web) -> None:
    """A server that knows no ranges, such as Python's own, is named as such; `simplecache::` is a way around."""
    web.knows_ranges = False
    content = (web.root / "ttree.root").read_bytes()
    (web.root / "large.root").write_bytes(content + bytes(100_000))
    with pytest.raises(ReadError, match=r"gives the whole file where a part .* write simplecache::http"):
        open_reader(FileSpec(path=f"{web.url}/large.root", tree="t"))
    reader = open_reader(FileSpec(path=f"simplecache::{web.url}/large.root", tree="t"))
    assert reader.n_entries == 1000
