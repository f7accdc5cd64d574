"""What user code printed, by worker and block."""

from __future__ import annotations

import re
from pathlib import Path

from overproof.engines.worker.logs import log_path, read_index
from overproof.records.block import BlockKey
from overproof.records.dataset import Dataset
from overproof.session.keeping import QueryFolder
from overproof.words.errors import QueryError
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What was printed while one range of a block was computed.

    Attributes:
        file: path or URL; empty for cycles.
        index: place of the block in its file.
        first: first entry.
        stop: last entry, exclusive.
        text: what was printed.
    """

    file: str
    index: int
    first: int
    stop: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLog:
    """What one worker's user code printed.

    Attributes:
        worker: the worker's name.
        text: all of it; of one block, when only that was asked for.
        passages: the same by blocks, without what was printed outside of any.
    """

    worker: str
    text: str
    passages: tuple[Passage, ...]


def read_logs(query: QueryFolder, *, worker: str | None = None, block: str | None = None) -> list[WorkerLog]:
    """Read what user code printed, worker by worker.

    Args:
        query: on disk; it may still run.
        worker: name or number of the only worker to be read.
        block: the only block to be read, `FILE:INDEX`; FILE is the place of the file in the dataset, its path, or the
            end of that.

    Raises:
        QueryError: no such worker, file or block, or nothing can be read.
    """
    directory = query.log_directory
    names = sorted((path.stem for path in directory.glob("*.log")), key=_natural)
    if worker is not None:
        names = [_worker_of(worker, names, query)]
    dataset = query.dataset()
    key = None if block is None else _block_of(block, dataset)
    logs = (_read(directory, name, dataset=dataset, key=key) for name in names)
    return [log for log in logs if log.text or worker is not None]


def _read(directory: Path, worker: str, *, dataset: Dataset | None, key: BlockKey | None) -> WorkerLog:
    try:
        content = log_path(directory, worker).read_bytes()
    except OSError as error:
        raise QueryError(f"{log_path(directory, worker)} cannot be read: {error.strerror or error}") from error
    printed = [each for each in read_index(directory, worker) if key is None or (each.file, each.index) == key]
    passages = tuple(
        Passage(
            file=dataset.files[each.file].path if dataset is not None and each.file < len(dataset.files) else "",
            index=each.index,
            first=each.first,
            stop=each.stop,
            text=content[each.from_byte : each.to_byte].decode(errors="replace"),
        )
        for each in printed
    )
    text = content.decode(errors="replace") if key is None else "".join(passage.text for passage in passages)
    return WorkerLog(worker=worker, text=text, passages=passages)


def _worker_of(worker: str, names: list[str], query: QueryFolder) -> str:
    for name in (worker, f"w{worker}"):
        if name in names:
            return name
    there_are = f"there are {', '.join(names)}" if names else "no worker has printed anything"
    raise QueryError(f"query {query.id} has no log of a worker {worker}: {there_are}")


def _block_of(text: str, dataset: Dataset | None) -> BlockKey:
    name, separator, index = text.rpartition(":")
    if not separator or not index.isdecimal() or not name:
        raise QueryError(f"--block {text}: give the file and the index of the block, such as 0:3")
    paths = [spec.path for spec in dataset.files] if dataset is not None else [""]
    if name.isdecimal() and int(name) < len(paths):
        return int(name), int(index)
    fitting = [place for place, path in enumerate(paths) if path == name or path.endswith(f"/{name}")]
    if len(fitting) != 1:
        problem = "no file of the query has this name" if not fitting else f"{len(fitting)} files have this name"
        raise QueryError(f"--block {text}: {problem}; give the place of the file, 0 to {len(paths) - 1}")
    return fitting[0], int(index)


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Sort `w10` behind `w9`."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", name) if part]
