"""What was asked, as it is written when a query begins."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from overproof.records.documents.coding import from_document, to_document
from overproof.records.query import QueryOptions
from overproof.session.keeping.identity.code_identity import CodeIdentity
from overproof.session.keeping.identity.fingerprint import Fingerprint
from overproof.session.question import Kind, Manner
from overproof.words.frozen import dataclass

DIGEST = "digest"
"""Under this key stands the digest of the rest: a damaged description must not be gone on from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What was asked, by whom and with what; written when the query begins, and never changed.

    Attributes:
        query_id: the query's id.
        kind: what was asked.
        call: the command line, or the call.
        when: wall time of the beginning, as ISO 8601 with the offset from UTC.
        directory: from which relative paths are meant.
        selector: name of the selector.
        code: its source and parameters at that time.
        parameters: as people read them.
        modules: names of the user's modules that came with the selector.
        search_path: where modules were looked for.
        dataset: name of the dataset; empty for cycles.
        n_files: number of its files.
        cycles: number of cycles; None for a dataset.
        options: how to run it, as the master knows it.
        manner: how to run it, as the engine knows it.
        fingerprint: machine and libraries.
        digests: of the other files that were written when the query began, by name.
    """

    query_id: str
    kind: Kind
    call: str
    when: str
    directory: str
    selector: str
    code: CodeIdentity
    parameters: Mapping[str, str]
    modules: tuple[str, ...]
    search_path: tuple[str, ...]
    dataset: str
    n_files: int
    cycles: int | None
    options: QueryOptions
    manner: Manner
    fingerprint: Fingerprint
    digests: Mapping[str, str]


def description_bytes(description: Description) -> bytes:
    """Write a description as people may read it too."""
    document = to_document(description)
    return (json.dumps({DIGEST: _digest_of(document), **document}, indent=1) + "\n").encode()


def description_of(content: bytes) -> Description:
    """Read a description.

    Raises:
        KeyError, TypeError, ValueError, IndexError, AttributeError: it is none, or of another version.
    """
    document = json.loads(content)
    if document.pop(DIGEST) != _digest_of(document):
        raise ValueError("the description of the query is damaged")
    return from_document(Description, document)


def bytes_digest(content: bytes) -> str:
    """Digest the content of a file."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _digest_of(document: Mapping[str, Any]) -> str:
    return bytes_digest(json.dumps(document, sort_keys=True).encode())
