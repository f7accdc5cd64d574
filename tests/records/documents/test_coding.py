"""Laws of records as documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overproof.records.block import Block
from overproof.records.documents.coding import from_document, to_document
from overproof.records.documents.facts import KINDS, fact_document, fact_of
from overproof.records.notices import Notice
from overproof.records.orders import Order
from overproof.records.outcome.standing import Standing
from overproof.records.query import QueryOptions
from overproof.words.states import QueryState

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
PLAIN = {
    str: TEXT,
    int: st.integers(min_value=0, max_value=2**70),
    float: st.floats(allow_nan=False),
    bool: st.booleans(),
    NoneType: st.none(),
    QueryState: st.sampled_from(QueryState),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Make any value of the type of a field; built from the annotations, independent of the codec."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in PLAIN:
        return PLAIN[hint]
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(hint, **{field.name: values_of(hints[field.name]) for field in fields(hint)})
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in (Union, UnionType):
        return st.one_of([values_of(each) for each in inner])
    if origin is tuple:
        kind = st.integers(min_value=0, max_value=2**62) if inner[0] is int else values_of(inner[0])
        if inner[-1] is Ellipsis:
            return st.lists(kind, max_size=3).map(tuple)
        return st.tuples(*[kind] * len(inner))
    assert origin is Mapping, hint
    return st.dictionaries(values_of(inner[0]), values_of(inner[1]), max_size=3)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_notice_and_order_comes_back(name: str) -> None:
    """Written as JSON and read again, any notice and any order is the same as before."""

    @settings(max_examples=25, deadline=None)
    @given(values_of(KINDS[name]))
    def comes_back(what: Notice | Order) -> None:
        assert fact_of(json.loads(json.dumps(fact_document(what)))) == what

    comes_back()


def test_no_notice_or_order_is_forgotten() -> None:
    """All members of both unions have a document."""
    assert set(KINDS.values()) == {*get_args(Notice), *get_args(Order)}


@pytest.mark.parametrize("kind", [Standing, QueryOptions])
def test_standings_and_options_come_back(kind: type) -> None:
    """What a query is resumed from is read as it was written."""

    @settings(max_examples=50, deadline=None)
    @given(values_of(kind))
    def comes_back(record: object) -> None:
        assert from_document(kind, json.loads(json.dumps(to_document(record)))) == record

    comes_back()


def test_a_standing_of_very_many_blocks_is_written_in_little_time() -> None:
    """A million blocks of one file are one number of a million bits; decimal digits would take a minute."""
    standing = Standing(merged={0: (1 << 1_000_000) - 1})
    document = json.dumps(to_document(standing))
    assert len(document) < 260_000
    assert from_document(Standing, json.loads(document)) == standing


def test_defaults_cost_nothing() -> None:
    """A block that was not isolated is four numbers."""
    assert to_document(Block(file=1, index=2, first=30, stop=40)) == [1, 2, 30, 40]
    assert to_document(Block(file=1, index=2, first=30, stop=40, ranges=())) == [1, 2, 30, 40, []]
    assert to_document(QueryOptions()) == {}


@pytest.mark.parametrize("document", [{}, {"is": "Nothing"}, {"is": "SendPacket", "what": 1}, {"is": "OpenFile"}])
def test_strange_documents_are_refused(document: dict[str, Any]) -> None:
    """What is no notice and no order does not become one."""
    with pytest.raises((KeyError, TypeError)):
        fact_of(document)
