"""Filesets in JSON documents, packed with gzip or not."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overproof.words.errors import DatasetError


def load_fileset(path: str) -> Any:
    """Return what stands in a document.

    Raises:
        DatasetError: it cannot be read, is no JSON, or is something else of ours.
    """
    try:
        content = Path(path).expanduser().read_bytes()
        document = json.loads(gzip.decompress(content) if path.endswith(".gz") else content)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DatasetError(f"{path}: cannot be unpacked as gzip ({error})") from error
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read as a fileset ({error.strerror or error})") from error
    except ValueError as error:
        raise DatasetError(f"{path}: is no fileset, which is JSON ({error})") from error
    if isinstance(document, Mapping) and "outputs" in document:
        raise DatasetError(
            f"{path}: is what a query gave, and no fileset; an entry list in it is taken as entry_list= (--entry-list)"
        )
    if not isinstance(document, Mapping | list):
        raise DatasetError(f"{path}: is no fileset: it holds {document!r} and no dataset")
    return document
