"""What a campaign measures."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.questions import ADL, DRAWS
from benchmarks.samples import COMPRESSIONS, Sample

ALL = tuple(each.name for each in (*ADL, *DRAWS))
EIGHT = tuple(each.name for each in ADL)
THREE = ("adl1", "adl3", "adl5")
YARDSTICKS = ("decompression", "reading", "reading-cached")
OURS = (*YARDSTICKS, "kernel", "cold", "warm", "cached")
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
        contenders=IN_A_NEW_PROCESS,
        rounds=3,
    ),
)
READING = (Part(samples=_generated(10, *CODECS), questions=THREE, contenders=YARDSTICKS, rounds=5),)
SMALL = (
    Part(samples=_generated(1, "zstd", forms=("ttree",)), questions=ALL, contenders=EVERYBODY, rounds=3),
    Part(samples=_generated(1, "zstd", forms=("rntuple",)), questions=THREE, contenders=EVERYBODY, rounds=3),
    Part(samples=_generated(1, "lz4", "zlib", "lzma"), questions=THREE, contenders=(*OURS, "rdataframe"), rounds=3),
    Part(samples=(sample("resampled-ttree-zstd", 1),), questions=EIGHT, contenders=IN_A_NEW_PROCESS, rounds=3),
)
LARGE = (
    Part(samples=_generated(10, "zstd", forms=("ttree",)), questions=EIGHT, contenders=IN_A_NEW_PROCESS, rounds=3),
    Part(samples=_generated(10, "zstd", forms=("rntuple",)), questions=THREE, contenders=IN_A_NEW_PROCESS, rounds=3),
)
PLANS = {
    "quick": QUICK,
    "reading": READING,
    "small": SMALL,
    "large": LARGE,
    "full": (*READING, *SMALL, *LARGE),
}
"""`reading`: readers against decompression, 40 million events. `small`: everybody, 4 million. `large`: 40 million."""
