"""Notices and orders as documents that say which they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from overproof.records.documents.coding import from_document, to_document
from overproof.records.notices import Notice
from overproof.records.orders import Order

TYPE = "is"
"""Under this key stands which notice or order a document is of."""

KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in (*get_args(Notice), *get_args(Order))}
"""Every notice and order, by name."""


def fact_document(what: Notice | Order) -> dict[str, Any]:
    """Write a notice or an order as a document that says which one it is."""
    return {TYPE: type(what).__name__, **to_document(what)}


def fact_of(document: Mapping[str, Any]) -> Notice | Order:
    """Read a notice or an order from its document.

    Raises:
        KeyError, TypeError, ValueError, IndexError, AttributeError: it is not a document of any.
    """
    fields = {name: value for name, value in document.items() if name != TYPE}
    what: Notice | Order = from_document(KINDS[document[TYPE]], fields)
    return what
