"""Open a file and find the tree in it."""

from __future__ import annotations

from functools import partial

from overproof.columns.files.damage import translated
from overproof.columns.files.local import LocalFile
from overproof.columns.files.retry import is_transient_afar, is_transient_here
from overproof.columns.formats import Reader
from overproof.columns.formats.places import local_path, look_at
from overproof.columns.lean import described
from overproof.columns.lean.doubt import NOT_UNDERSTOOD
from overproof.columns.native.reader import NativeReader
from overproof.records.dataset import FileSpec


def open_reader(spec: FileSpec, *, verify: bool = False) -> Reader:
    """Open one tree of one file.

    Args:
        spec: the file and the tree.
        verify: read the whole file first, and compare the checksum that `spec` has, if it has one.

    Raises:
        DatasetError: nothing that can be used: no such file, not a ROOT file, no such tree, several and none named; a
            checksum that nobody can compute.
        ReadError: phase `open`: a file that is damaged, cut short, or cannot be reached.
    """
    local = local_path(spec.path)
    if local is not None:
        look_at(local, spec.path)
        if verify:
            verify_file(spec)
    reader = _opened(spec, local)
    if verify and local is None:
        try:
            verify_file(spec)
        except BaseException:
            reader.close()
            raise
    return reader


def _opened(spec: FileSpec, local: str | None) -> Reader:
    """Open a tree by the cheapest way that there is: as it is remembered, as it is surely understood, by uproot."""
    if local is None:
        return _by_uproot(spec)
    try:
        file = LocalFile(local)
    except OSError:
        # The other way says what is wrong.
        return _by_uproot(spec)
    try:
        description = described(spec, file)
        if description is not None:
            return NativeReader(description, file, open_rest=partial(_rest, spec, file))
    except BaseException:
        file.close()
        raise
    return _by_uproot(spec, opened=file)


def _rest(spec: FileSpec, file: LocalFile) -> Reader:
    """Open the reader of what cannot be read natively, of the very same version of the file."""
    from overproof.columns.formats.opening import open_by_uproot

    return open_by_uproot(spec, opened=file.again())


def _by_uproot(spec: FileSpec, *, opened: LocalFile | None = None) -> Reader:
    from overproof.columns.formats.opening import open_by_uproot
    from overproof.columns.formats.ttree import TTreeReader

    reader = open_by_uproot(spec, opened=opened)
    try:
        if isinstance(reader, TTreeReader):
            return NativeReader(reader.description(), reader.source, open_rest=lambda: reader)
        return _native_ntuple(reader)
    except BaseException:
        reader.close()
        raise


def _native_ntuple(reader: Reader) -> Reader:
    """Read an RNTuple that uproot has found natively, where everything in it is understood."""
    from overproof.columns.formats.rntuple import RNTupleReader
    from overproof.columns.lean.rntuple import describe

    if not isinstance(reader, RNTupleReader):
        return reader
    try:
        found = describe(reader.anchor, reader.source, path=reader.path, tree=reader.tree, uuid=reader.uuid)
    except NOT_UNDERSTOOD:
        return reader
    return NativeReader(found, reader.source, open_rest=lambda: reader)


def verify_file(spec: FileSpec) -> None:
    """Read a whole file and compare the checksum that it should have; without one nothing is done.

    Raises:
        DatasetError: a checksum that nobody can compute.
        ReadError: phase `open`: another checksum, or bytes that do not come.
    """
    from overproof.columns.formats.checks.whole_file import check_whole_file

    local = local_path(spec.path)
    is_transient = is_transient_afar if local is None else is_transient_here
    with translated(spec.path, "open"):
        LocalFile.retry(lambda: check_whole_file(spec, local or spec.path), is_transient=is_transient)
