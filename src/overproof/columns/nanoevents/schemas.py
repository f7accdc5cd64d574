"""Which schemas of coffea there are, by name."""

from __future__ import annotations

import difflib
from typing import Any

from overproof.words.errors import SelectorError

LIBRARIES = (
    "overproof.columns.nanoevents.block", "coffea.processor", "coffea.nanoevents.methods.nanoaod",
    "vector._compute.planar", "vector._compute.spatial", "vector._compute.lorentz",
)  # fmt: skip
"""What has to be loaded to show a block in a schema."""


def name_of_schema(schema: Any) -> str:
    """Return the name by which `find_schema` knows a class; empty where it does not, as one of the user's own."""
    module = str(getattr(schema, "__module__", ""))
    return schema.__name__ if module.startswith("coffea.nanoevents.schemas.") else ""


def find_schema(said: Any) -> Any:
    """Return a class of schemas, said by itself or by its name in `coffea.nanoevents`, with `Schema` or without.

    Raises:
        SelectorError: there is none of that name, it is no class of schemas, or coffea is not installed.
    """
    try:
        from coffea import nanoevents
        from coffea.nanoevents.schemas.base import BaseSchema
    except ImportError as error:
        raise SelectorError(
            f"coffea's schemas cannot be had here ({error}): install them with `pip install 'overproof[coffea]'`"
        ) from error
    if not isinstance(said, str):
        if isinstance(said, type) and issubclass(said, BaseSchema):
            return said
        raise SelectorError(f"schema={said!r}: give a class of coffea's schemas, such as NanoAODSchema, or its name")
    known = {
        name.removesuffix("Schema").casefold(): found
        for name, found in vars(nanoevents).items()
        if isinstance(found, type) and issubclass(found, BaseSchema)
    }
    wanted = said.removesuffix("Schema").casefold()
    if wanted not in known:
        names = sorted(found.__name__ for found in known.values())
        near = difflib.get_close_matches(said, names, n=1)
        raise SelectorError(
            f"schema {said!r}: {f'did you mean {near[0]}? ' if near else ''}there are {', '.join(names)}"
        )
    return known[wanted]
