"""What a campaign measures."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.questions import ADL, DRAWS
from benchmarks.samples import COMPRESSIONS, Sample

ALL = tuple(each.name for each in (*ADL, *DRAWS))
EIGHT = tuple(each.name for each in ADL)
THREE = ("adl1", "adl3", "adl5")
PLAIN = ("adl1", "adl3", "adl4")
DRAWN = (*PLAIN, *(each.name for each in DRAWS))
YARDSTICKS = ("decompression", "reading", "reading-cached")
OURS = (*YARDSTICKS, "kernel", "cold", "warm", "cached")
PEERS = ("rdataframe", "coffea", "graphed")
LIMITS = ("decompression", "kernel", "warm", "cached")
WORK = (*YARDSTICKS, "kernel", "warm", "cached")
STARTS = ("cold", "cold-empty", "command", "command-empty")
IN_A_NEW_PROCESS = (*OURS, "rdataframe", "coffea", "graphed", "awkward")
EVERYBODY = (*IN_A_NEW_PROCESS, "again", "again-cached")
CODECS = tuple(COMPRESSIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some questions, over some samples, to some contenders."""

    samples: tuple[Sample, ...]
    questions: tuple[str, ...]
    contenders: tuple[str, ...]
    rounds: int


def sample(kind: str, n_files: int) -> Sample:
    """Return a sample of files of 4 million events each; `kind` is `source-format-compression`."""
    source, form, compression = kind.split("-")
    return Sample(source=source, format=form, compression=compression, n_files=n_files)


def _generated(n_files: int, *codecs: str, forms: tuple[str, ...] = ("ttree", "rntuple")) -> tuple[Sample, ...]:
    return tuple(sample(f"generated-{form}-{codec}", n_files) for form in forms for codec in codecs)


QUICK = (
    Part(
        samples=_generated(1, "zstd", forms=("ttree",)),
        questions=("adl1", "adl3", "adl5", "adl8"),
        contenders=(*IN_A_NEW_PROCESS, *STARTS[1:]),
        rounds=3,
    ),
)
TEN_FILES = _generated(10, "zstd", forms=("ttree",))
FIVE_DRAWS = Part(samples=TEN_FILES, questions=DRAWN[3:], contenders=(*LIMITS, *PEERS), rounds=2)
DRAWING = (
    Part(
        samples=_generated(1, "zstd", forms=("ttree",)),
        questions=DRAWN,
        contenders=(*STARTS, "warm", "interpreted", "expression", *PEERS),
        rounds=3,
    ),
    Part(samples=TEN_FILES, questions=PLAIN, contenders=(*LIMITS, *PEERS), rounds=3),
    FIVE_DRAWS,
)
PROCESSORS = ("runner-cold", "runner", "futures")
MOVED = (
    Part(samples=_generated(1, "zstd", forms=("ttree",)), questions=THREE, contenders=PROCESSORS, rounds=5),
    Part(
        samples=(Sample(source="copied", format="ttree", compression="zlib", n_files=100, pieces=1, piece_events=40),),
        questions=("adl5",),
        contenders=PROCESSORS,
        rounds=2,
    ),
)
LIMIT = (
    Part(samples=_generated(10, "lz4", "zlib", forms=("ttree",)), questions=PLAIN, contenders=WORK, rounds=3),
    Part(samples=_generated(10, "lzma", forms=("ttree",)), questions=("adl1",), contenders=WORK, rounds=3),
)
READING = (Part(samples=_generated(10, *CODECS), questions=THREE, contenders=YARDSTICKS, rounds=5),)
SMALL = (
    Part(
        samples=_generated(1, "zstd", forms=("ttree",)),
        questions=ALL,
        contenders=(*EVERYBODY, *STARTS[1:], "interpreted", "expression"),
        rounds=3,
    ),
    Part(samples=_generated(1, "zstd", forms=("rntuple",)), questions=THREE, contenders=EVERYBODY, rounds=3),
    Part(samples=_generated(1, "lz4", "zlib", "lzma"), questions=THREE, contenders=(*OURS, "rdataframe"), rounds=3),
    Part(samples=(sample("resampled-ttree-zstd", 1),), questions=EIGHT, contenders=IN_A_NEW_PROCESS, rounds=3),
)
LARGE = (
    Part(samples=TEN_FILES, questions=EIGHT, contenders=IN_A_NEW_PROCESS, rounds=3),
    Part(samples=_generated(10, "zstd", forms=("rntuple",)), questions=THREE, contenders=IN_A_NEW_PROCESS, rounds=3),
)
PLANS = {
    "quick": QUICK,
    "draws": DRAWING,
    "processors": MOVED,
    "limit": LIMIT,
    "reading": READING,
    "small": SMALL,
    "large": LARGE,
    "full": (*READING, *LIMIT, *SMALL, *LARGE, FIVE_DRAWS, *MOVED),
}
"""`draws`: beside RDataFrame, coffea and graphed, 4 and 40 million events. `processors`: processors of coffea in our
Runner and in its own. `limit`: draws beside decompression and
kernel, of the other compressions. `reading`: readers against decompression. `small`: everybody, 4 million events.
`large`: 40 million. `full`: all of it, where who is measured again is measured with everybody of his tables.
"""
