"""Entry lists as users have them: with the account of the query that made them, and a file to be kept in."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overproof.records.outcome.entries import KEY, Entries, entries_of
from overproof.words.errors import DatasetError, OutputError

if TYPE_CHECKING:
    from overproof.records.account import Account, ExcludedRange, MissingRange, SplitRange, UnreadRange
    from overproof.records.statistics import Statistics
    from overproof.words.states import QueryState

SUFFIX = ".json"


@dataclass(frozen=True, kw_only=True, repr=False)
class EntryList(Entries):
    """Entries that a draw into `>>name` has chosen; give it to later queries as `entry_list=`, or as data.

    Attributes:
        account, accounts, excluded, missing, split, unread, statistics, state, query_id: as in a result; None when it
            was loaded.
    """

    account: Account | None = field(default=None, compare=False)
    accounts: Mapping[str, Account] = field(default_factory=dict, compare=False)
    excluded: tuple[ExcludedRange, ...] = field(default=(), compare=False)
    missing: tuple[MissingRange, ...] = field(default=(), compare=False)
    split: tuple[SplitRange, ...] = field(default=(), compare=False)
    unread: tuple[UnreadRange, ...] = field(default=(), compare=False)
    statistics: Statistics | None = field(default=None, compare=False)
    state: QueryState | None = field(default=None, compare=False)
    query_id: str = field(default="", compare=False)

    def __repr__(self) -> str:
        files = "1 file" if len(self.files) == 1 else f"{len(self.files):,} files"
        return f"<EntryList {self.name}: {len(self):,} entries of {files}>"

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        from overproof.session.show.notebook.page import entry_list_html

        return entry_list_html(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save the list as JSON, whole or not at all.

        Raises:
            OutputError: the name does not end in `.json`, or the place cannot be written.
        """
        from overproof.outputs.save import save_outputs

        if Path(path).suffix != SUFFIX:
            raise OutputError(f"{os.fspath(path)}: an entry list is saved as JSON; end the name in {SUFFIX}")
        save_outputs(path, {}, document={"outputs": {self.name: self.document()}})

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> EntryList:
        """Load a list that was saved; see `load_entry_list`."""
        return load_entry_list(path)


def load_entry_list(path: str | os.PathLike[str]) -> EntryList:
    """Load an entry list from a file of `save`, or from any JSON document of a query that made some.

    Args:
        path: of the file; where it holds several, with the name of one behind a colon: `lists.json:good`.

    Raises:
        DatasetError: there is no such file, no list in it, or several.
    """
    text = os.fspath(path)
    place, name = _split_name(text)
    try:
        document = json.loads(Path(place).expanduser().read_text(encoding="utf-8"))
    except OSError as error:
        raise DatasetError(f"{place}: cannot be read as an entry list ({error.strerror or error})") from error
    except ValueError as error:
        raise DatasetError(f"{place}: is no entry list, which is JSON ({error}): record one with '>>name'") from error
    lists = _lists_in(document)
    if name is None and len(lists) == 1:
        name = next(iter(lists))
    if name is None or name not in lists:
        hint = f": name one of {', '.join(f'{place}:{each}' for each in lists)}" if lists else ""
        held = "1 entry list" if len(lists) == 1 else f"{len(lists)} entry lists"
        raise DatasetError(f"{place}: holds {held}{f', none called {name}' if name else ''}{hint}")
    try:
        found = entries_of(lists[name])
    except (KeyError, TypeError, ValueError) as error:
        raise DatasetError(f"{place}: the entry list {name} is damaged: {error}") from error
    return EntryList(name=found.name, files=found.files)


def _split_name(text: str) -> tuple[str, str | None]:
    place, colon, name = text.rpartition(":")
    is_named = bool(colon) and place.endswith(SUFFIX) and not os.path.exists(text)
    return (place, name) if is_named else (text, None)


def _lists_in(document: Any) -> dict[str, Any]:
    outputs = document.get("outputs") if isinstance(document, Mapping) else None
    if not isinstance(outputs, Mapping):
        return {}
    return {name: value for name, value in outputs.items() if isinstance(value, Mapping) and KEY in value}
