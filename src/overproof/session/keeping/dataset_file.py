"""The dataset of a query as a file that people can read."""

from __future__ import annotations

import base64
import json
import operator
import pickle
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from overproof.records.dataset import Dataset
from overproof.records.documents.coding import from_document, to_document


def dataset_bytes(dataset: Dataset | None) -> bytes:
    """Write a dataset; None for cycles.

    Raises:
        TypeError, pickle.PicklingError: its metadata can be neither written nor pickled.
    """
    document: dict[str, Any] = {}
    if dataset is not None:
        bare = tuple(replace(member, metadata={}) for member in dataset.members)
        document = {
            "dataset": to_document(replace(dataset, metadata={}, members=bare)),
            **_metadata_document(dataset.metadata),
        }
        if bare:
            document["members"] = [_metadata_document(member.metadata) for member in dataset.members]
    return (json.dumps(document, default=operator.index) + "\n").encode()  # whole numbers of numpy are welcome


def dataset_of(content: bytes) -> Dataset | None:
    """Read a dataset from bytes that are known to be ours.

    Raises:
        KeyError, TypeError, ValueError, IndexError, AttributeError: it is none, or of another version.
    """
    document = json.loads(content)
    if not document:
        return None
    dataset = from_document(Dataset, document["dataset"])
    described = zip(dataset.members, document.get("members", ()), strict=True)
    members = tuple(replace(member, metadata=_metadata_of(said)) for member, said in described)
    return replace(dataset, metadata=_metadata_of(document), members=members)


def _metadata_of(document: Mapping[str, Any]) -> Any:
    pickled = document.get("pickled_metadata")
    return document["metadata"] if pickled is None else pickle.loads(base64.b64decode(pickled))


def _metadata_document(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Write metadata as they are, or pickled where a document would change them."""
    try:
        if json.loads(json.dumps(dict(metadata))) == metadata:
            return {"metadata": dict(metadata)}
    except (TypeError, ValueError, RecursionError):
        pass
    return {"pickled_metadata": base64.b64encode(pickle.dumps(metadata, protocol=5)).decode()}
