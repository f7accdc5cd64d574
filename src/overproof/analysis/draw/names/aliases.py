"""Aliases: names of expressions, stored in a TTree or given by the user."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence

from overproof.analysis.draw.language.grammar import parse
from overproof.analysis.draw.language.syntax import Call, Group, Name, Node
from overproof.analysis.draw.names.expansion import rewritten
from overproof.analysis.draw.names.friends import own_name
from overproof.records.schema import Schema
from overproof.words.errors import ExpressionError, OptionError

_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*\Z")


def expand_alias(node: Name, schema: Schema, *, text: str, inside: Sequence[str]) -> Node | None:
    """Return what stands for a name, at its place; None when it is no alias.

    Args:
        node: the name, with its indices.
        schema: of the tree, with its aliases.
        text: the user's text.
        inside: aliases that are being expanded.

    Raises:
        ExpressionError: the alias stands for itself, cannot be understood, or is a formula and has an index.
    """
    meaning = dict(schema.aliases).get(node.text)
    if meaning is None:
        return None
    if node.text in inside:
        way = " -> ".join(f"`{each}`" for each in (*inside[inside.index(node.text) :], node.text))
        raise ExpressionError(f"the alias `{node.text}` stands for itself: {way}", text=text, position=node.position)
    try:
        meant = rewritten(parse(meaning), position=node.position)
    except ExpressionError as error:
        problem = f"what the alias `{node.text}` stands for cannot be used: {error}"
        raise ExpressionError(problem, text=text, position=node.position) from None
    if not node.indices:
        return Group(inner=meant, position=node.position)
    if not isinstance(meant, Name | Call):
        raise ExpressionError(
            f"the alias `{node.text}` is the formula `{meaning}`, which has no index: write the index inside of it",
            text=text,
            position=node.indices[0].position,
        )
    return dataclasses.replace(meant, indices=(*meant.indices, *node.indices))


def is_alias(name: str, schema: Schema) -> bool:
    """Tell whether a name is an alias, and of no branch the whole name: an alias comes before the end of a name."""
    is_known = any(name == alias for alias, _ in schema.aliases)
    return is_known and not any(name in (branch.name, own_name(branch)) for branch in schema.branches)


def with_aliases(schema: Schema, aliases: Mapping[str, str]) -> Schema:
    """Return a schema that has further aliases; those of the user come before those of the file.

    Raises:
        OptionError: a name that no expression can name.
        ExpressionError: an alias that cannot be understood.
    """
    check_aliases(aliases)
    own = {name: meaning for name, meaning in schema.aliases if name not in aliases}
    return dataclasses.replace(schema, aliases=(*aliases.items(), *own.items()))


def check_aliases(aliases: Mapping[str, str]) -> None:
    """Raise an error for aliases that no expression can use, before any file is opened; see `with_aliases`."""
    for name, meaning in aliases.items():
        if not _NAME.match(name):
            raise OptionError(f"{name!r} is no name for an alias: use letters, digits and _")
        parse(meaning)
