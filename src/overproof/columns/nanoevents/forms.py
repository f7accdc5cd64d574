"""What a file looks like in a schema, made once a file, or once for all files of one shape."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import uproot
from coffea.nanoevents import EDM4HEPSchema
from coffea.nanoevents.mapping import UprootSourceMapping

from overproof.columns.files.damage import translated
from overproof.columns.formats import Reader
from overproof.words.frozen import dataclass

_SHAPES_REMEMBERED = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """A tree as a schema shows it.

    Attributes:
        form: awkward's form, as a dict; its parameters take the metadata of a block.
        behavior: what the records in it can do.
    """

    form: Mapping[str, Any]
    behavior: Mapping[Any, Any]


class FormMemory:
    """Remembers how files look; a worker has one of these for life.

    To make a form, uproot has to understand every branch: 0.7 s for 1,500 of them. Files with the same branches of
    the same types have the same form, but for those with objects, whose types are told by the file itself.
    """

    def __init__(self) -> None:
        self._shown: OrderedDict[Any, ShownFile] = OrderedDict()

    def get(self, reader: Reader, schema: Any) -> ShownFile:
        """Return how a tree looks in a schema.

        Raises:
            ReadError: phase `open`: uproot cannot make out what is in the file.
        """
        key = (schema, *_shape(reader, schema))
        found = self._shown.get(key)
        if found is None:
            found = self._shown[key] = _shown(reader, schema)
            while len(self._shown) > _SHAPES_REMEMBERED:
                self._shown.popitem(last=False)
        else:
            self._shown.move_to_end(key)
        return found


def _shape(reader: Reader, schema: Any) -> tuple[Any, ...]:
    """Return what is equal for files of equal form: their branches, or the file itself where these do not tell."""
    branches = reader.schema().branches
    # podio writes what its collections are into another tree of the file.
    if issubclass(schema, EDM4HEPSchema) or any(branch.kind == "object" for branch in branches):
        return (reader.path, reader.tree, reader.identity or reader.uuid)
    return tuple((each.name, each.typename, each.dtype, each.n_jagged, each.fixed_shape) for each in branches)


def _shown(reader: Reader, schema: Any) -> ShownFile:
    with translated(reader.path, "open", what="uproot, for coffea's schema"), uproot.open({reader.path: None}) as file:
        tree = file[reader.tree]
        base = UprootSourceMapping._extract_base_form(tree)
        base["typenames"] = tree.typenames()
        if issubclass(schema, EDM4HEPSchema):
            from coffea.nanoevents.schemas.edm4hep import podio_collection_types

            base["podio_collection_types"] = podio_collection_types(tree)
    # Outside: what a schema of the user's raises is not the file's fault.
    made = schema(base)
    return ShownFile(form=made.form, behavior=made.behavior())
