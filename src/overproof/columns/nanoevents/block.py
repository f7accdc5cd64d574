"""The entries of a block as the array that a processor of coffea gets."""

from __future__ import annotations

import uuid
import weakref
from collections.abc import Mapping
from functools import partial
from typing import Any

from coffea.nanoevents import NanoEventsFactory
from coffea.nanoevents.factory import _key_formatter
from coffea.nanoevents.util import tuple_to_key

from overproof.columns.fetching import BlockColumns
from overproof.columns.nanoevents.forms import FormMemory, ShownFile
from overproof.columns.nanoevents.mapping import BlockMapping
from overproof.columns.nanoevents.record import lazy_record


class _Shown:
    """What coffea's factory asks of a schema: that of one block."""

    def __init__(self, shown: ShownFile, metadata: Mapping[str, Any]) -> None:
        parameters = dict(shown.form.get("parameters") or {})
        # A schema adds its own to what it was given, such as `version`; it was given none.
        parameters["metadata"] = {**metadata, **(parameters.get("metadata") or {})}
        self.form = {**shown.form, "parameters": parameters}
        self._behavior = shown.behavior

    def behavior(self) -> Mapping[Any, Any]:
        return self._behavior


def nano_events(
    columns: BlockColumns, schema: Any, *, forms: FormMemory, metadata: Mapping[str, Any], written: str = ""
) -> Any:
    """Return a block as `NanoEventsFactory.from_root(..., mode="virtual").events()` would.

    Args:
        columns: of the block.
        schema: class of schemas.
        forms: how files look.
        metadata: what the dataset says; its place in the file is added, by coffea's names.
        written: path of the file as the user wrote it; empty: that of the reader.

    Raises:
        ReadError: phase `open`: the file cannot be understood.
    """
    reader = columns.reader
    place = {
        "dataset": metadata.get("dataset", ""),
        "filename": written or reader.path,
        "treename": reader.tree,
        "entrystart": columns.first,
        "entrystop": columns.stop,
        "fileuuid": _plain_uuid(reader.uuid),
    }
    shown = _Shown(forms.get(reader, schema), {**place, **metadata})
    key = tuple_to_key((reader.uuid or reader.path, f"/{reader.tree}", f"{columns.first}-{columns.stop}"))
    mapping = BlockMapping(columns, access_log=[])
    factory = NanoEventsFactory(shown, mapping, key, mode="virtual")
    buffer_key = partial(_key_formatter, key)
    events = lazy_record(
        shown.form, columns.stop - columns.first, container=mapping, buffer_key=buffer_key, behavior=shown.behavior(),
        attrs={"@events_factory": factory, "@form": shown.form, "@buffer_key": buffer_key},
    )  # fmt: skip
    # Cross references find the events by way of the factory.
    factory._events = weakref.ref(events)
    return events


def _plain_uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return text
