"""From the anchor of an RNTuple to its description."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from overproof.columns.files import ByteSource
from overproof.columns.files.damage import DamageError
from overproof.columns.grid import Storage
from overproof.columns.layouts import Clusters, Description, TreeLayout
from overproof.columns.lean.doubt import DoubtError
from overproof.columns.lean.rntuple.columns import FieldLayouts, PageColumns, Ways
from overproof.columns.lean.rntuple.envelopes import (
    FOOTER,
    HEADER,
    PAGE_LIST,
    Part,
    anchored,
    checksum_of,
    parse_anchor,
    read_envelopes,
)
from overproof.columns.lean.rntuple.fields import Fields
from overproof.columns.lean.rntuple.page_lists import PageTable, parse_page_lists
from overproof.columns.lean.rntuple.records import Records, parse_footer, parse_header
from overproof.records.schema import Branch, Schema


def describe(anchor: bytes | Sequence[int], source: ByteSource, *, path: str, tree: str, uuid: str) -> Description:
    """Describe one RNTuple.

    Args:
        anchor: the object stored under its name, decompressed; or the members of it, in their order, verified.
        source: the bytes of the file.
        path: local path or URL of the file.
        tree: path of the RNTuple in the file, as it is called.
        uuid: of the file.

    Raises:
        DoubtError, and others of `NOT_UNDERSTOOD`: it is damaged, or something in it is not known here.
    """
    if sys.byteorder != "little":
        raise DoubtError("a machine that has the bytes of numbers in another order")
    parts = parse_anchor(anchor) if isinstance(anchor, bytes) else anchored(anchor)
    records, pages = _read(source, *parts)
    fields, ways = Fields(records.fields, records.columns), Ways(records.columns)
    columns = FieldLayouts(fields, records.columns, ways)
    layout = TreeLayout(
        path=path,
        tree=tree,
        format="RNTuple",
        uuid=uuid,
        identity=source.identity,
        n_entries=int(pages.clusters[-1]),
        size_bytes=int(pages.sizes_bytes.sum()),
        names=fields.leaves,
        wholes=fields.wholes,
        others=tuple(fields.others()),
        columns=columns,
        pages=PageColumns(records, pages, ways),
        clusters=pages.clusters,
    )
    return Description(
        layout=layout, schema=lambda: _schema(layout, fields, columns, pages), clusters=lambda: _clusters(pages)
    )


def _read(source: ByteSource, header_part: Part, footer_part: Part) -> tuple[Records, PageTable]:
    """Fetch and understand everything, in two requests.

    Raises:
        DamageError: parts that do not belong together.
    """
    header, footer = read_envelopes(source, [(header_part, HEADER), (footer_part, FOOTER)])
    records, checksum = Records(), checksum_of(header)
    parse_header(header, records)
    if parse_footer(footer, records) != checksum:
        raise DamageError("the footer belongs to another header")
    lists = read_envelopes(source, [(part, PAGE_LIST) for part in records.page_lists])
    return records, parse_page_lists(lists, n_columns=len(records.columns), header=checksum)


def _clusters(pages: PageTable) -> Clusters:
    starts = pages.clusters[:-1]
    return Clusters(boundaries=starts, storage=Storage(starts=starts, sizes_bytes=pages.bytes_of_clusters()))


def _schema(layout: TreeLayout, fields: Fields, columns: FieldLayouts, pages: PageTable) -> Schema:
    sizes_bytes = pages.bytes_of_columns().tolist()
    n_pages = (pages.bounds[:, -1] - pages.bounds[:, 0]).tolist()
    branches = []
    for name in fields.leaves:
        made = columns.made(name)
        numbers = frozenset(made.columns)
        branches.append(
            Branch(
                name=name,
                typename=fields.typename(name),
                kind=made.kind,
                dtype=made.dtype,
                n_jagged=made.n_jagged,
                fixed_shape=made.fixed_shape,
                size_bytes=sum(sizes_bytes[number] for number in numbers),
                n_baskets=sum(n_pages[number] for number in numbers),
            )
        )
    return Schema(tree=layout.tree, format="RNTuple", branches=tuple(branches), identity=layout.identity)
