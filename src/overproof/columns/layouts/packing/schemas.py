"""Schemas as documents: each type is told once."""

from __future__ import annotations

from typing import Any

from overproof.records.schema import Branch, Schema


def packed_schema(schema: Schema) -> dict[str, Any]:
    """Tell a schema, without friends, as what JSON can say."""
    types: dict[Any, int] = {}
    kinds = [
        types.setdefault((each.typename, each.kind, each.dtype, each.n_jagged, each.fixed_shape), len(types))
        for each in schema.branches
    ]
    return {
        "tree": schema.tree,
        "format": schema.format,
        "identity": schema.identity,
        "aliases": schema.aliases,
        "titles": schema.titles,
        "types": list(types),
        "type": kinds,
        "name": [each.name for each in schema.branches],
        "size": [each.size_bytes for each in schema.branches],
        "baskets": [each.n_baskets for each in schema.branches],
        "within": [each.within for each in schema.branches] if any(each.within for each in schema.branches) else None,
    }


def unpacked_schema(facts: dict[str, Any]) -> Schema:
    """Undo `packed_schema`.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    types = [(*each[:-1], tuple(each[-1])) for each in facts["types"]]
    names = facts["name"]
    rows = zip(names, facts["type"], facts["size"], facts["baskets"], facts["within"] or [""] * len(names), strict=True)
    branches = []
    for name, number, size_bytes, n_baskets, within in rows:
        typename, kind, dtype, n_jagged, shape = types[number]
        branches.append(
            Branch(
                name=name,
                typename=typename,
                kind=kind,
                dtype=dtype,
                n_jagged=n_jagged,
                fixed_shape=shape,
                size_bytes=size_bytes,
                n_baskets=n_baskets,
                within=within,
            )
        )
    return Schema(
        tree=facts["tree"],
        format=facts["format"],
        identity=facts["identity"],
        aliases=tuple((name, text) for name, text in facts["aliases"]),
        titles=str(facts["titles"]),
        branches=tuple(branches),
    )
