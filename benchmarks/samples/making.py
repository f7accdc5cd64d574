"""Make samples: pieces on every core, then whole files of them."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.environments import CHECKOUT, NoEnvironmentError
from benchmarks.samples.sample import MANIFEST, Sample

RECIPE = ("rounding.py", "pieces.py", "with_root.py")
"""Files whose contents decide what a sample is, beside that of its source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """What is needed to make samples.

    Attributes:
        below: directory of all that benchmarks keep.
        data: where real files are.
        root: the Python that has ROOT; None: there is none, and samples are made of what does not need it.
        n_processes: at a time.
        say: called with what is done.
    """

    below: Path
    data: Path
    root: Path | None
    n_processes: int
    say: Callable[[str], None]

    def make(self, sample: Sample) -> list[Path]:
        """Make those files of a sample that are not there yet; return all.

        Raises:
            NoEnvironmentError: ROOT is needed, and is not there.
            subprocess.CalledProcessError: something went wrong; what it said is in its standard error.
        """
        files = sample.files(self.below)
        directory = sample.directory(self.below)
        known = _manifest(directory)
        recipe = _recipe(sample)
        if known.get("recipe") != recipe:
            known = {"recipe": recipe, "files": {}}
        missing = [path for path in files if not _is_whole(path, known)]
        if not missing:
            return files
        if self.root is None and (sample.format == "rntuple" or sample.pieces > 1):
            raise NoEnvironmentError(f"{sample.name} is made with ROOT")
        self.say(f"making {sample.name} in {directory}")
        directory.mkdir(parents=True, exist_ok=True)
        pieces = self._pieces(sample)
        self._in_parallel([self._file(sample, path, pieces, int(path.stem)) for path in missing])
        known["files"] |= {path.name: path.stat().st_size for path in files}
        part = directory / f"{MANIFEST}.part"
        part.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
        part.replace(directory / MANIFEST)
        _remove(pieces)
        return files

    def _pieces(self, sample: Sample) -> list[Path]:
        """Write the pieces of every file of a sample."""
        where = sample.directory(self.below) / "pieces"
        where.mkdir(exist_ok=True)
        n_pieces = sample.pieces if sample.pieces > 1 else sample.n_files
        trees = [where / f"tree{index:02d}.root" for index in range(n_pieces)]
        # Pages are made of baskets of the compression that costs least to write and to read.
        compression = sample.compression if sample.format == "ttree" else "zstd"
        self._in_parallel(
            _ours("pieces", path, sample.source, compression, index, sample.piece_events, self.data)
            for index, path in enumerate(trees)
        )
        if sample.format == "ttree":
            return trees
        pages = [where / f"pages{index:02d}.root" for index in range(n_pieces)]
        self._in_parallel(
            self._roots("pages", tree, path, sample.root_compression) for tree, path in zip(trees, pages, strict=True)
        )
        _remove(trees)
        return pages

    def _file(self, sample: Sample, path: Path, pieces: list[Path], index: int) -> list[str]:
        """Tell how to make a whole file: the pieces, in an order of its own."""
        if sample.pieces == 1:
            return ["ln", "-f", str(pieces[index]), str(path)]
        order = list(pieces)
        random.Random(index).shuffle(order)
        return self._roots("join", path, sample.root_compression, *order)

    def _roots(self, *arguments: object) -> list[str]:
        return [str(self.root), "-m", "benchmarks.samples.with_root", *map(str, arguments)]

    def _in_parallel(self, commands: Iterable[Sequence[str]]) -> None:
        with ThreadPoolExecutor(self.n_processes) as pool:
            for done in pool.map(_run, commands):
                done.check_returncode()


def shrunk(sample: Sample) -> Sample:
    """Return the same events in files of one piece each: what can be had without ROOT."""
    return replace(sample, n_files=1, pieces=1)


def _ours(module: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", f"benchmarks.samples.{module}", *map(str, arguments)]


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr)
    return done


def _recipe(sample: Sample) -> str:
    here = Path(__file__).parent
    names = (f"{sample.source}.py", *RECIPE)
    return hashlib.sha256(b"".join((here / name).read_bytes() for name in names)).hexdigest()[:16]


def _manifest(directory: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((directory / MANIFEST).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return {}


def _is_whole(path: Path, known: dict[str, Any]) -> bool:
    sizes = known.get("files")
    return isinstance(sizes, dict) and path.is_file() and path.stat().st_size == sizes.get(path.name)


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
