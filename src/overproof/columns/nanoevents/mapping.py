"""Where the columns of NanoEvents come from: the columns of a block, read when touched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import awkward as ak
import numpy as np
from coffea.nanoevents.mapping.base import BaseSourceMapping

from overproof.columns.fetching import BlockColumns


class BlockMapping(BaseSourceMapping):  # type: ignore[misc, unused-ignore] # coffea tells no types
    """Gives buffers of a block's columns to awkward, by the keys that coffea's schemas write into a form.

    Args:
        columns: of the block.
        access_log: takes which branches were touched.

    Source: coffea's `UprootSourceMapping`, whose keys and arrays these are.
    """

    def __init__(self, columns: BlockColumns, *, access_log: list[Any]) -> None:
        super().__init__(None, columns.first, columns.stop, cache={}, access_log=access_log, virtual=True)
        self._columns = columns

    @classmethod
    def _extract_base_form(cls, source: Any) -> Any:
        raise NotImplementedError("forms come from the file, not from the columns of one block")

    def key_root(self) -> str:
        """Return what coffea would begin the keys of its own cache with."""
        return "overproof:"

    def _column_source(self, uuid: str, path_in_source: str) -> BlockColumns:
        return self._columns

    # Coffea gives `allow_missing` by position.
    def get_column_handle(self, columnsource: BlockColumns, name: str, allow_missing: Any) -> str | None:
        """Return the name of a column; None for one that the file may lack, and lacks."""
        return name if not allow_missing or columnsource.has(name) else None

    def extract_column(self, columnhandle: str | None, start: int, stop: int, allow_missing: Any, **_: Any) -> Any:
        """Return the entries of a column as awkward array, lists with 64-bit offsets from 0.

        Raises:
            BranchError, ReadError: as `BlockColumns.get`.
        """
        n_entries = stop - start
        if columnhandle is None:
            nothing = np.full(n_entries, -1, dtype=np.int64)
            return ak.contents.IndexedOptionArray(
                ak.index.Index64(nothing), ak.contents.NumpyArray(np.array([], dtype=np.bool_))
            )
        array = self._columns.get(columnhandle)
        if isinstance(array.layout, ak.contents.ListOffsetArray):
            array = ak.Array(array.layout.to_ListOffsetArray64(start_at_zero=True))
        if allow_missing:
            everything = ak.index.Index64(np.arange(n_entries, dtype=np.int64))
            array = ak.Array(ak.contents.IndexedOptionArray(everything, ak.contents.NumpyArray(array)))
        return array

    def __len__(self) -> int:
        return int(self._stop - self._start)

    def __iter__(self) -> Iterator[str]:
        raise NotImplementedError("a block has as many keys as a schema can think of")
