"""Pieces of files as coffea's Runner makes them, its `WorkItem`: so many entries of a file of a dataset."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from overproof.records.dataset import FileSpec
from overproof.session.datasets.descriptions import described
from overproof.session.datasets.part import Part
from overproof.words.errors import DatasetError

_NAMES = ("dataset", "filename", "treename", "entrystart", "entrystop")
_UUID_BYTES = 16


def is_piece(data: Any) -> bool:
    """Tell whether something is a piece of a file; nothing of coffea is imported for it."""
    return all(hasattr(data, name) for name in _NAMES)


def parts_of_pieces(pieces: Iterable[Any]) -> list[Part]:
    """Return the datasets to which pieces belong, files in the order of their first pieces.

    Raises:
        DatasetError: pieces of one file overlap, those of a dataset have different metadata, or something is no piece.
    """
    files: dict[str, dict[tuple[str, str], list[Any]]] = {}
    for piece in pieces:
        if not is_piece(piece):
            raise DatasetError(f"{piece!r} stands among pieces of files, and is none")
        of_file = files.setdefault(str(piece.dataset), {}).setdefault((os.fspath(piece.filename), piece.treename), [])
        of_file.append(piece)
    return [
        Part(name=name, files=tuple(map(_file_of, of.values())), metadata=_metadata_of(name, of), is_given=True)
        for name, of in files.items()
    ]


def _file_of(pieces: list[Any]) -> FileSpec:
    """Ask for all pieces of one file; neighbours are joined, because blocks are cut by the file alone."""
    first = pieces[0]
    path = os.fspath(first.filename)
    steps = [(piece.entrystart, piece.entrystop) for piece in pieces]
    told = {"object_path": first.treename, "steps": steps, "uuid": _uuid_of(getattr(first, "fileuuid", None))}
    expanded = os.path.expanduser(path)
    return described(FileSpec(path=expanded, written="" if expanded == path else path), told)


def _metadata_of(name: str, of_dataset: dict[tuple[str, str], list[Any]]) -> dict[str, Any]:
    """Return what all pieces of a dataset say of it.

    Raises:
        DatasetError: they say different things.
    """
    said = (dict(getattr(piece, "usermeta", None) or {}) for pieces in of_dataset.values() for piece in pieces)
    metadata = next(said)
    other = next((each for each in said if each != metadata), metadata)
    if other != metadata:
        raise DatasetError(
            f"pieces of dataset {name!r} have different metadata, {metadata} and {other}: those of a dataset have the "
            "same, so give the others another name"
        )
    return metadata


def _uuid_of(said: Any) -> str:
    if isinstance(said, bytes) and len(said) == _UUID_BYTES:
        return str(UUID(bytes=said))
    return said if isinstance(said, str) else ""
