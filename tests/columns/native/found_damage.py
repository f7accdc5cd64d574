"""What is found of a damage, natively and on top of uproot: never less, and with the same words."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from judge import digest
from places import Places, places_of

from overproof.columns.formats import Reader
from overproof.columns.formats.opening import open_by_uproot
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec
from overproof.words.errors import OverproofError, ReadError

_PLACE = re.compile(r"at bytes [\d,]+ to [\d,]+ \((?:basket \d+|a page)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Bytes that are not what was written.

    Attributes:
        at: where they begin.
        new: what is there instead; empty: the file ends there.
    """

    at: int
    new: bytes

    def done_to(self, content: bytes) -> bytes:
        """Return the damaged content."""
        return content[: self.at] + self.new + content[self.at + len(self.new) :] if self.new else content[: self.at]


def damages(content: bytes, places: Places, *, seed: int, number: int) -> Iterator[Damage]:
    """Give damages, half of them in what describes: bits, bytes, zeros, pieces of the file in other places, cuts."""
    dice = random.Random(seed)
    for _ in range(number):
        first, stop = dice.choice(places.headers) if dice.random() < 0.5 else (0, len(content))
        at = dice.randrange(first, stop)
        match dice.randrange(10):
            case 0:
                yield Damage(at=at, new=b"")
            case 1:
                yield Damage(at=at, new=bytes(min(dice.choice((4, 100, 4096)), len(content) - at)))
            case 2:
                other = dice.randrange(len(content))
                yield Damage(at=at, new=content[other : other + dice.choice((4, 50, 700))][: len(content) - at] or b"?")
            case 3 | 4:
                yield Damage(at=at, new=dice.randbytes(1))
            case _:
                yield Damage(at=at, new=bytes([content[at] ^ 1 << dice.randrange(8)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What came of one thing that was tried.

    Attributes:
        value: what was had; None: nothing, but an error.
        kind: class of the error, and its phase.
        has_place: whether it names the bytes that are damaged.
        text: of the error.
    """

    value: Any = None
    kind: str = ""
    has_place: bool = False
    text: str = ""


def tried(action: Any) -> Said:
    """Do something that may fail by an error of ours; any other exception is a fault of the reader."""
    try:
        return Said(value=action())
    except OverproofError as error:
        kind = f"{type(error).__name__} {error.phase}" if isinstance(error, ReadError) else type(error).__name__
        return Said(kind=kind, has_place=bool(_PLACE.search(str(error))), text=str(error))


def looked_into(opened: Said, names: Sequence[str]) -> dict[str, Said]:
    """Try all that can be asked of a tree; columns one by one, and then all together."""
    reader: Reader = opened.value
    found = {
        "entries": tried(lambda: reader.n_entries),
        "schema": tried(lambda: [branch.name for branch in reader.schema().branches]),
        "grid": tried(lambda: reader.grid(1_000).stops),
    }
    for name in names:
        found[f"branch {name}"] = tried(lambda name=name: digest(reader.read([name], 0, reader.n_entries)[name]))
    found["together"] = tried(
        lambda: {name: digest(array) for name, array in reader.read(names, 0, reader.n_entries).items()}
    )
    return found


@dataclass(slots=True)
class Comparison:
    """Damages of one tree, and what came of them.

    Attributes:
        path: of the intact file.
        tree: in it.
        work: where damaged copies are made.
        outcomes: how many damages were found by both, and so on.
        worse: what is found on top of uproot, and natively not or otherwise.
    """

    path: Path
    tree: str
    work: Path
    outcomes: Counter[str] = field(default_factory=Counter)
    worse: list[str] = field(default_factory=list)

    def run(self, *, seed: int, number: int) -> None:
        """Damage the file many times."""
        content, places = self.path.read_bytes(), places_of(self.path, self.tree)
        with_names = tried(lambda: open_by_uproot(FileSpec(path=str(self.path), tree=self.tree)))
        names = [name for name in with_names.value.names
                 if tried(lambda name=name: with_names.value.read([name], 0, 1)).kind == ""]  # fmt: skip
        intact = looked_into(with_names, names)
        with_names.value.close()
        for damage in damages(content, places, seed=seed, number=number):
            copy = self.work / "damaged.root"
            copy.write_bytes(damage.done_to(content))
            self.compare(copy, names, intact, said=f"{damage.at} {damage.new[:12].hex() or 'cut'}/{len(damage.new)}")

    def compare(self, copy: Path, names: Sequence[str], intact: dict[str, Said], *, said: str) -> None:
        """Read one damaged copy in both ways."""
        spec = FileSpec(path=str(copy), tree=self.tree)
        theirs, ours = tried(lambda: open_by_uproot(spec)), tried(lambda: open_reader(spec))
        try:
            if theirs.value is None or ours.value is None:
                self._judge("open", theirs, ours, None, said)
                return
            found = looked_into(theirs, names), looked_into(ours, names)
            for what, of_theirs in found[0].items():
                self._judge(what, of_theirs, found[1][what], intact[what], said)
        finally:
            for each in (theirs, ours):
                if each.value is not None:
                    each.value.close()

    def _judge(self, what: str, theirs: Said, ours: Said, intact: Said | None, said: str) -> None:
        if theirs.kind and ours.kind:
            # Of two damages either may be met first; uproot itself does not tell places.
            is_told = theirs.kind == ours.kind and ours.has_place >= theirs.has_place
            outcome = "both" if is_told else "told otherwise"
        elif theirs.kind:
            outcome = "not found"
        elif ours.kind:
            # What uproot gives is not what was written: then it is good that it is found.
            outcome = "more" if intact is not None and theirs.value != intact.value else "false alarm"
        elif what == "open" or theirs.value == ours.value:
            outcome = "same"
        else:
            outcome = "other value"
        self.outcomes[outcome] += 1
        if outcome not in ("same", "both", "more"):
            self.worse.append(f"{outcome}: {what} [{said}] uproot: {theirs.text or theirs.value!r:.200} native: "
                              f"{ours.text or ours.value!r:.200}")  # fmt: skip
