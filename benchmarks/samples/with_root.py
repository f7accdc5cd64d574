"""What only ROOT does, in its own environment: pages of an RNTuple, and whole files of pieces.

Run as a program: `python -m benchmarks.samples.with_root pages FROM TO COMPRESSION`, or `... join TO COMPRESSION
PIECES`. Baskets and pages go into the whole file as they are, nothing is compressed twice.
"""

from __future__ import annotations

import os
import sys
import warnings

TREE = "Events"
CLUSTER_BYTES = 5_000_000
"""Compressed: some 100,000 events, as in NanoAOD, which has fifty times as many columns and larger clusters."""


def to_pages(source: str, target: str, compression: int) -> None:
    """Write the TTree of one file as an RNTuple into another, with ROOT's own sizes of pages."""
    ROOT = _root()
    importer = ROOT.Experimental.RNTupleImporter.Create(source, TREE, f"{target}.part")
    options = importer.GetWriteOptions()
    options.SetCompression(compression)
    options.SetApproxZippedClusterSize(CLUSTER_BYTES)
    importer.SetWriteOptions(options)
    importer.SetIsQuiet(True)
    importer.Import()
    os.replace(f"{target}.part", target)


def join(target: str, compression: int, pieces: list[str]) -> None:
    """Write pieces one behind the other into one file.

    Raises:
        SystemExit: ROOT could not.
    """
    ROOT = _root()
    merger = ROOT.TFileMerger(False, True)
    merger.SetFastMethod(True)
    merger.SetPrintLevel(0)
    if not merger.OutputFile(f"{target}.part", "RECREATE", compression):
        sys.exit(f"{target}.part cannot be written")
    for piece in pieces:
        merger.AddFile(piece, False)
    if not merger.Merge():
        sys.exit(f"ROOT could not join {pieces} into {target}")
    os.replace(f"{target}.part", target)


def _root() -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import ROOT
    return ROOT


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "pages":
        to_pages(rest[0], rest[1], int(rest[2]))
    else:
        join(rest[0], int(rest[1]), rest[2:])
