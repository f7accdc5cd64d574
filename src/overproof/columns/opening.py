"""Open a file and find the tree in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from overproof.columns.files.damage import translated
from overproof.columns.files.local import LocalFile
from overproof.columns.files.retry import is_transient_afar, is_transient_here
from overproof.columns.formats import Reader
from overproof.columns.formats.places import local_path, look_at, reaching
from overproof.columns.layouts import Description
from overproof.columns.lean import described
from overproof.columns.lean.doubt import NOT_UNDERSTOOD
from overproof.columns.native.reader import NativeReader
from overproof.columns.native.steps import Machinery
from overproof.columns.remembered_trees import recall_tree, remember_tree
from overproof.records.dataset import FileSpec

if TYPE_CHECKING:
    from overproof.columns.files.remote import RemoteFile
    from overproof.columns.formats.ttree import TTreeReader


def open_reader(spec: FileSpec, *, verify: bool = False, machinery: Machinery | None = None) -> Reader:
    """Open one tree of one file.

    Args:
        spec: the file and the tree.
        verify: read the whole file first, and compare the checksum that `spec` has, if it has one.
        machinery: what gives compiled steps of reading; None: nothing does.

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
    reader = _opened(spec, local, machinery)
    if verify and local is None:
        try:
            verify_file(spec)
        except BaseException:
            reader.close()
            raise
    return reader


def _opened(spec: FileSpec, local: str | None, machinery: Machinery | None) -> Reader:
    """Open a tree by the cheapest way that there is: as it is remembered, as it is surely understood, by uproot."""
    try:
        file = _remote(spec.path) if local is None else LocalFile(local)
    except OSError:
        # The other way says what is wrong.
        return _by_uproot(spec, machinery)
    again = partial(_understood, spec, file)
    try:
        if (known := recall_tree(spec, file.identity, again=again)) is not None:
            return NativeReader(known, file, open_rest=partial(_rest, spec, file), machinery=machinery)
        description = described(spec, file)
        if description is not None:
            keep = partial(remember_tree, spec)
            rest = partial(_rest, spec, file)
            return NativeReader(description, file, open_rest=rest, machinery=machinery, afterwards=keep)
    except BaseException:
        file.close()
        raise
    return _by_uproot(spec, machinery, opened=file)


def _remote(path: str) -> RemoteFile:
    """Open a remote file, and see whether it can be read.

    Raises:
        DatasetError: there is no such file, or nothing here can reach it.
        ReadError: phase `open`.
    """
    with reaching(path):
        from overproof.columns.files.remote import RemoteFile

        file = RemoteFile(path)
        file.read(0, 4)
        return file


def _understood(spec: FileSpec, file: LocalFile | RemoteFile) -> Description:
    """Describe a tree anew of which what was remembered is lost."""
    found = described(spec, file)
    if found is None:
        from overproof.columns.formats.opening import open_by_uproot
        from overproof.columns.formats.ttree import TTreeReader

        reader = open_by_uproot(spec, opened=file.again())
        # Of the trees that nobody else understands, others are not remembered.
        assert isinstance(reader, TTreeReader)
        found = reader.description()
    return found


def _rest(spec: FileSpec, file: LocalFile | RemoteFile) -> Reader:
    """Open the reader of what cannot be read natively, of the very same version of the file."""
    from overproof.columns.formats.opening import open_by_uproot

    return open_by_uproot(spec, opened=file.again())


def _by_uproot(
    spec: FileSpec, machinery: Machinery | None = None, *, opened: LocalFile | RemoteFile | None = None
) -> Reader:
    from overproof.columns.formats.opening import open_by_uproot
    from overproof.columns.formats.ttree import TTreeReader

    reader = open_by_uproot(spec, opened=opened)
    try:
        if isinstance(reader, TTreeReader):
            keep = partial(_remember, spec, reader)
            description = reader.description()
            return NativeReader(
                description, reader.source, open_rest=lambda: reader, machinery=machinery, afterwards=keep
            )
        return _native_ntuple(reader, machinery)
    except BaseException:
        reader.close()
        raise


def _remember(spec: FileSpec, reader: TTreeReader, description: Description) -> None:
    """Keep what uproot has understood, unless that would cost more than to understand it again."""
    if reader.knows_types:
        remember_tree(spec, description)


def _native_ntuple(reader: Reader, machinery: Machinery | None) -> Reader:
    """Read an RNTuple that uproot has found natively, where everything in it is understood."""
    from overproof.columns.formats.rntuple import RNTupleReader
    from overproof.columns.lean.rntuple import describe

    if not isinstance(reader, RNTupleReader):
        return reader
    try:
        found = describe(reader.anchor, reader.source, path=reader.path, tree=reader.tree, uuid=reader.uuid)
    except NOT_UNDERSTOOD:
        return reader
    return NativeReader(found, reader.source, open_rest=lambda: reader, machinery=machinery)


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
