"""Read an RNTuple."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import awkward as ak
import numpy as np
from uproot.compression import Compression

from overproof.columns.files import ByteSource, Range
from overproof.columns.files.damage import one_line, translated
from overproof.columns.formats.checks.envelopes import ANCHOR_FIELDS, check_clusters, check_description
from overproof.columns.formats.names import Names
from overproof.columns.formats.rntuple.clusters import ClusterReader, columns_of
from overproof.columns.formats.rntuple.fields import Fields
from overproof.columns.formats.types import OBJECT, type_of_form
from overproof.columns.grid import Entries, Storage, block_stops
from overproof.columns.layouts import NativeColumn
from overproof.records.dataset import FileGrid
from overproof.records.schema import Branch, Schema
from overproof.words.errors import BranchError, OverproofError


class RNTupleReader:
    """One RNTuple of one open file.

    Args:
        ntuple: the RNTuple of uproot.
        path: local path or URL of the file.
        name: path of the RNTuple in the file.

    Raises:
        ReadError: the description of the RNTuple is damaged.
    """

    def __init__(self, ntuple: Any, *, path: str, name: str) -> None:
        self.path = path
        self.tree = name
        self._ntuple = ntuple
        with translated(path, "open", what=f"tree {name}"):
            self.uuid = str(ntuple.file.uuid)
            self.identity: str = ntuple.file.source.identity
            check_description(ntuple)
            self._fields = Fields(ntuple)
            check_clusters(ntuple)
            clusters = ntuple.cluster_summaries
            self._firsts = np.asarray([each.num_first_entry for each in clusters], dtype=np.int64)
            self._lasts = self._firsts + np.asarray([each.num_entries for each in clusters], dtype=np.int64)
            self.n_entries = int(self._lasts[-1]) if len(clusters) else 0
        self._clusters = ClusterReader(ntuple, path=path, firsts=self._firsts, lasts=self._lasts)
        self._names = Names(
            self._fields.leaves,
            wholes=self._fields.by_name,
            others=self._fields.other_names(),
            where=f"tree '{name}' of {path}",
        )
        self._schema: Schema | None = None

    @cached_property
    def _column_bytes(self) -> list[Entries]:
        """Compressed bytes of each column in each cluster; every page has to be looked at."""
        return [
            np.asarray([sum(page.locator.num_bytes for page in column.pages) for column in cluster], np.int64)
            for cluster in self._ntuple.page_link_list
        ]

    @cached_property
    def size_bytes(self) -> int:
        """Compressed bytes of all fields."""
        with translated(self.path, "open", what="pages"):
            return sum(int(each.sum()) for each in self._column_bytes)

    @property
    def names(self) -> Sequence[str]:
        """Names of all fields that hold data, as in the schema."""
        return self._names.leaves

    @property
    def read_bytes(self) -> int:
        """Compressed bytes of pages read so far."""
        return self._clusters.read_bytes

    @property
    def n_decoded(self) -> int:
        """Columns of clusters decompressed so far."""
        return self._clusters.n_decoded

    def resolve(self, name: str) -> str:
        """Return the one spelling of a field's name."""
        return self._names.resolve(name)

    def find(self, name: str) -> str | None:
        """Return what `resolve` does, and quickly None where there is nothing."""
        return self._names.find(name)

    @property
    def has_index(self) -> bool:
        """Tell whether the tree has an index of its own: no RNTuple has."""
        return False

    def named_friends(self) -> list[tuple[str, str, str]]:
        """Return the friends that the tree names: an RNTuple names none."""
        return []

    def read_native(self, names: Sequence[str], first: int, stop: int) -> dict[str, NativeColumn]:
        """Read nothing: here all columns are read by uproot."""
        return {}

    def expect(self, names: Sequence[str], first: int, stop: int) -> None:
        """Let the bytes of fields that will be read soon be fetched meanwhile."""
        # Looked at only where the file needs it; what is wrong with it, whoever reads it is told.
        with contextlib.suppress(OverproofError):
            self._ntuple.file.source.file.announce(self._places(names, first, stop))

    def _places(self, names: Sequence[str], first: int, stop: int) -> Iterator[Range]:
        forms = {name: self._form(name)[0] for name in map(self._names.resolve, names)}
        yield from self._clusters.places(forms, first, stop)

    def tidy_up(self) -> None:
        """Do nothing: nothing was put off."""

    def serves(self, identity: str) -> bool:
        """Tell whether this is still the version asked for; when none is (empty), whether the path leads here."""
        return bool(self._ntuple.file.source.serves(identity))

    def close(self) -> None:
        """Give the file back."""
        self._ntuple.file.close()

    @property
    def source(self) -> ByteSource:
        """The bytes of the file."""
        file: ByteSource = self._ntuple.file.source.file
        return file

    @property
    def anchor(self) -> tuple[int, ...]:
        """The members of the anchor, verified, in their order."""
        return tuple(int(self._ntuple.member(name)) for name in ANCHOR_FIELDS)

    def schema(self) -> Schema:
        """Tell the fields and their types."""
        if self._schema is None:
            with translated(self.path, "open", what="fields"):
                branches = tuple(self._describe(name) for name in self._fields.leaves)
            self._schema = Schema(tree=self.tree, format="RNTuple", branches=branches, identity=self.identity)
        return self._schema

    def _describe(self, name: str) -> Branch:
        try:
            form, steps = self._fields.form(name)
        except (NotImplementedError, RuntimeError):
            # uproot has no form for fields written unsplit: they are listed, and cannot be read.
            type_, columns = OBJECT, []
        else:
            inner = _form_at(form, steps)
            type_, columns = (OBJECT if inner is None else type_of_form(inner)), columns_of(form)
        return Branch(
            name=name,
            typename=self._fields.typename(name),
            kind=type_.kind,
            dtype=type_.dtype,
            n_jagged=type_.n_jagged,
            fixed_shape=type_.fixed_shape,
            size_bytes=sum(
                int(sizes[number]) for sizes in self._column_bytes for number in columns if number < len(sizes)
            ),
            n_baskets=sum(
                len(cluster[number].pages)
                for cluster in self._ntuple.page_link_list
                for number in columns
                if number < len(cluster)
            ),
        )

    def grid(self, block_entries: int) -> FileGrid:
        """Tell the blocks."""
        with translated(self.path, "open", what="clusters"):
            sizes_bytes = np.asarray([int(each.sum()) for each in self._column_bytes], dtype=np.int64)
            storage = Storage(starts=self._firsts, sizes_bytes=sizes_bytes)
            stops = block_stops(self._firsts, storage, n_entries=self.n_entries, block_entries=block_entries)
        return FileGrid(
            tree=self.tree,
            n_entries=self.n_entries,
            stops=stops,
            size_bytes=self.size_bytes,
            uuid=self.uuid,
            identity=self.identity,
        )

    def n_clusters(self) -> int:
        """Count the clusters."""
        return len(self._firsts)

    def compression(self) -> tuple[str, int]:
        """Return the algorithm by which most bytes are compressed (empty for none), and the level."""
        weights: Counter[int] = Counter()
        for cluster, sizes in zip(self._ntuple.page_link_list, self._column_bytes, strict=True):
            for column, size in zip(cluster, sizes, strict=True):
                if not column.suppressed:
                    weights[int(column.compression_settings)] += int(size)
        settings = Compression.from_code(weights.most_common(1)[0][0]) if weights else None
        return ("", 0) if settings is None else (type(settings).__name__, int(settings.level))

    def read(self, names: Sequence[str], first: int, stop: int) -> dict[str, Any]:
        """Read columns of the entries from `first` to `stop`."""
        resolved = {name: self._names.resolve(name) for name in names}
        forms = {name: self._form(name) for name in dict.fromkeys(resolved.values())}
        read = self._clusters.read({name: form for name, (form, _) in forms.items()}, first, stop)
        arrays = {}
        with translated(self.path, "decode"):
            for name, (_, steps) in forms.items():
                array = read[name]
                for step in steps:
                    array = array[_field_in(array.fields, step)]
                arrays[name] = array
        return {asked: arrays[name] for asked, name in resolved.items()}

    def _form(self, name: str) -> tuple[Any, Sequence[str]]:
        try:
            return self._fields.form(name)
        except (NotImplementedError, RuntimeError) as error:
            raise BranchError(
                f"branch '{name}' of tree '{self.tree}' of {self.path} is of a type that cannot be read: "
                f"{one_line(error)}; leave it out"
            ) from error


def _field_in(fields: Sequence[str], step: str) -> str:
    """Find a member in a record; members of tuples are numbered anew when only one of them is read."""
    return "0" if step.isdigit() and step not in fields and list(fields) == ["0"] else step


def _form_at(form: Any, steps: Sequence[str]) -> Any:
    """Descend from the form of an outermost field to one inside of it, keeping the lists on the way.

    Returns:
        The form with lists on the way; None where an option or a union lies on the way.
    """
    if not steps:
        return form
    if isinstance(form, ak.forms.RecordForm):
        return _form_at(form.content(_field_in(form.fields, steps[0])), steps[1:])
    if isinstance(form, (ak.forms.ListOffsetForm, ak.forms.RegularForm)):
        inner = _form_at(form.content, steps)
        return None if inner is None else form.copy(content=inner)
    return None
