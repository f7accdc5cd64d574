"""Which schemas of coffea there are, by name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
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


def settings_of(schema: Any) -> dict[str, dict[str, Any]]:
    """Return what users may have set on coffea's classes under a schema, by class and name.

    Coffea has switches there (`NanoAODSchema.warn_missing_crossrefs`), which another process knows nothing of.
    """
    return {
        cls.__name__: {name: value for name, value in vars(cls).items() if _is_setting(name, value)}
        for cls in schema.__mro__
        if name_of_schema(cls)
    }


def take_settings(settings: Mapping[str, Mapping[str, Any]]) -> bool:
    """Set what another process has set on coffea's classes; tell whether anything was otherwise here."""
    has_changed = False
    for cls_name, values in settings.items():
        cls = find_schema(cls_name)
        for name, value in values.items():
            if vars(cls).get(name) != value:
                setattr(cls, name, value)
                has_changed = True
    return has_changed


def _is_setting(name: str, value: Any) -> bool:
    return not name.startswith("__") and isinstance(value, bool | int | float | str | dict | list | tuple | set)


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
