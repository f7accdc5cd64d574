"""What a file looks like in a schema, made once a file, or once for all files of one shape."""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import uproot
from coffea.nanoevents import EDM4HEPSchema
from coffea.nanoevents.mapping import UprootSourceMapping

from overproof.columns.files.damage import translated
from overproof.columns.formats import Reader
from overproof.columns.nanoevents.remembered_forms import Shape, recall_form, remember_form
from overproof.columns.nanoevents.schemas import take_settings
from overproof.words.errors import DatasetError
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


@functools.cache
def forms_of_this_process() -> FormMemory:
    """Return the memory of this process; who is forked from it begins with what it knows."""
    return FormMemory()


def take_settings_and_forget(settings: Mapping[str, Mapping[str, Any]]) -> None:
    """Take what the user has set on coffea's schemas; forms that were made without it are no good."""
    if take_settings(settings):
        forms_of_this_process().forget()


class FormMemory:
    """Remembers how files look; a process has one of these for life, and all share what lies on disk.

    To make a form, uproot has to understand every branch: 0.7 s for 1,500 of them. Files with the same branches of
    the same types and titles have the same form, but for those with objects, whose types are told by the file itself,
    and for RNTuples, whose titles nobody has looked at.
    """

    def __init__(self) -> None:
        self._shown: OrderedDict[Any, ShownFile] = OrderedDict()
        self._last: tuple[Reader, Any, ShownFile] | None = None

    def forget(self) -> None:
        """Forget everything: a setting of a schema has changed."""
        self._shown.clear()
        self._last = None

    def get(self, reader: Reader, schema: Any) -> ShownFile:
        """Return how a tree looks in a schema.

        Raises:
            ReadError: phase `open`: uproot cannot make out what is in the file.
            DatasetError: the schema cannot show it.
        """
        if self._last is not None and self._last[0] is reader and self._last[1] is schema:
            return self._last[2]
        shape = _shape(reader, schema)
        found = self._shown.get((schema, shape))
        if found is None:
            found = self._shown[schema, shape] = _shown(reader, schema, shape)
            while len(self._shown) > _SHAPES_REMEMBERED:
                self._shown.popitem(last=False)
        else:
            self._shown.move_to_end((schema, shape))
        self._last = (reader, schema, found)
        return found


def _shape(reader: Reader, schema: Any) -> Shape:
    """Return what is equal for files of equal form: their branches, or the file itself where these do not tell."""
    told = reader.schema()
    # podio writes what its collections are into another tree of the file.
    is_podio = issubclass(schema, EDM4HEPSchema)
    branches = tuple((each.name, each.typename, each.dtype, each.n_jagged, each.fixed_shape) for each in told.branches)
    if is_podio or not told.titles or any(branch.kind == "object" for branch in told.branches):
        return Shape(path=reader.path, tree=reader.tree, identity=reader.identity, is_podio=is_podio, branches=branches)
    return Shape(path="", tree="", identity=told.format, is_podio=False, branches=branches, titles=told.titles)


def _shown(reader: Reader, schema: Any, shape: Shape) -> ShownFile:
    base = recall_form(shape)
    if base is None:
        base = _base_form(reader, is_podio=shape.is_podio)
        remember_form(shape, base)
    try:
        made = schema(base)
    except Exception as error:
        # No entry is to blame: none can be shown.
        raise DatasetError(f"{reader.path}: {schema.__name__} cannot show {reader.tree}: {error}") from error
    return ShownFile(form=made.form, behavior=made.behavior())


def _base_form(reader: Reader, *, is_podio: bool) -> dict[str, Any]:
    """Let uproot and coffea make out all branches of a file."""
    with translated(reader.path, "open", what="uproot, for coffea's schema"), uproot.open({reader.path: None}) as file:
        tree = file[reader.tree]
        base: dict[str, Any] = UprootSourceMapping._extract_base_form(tree)
        base["typenames"] = tree.typenames()
        if is_podio:
            from coffea.nanoevents.schemas.edm4hep import podio_collection_types

            base["podio_collection_types"] = podio_collection_types(tree)
    return base
