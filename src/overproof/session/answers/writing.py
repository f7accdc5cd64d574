"""Tables as text and as files."""

from __future__ import annotations

import csv
import importlib
import io
import itertools
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

from overproof.outputs.document import columns_document, dump_json
from overproof.outputs.save import check_writable, save_bytes, save_outputs
from overproof.words.errors import OutputError
from overproof.words.naming import free_name

Columns: TypeAlias = Mapping[str, Any]
"""Arrays of one length, by name."""

MIN_WIDTH, MAX_WIDTH = 9, 32
"""Letters of a column on the screen."""

TABLE_SUFFIXES: Final = (".csv", ".parquet", ".json", ".root", ".pkl")
"""What tables can be saved as."""


def table_text(columns: Columns, *, n_rows: int, max_rows: int | None = None) -> str:
    """Write columns side by side under their names, and say how many rows are not shown."""
    values = [column[:max_rows].tolist() for column in columns.values()]
    cells = [[_cell(value) for value in column] for column in values]
    heads = [_shortened(name) for name in columns]
    widths = [max([MIN_WIDTH, len(head), *map(len, column)]) for head, column in zip(heads, cells, strict=True)]
    lines = [_line(heads, widths), *(_line(row, widths) for row in zip(*cells, strict=True))]
    n_shown = len(lines) - 1
    if n_shown < n_rows:
        lines.append(f"{n_shown:,} of {n_rows:,} rows")
    return "\n".join(lines)


def check_table_place(path: str | os.PathLike[str]) -> None:
    """Find out before the work whether a table can be saved there.

    Raises:
        OutputError: unknown suffix, a place that cannot be written, or pyarrow is lacking for Parquet.
    """
    check_writable(path, suffixes=TABLE_SUFFIXES)
    if Path(path).suffix == ".parquet":
        _arrow(path)


def save_table(path: str | os.PathLike[str], columns: Columns) -> None:
    """Save the rows of a table in the format that the suffix names, whole or not at all.

    Raises:
        OutputError: as in `check_table_place`.
    """
    check_table_place(path)
    write = _WRITERS.get(Path(path).suffix)
    if write is None:
        save_outputs(path, {"table": _records(columns)} if Path(path).suffix == ".root" else dict(columns))
    else:
        save_bytes(path, write(columns))


def csv_lines(columns: Columns) -> Iterator[str]:
    """Give the table as lines of CSV, names of columns first; numbers with all the digits that tell them apart."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    for row in itertools.chain([tuple(columns)], rows):
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _csv(columns: Columns) -> bytes:
    return "".join(csv_lines(columns)).encode()


def _json(columns: Columns) -> bytes:
    return dump_json({"outputs": {"columns": columns_document(columns)}}).encode()


def _records(columns: Columns) -> Any:
    """Make an array of rows, whose names ROOT can type: each its own, of letters, digits and `_`."""
    names: list[str] = []
    for name in columns:
        plain = "_".join(re.findall(r"\w+", name, flags=re.ASCII)) or "column"
        names.append(free_name(plain, names))
    awkward = importlib.import_module("awkward")
    arrays = [awkward.Array(column.tolist() if column.dtype == object else column) for column in columns.values()]
    return awkward.zip(dict(zip(names, arrays, strict=True)), depth_limit=1)


def _parquet(columns: Columns) -> bytes:
    arrow, buffer = _arrow("a table"), io.BytesIO()
    importlib.import_module("pyarrow.parquet").write_table(arrow.table(dict(columns)), buffer)
    return buffer.getvalue()


_WRITERS: Final[dict[str, Callable[[Columns], bytes]]] = {".csv": _csv, ".json": _json, ".parquet": _parquet}


def _arrow(path: str | os.PathLike[str]) -> Any:
    try:
        return importlib.import_module("pyarrow")
    except ImportError as error:
        raise OutputError(f"{os.fspath(path)}: Parquet needs pyarrow: pip install pyarrow, or save as .csv") from error


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.7g}"
    return _shortened(str(value))


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_WIDTH else f"{text[: MAX_WIDTH - 3]}..."


def _line(cells: Any, widths: Any) -> str:
    return "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()
