"""Places that documents and files are written to."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from overproof.words.errors import OutputError

STANDARD_OUTPUT = "-"


def check_json(place: str | None) -> None:
    """Find out before the work whether a JSON document can be written there.

    Raises:
        OutputError: it cannot, or the name does not end in `.json`.
    """
    if place != STANDARD_OUTPUT:
        check_file("json", place, hint=", or give - for standard output")


def check_file(option: str, place: str | None, *, hint: str = "") -> None:
    """Find out before the work whether a file of the format that the option is named after can be written.

    Raises:
        OutputError: it cannot, or the name ends in something else.
    """
    if place is None:
        return
    if not place.endswith(f".{option}"):
        raise OutputError(f"--{option} {place}: end the name in .{option}{hint}")
    from overproof.outputs.save import check_writable

    check_writable(place)


def write_json(place: str, document: Mapping[str, Any]) -> None:
    """Write a document to a file, whole or not at all, or to standard output."""
    from overproof.outputs.document import dump_json, outputs_document
    from overproof.outputs.save import save_outputs

    if place == STANDARD_OUTPUT:
        sys.stdout.write(dump_json(outputs_document(document)))
    else:
        save_outputs(place, {}, document=outputs_document(document))
