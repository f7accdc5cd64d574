"""A process that reads damaged files, one after the other, and says for each what came out.

Reads lines of JSON from standard input: `{"path": damaged file, "tree": name, "intact": undamaged file}`; answers each
with one line: `{"outcome": ..., "said": ...}`. Outcomes: `same`, `reported`, `SILENT`, `FOREIGN` (an error not of
overproof), `MEMORY` (an error of overproof because memory ran out).
"""

from __future__ import annotations

import functools
import hashlib
import json
import resource
import sys
from typing import Any

import awkward as ak

from overproof.columns.formats import Reader
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec
from overproof.words.errors import OverproofError

MORE_BYTES = 1 << 30
"""Memory that reading a small file may take beyond what the process has at its start."""


def digest(array: Any) -> str:
    """Sum up values, types and missing values of an array, bit for bit."""
    form, length, buffers = ak.to_buffers(ak.to_packed(array))
    sum_ = hashlib.blake2b(f"{form} {length}".encode())
    for name in sorted(buffers):
        sum_.update(buffers[name].tobytes())
    return sum_.hexdigest()


@functools.cache
def intact(path: str, tree: str) -> tuple[int, dict[str, str]]:
    """Read every branch that can be read of an undamaged file."""
    reader = open_reader(FileSpec(path=path, tree=tree))
    digests = {}
    for name in reader.names:
        try:
            digests[name] = digest(reader.read([name], 0, reader.n_entries)[name])
        except OverproofError:
            continue
    assert digests
    reader.close()
    return reader.n_entries, digests


def judged(path: str, tree: str, n_entries: int, digests: dict[str, str]) -> tuple[str, str]:
    """Read a damaged file as a query would: first all at once, then, when that fails, branch by branch."""
    try:
        reader = open_reader(FileSpec(path=path, tree=tree))
    except OverproofError as error:
        return reported(error)
    try:
        if reader.n_entries != n_entries:
            return "SILENT", f"{reader.n_entries} entries instead of {n_entries}"
        reader.schema()
        reader.grid(100_000)
        try:
            arrays = reader.read(list(digests), 0, n_entries)
        except OverproofError as error:
            return one_by_one(reader, digests) or reported(error)
        wrong = [name for name, array in arrays.items() if digest(array) != digests[name]]
        return ("SILENT", ", ".join(wrong)) if wrong else ("same", "")
    except OverproofError as error:
        return reported(error)
    finally:
        reader.close()


def one_by_one(reader: Reader, digests: dict[str, str]) -> tuple[str, str] | None:
    """Look whether a branch that can still be read gives other numbers."""
    for name, expected in digests.items():
        try:
            array = reader.read([name], 0, reader.n_entries)[name]
        except OverproofError:
            continue
        if digest(array) != expected:
            return "SILENT", name
    return None


def reported(error: OverproofError) -> tuple[str, str]:
    """Tell an error of ours; one that stands for exhausted memory is told apart."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MemoryError):
            return "MEMORY", str(error)
        cause = cause.__cause__ or cause.__context__
    return "reported", str(error)


def main() -> None:
    """Answer until the input ends."""
    with open("/proc/self/statm", encoding="ascii") as file:
        used_bytes = int(file.read().split()[0]) * resource.getpagesize()
    limit_bytes = used_bytes + MORE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            outcome, said = judged(asked["path"], asked["tree"], *intact(asked["intact"], asked["tree"]))
        except Exception as error:  # noqa: BLE001 - that anything else comes out is what is looked for
            outcome, said = "FOREIGN", f"{type(error).__name__}: {error}"
        print(json.dumps({"outcome": outcome, "said": said}), flush=True)


if __name__ == "__main__":
    main()
