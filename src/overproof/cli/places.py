"""Places that documents and files are written to."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from overproof.cli.streams import spare_output
from overproof.words.errors import OutputError

STANDARD_OUTPUT = "-"


def check_json(place: str | None) -> None:
    """Find out before the work whether a JSON document can be written there.

    Raises:
        OutputError: it cannot, or the name does not end in `.json`.
    """
    check_named("json", place)
    if place != STANDARD_OUTPUT:
        check_file("json", place, hint=", or give - for standard output")


def check_file(option: str, place: str | None, *, suffix: str = "", hint: str = "") -> None:
    """Find out before the work whether a file of the format that the option is named after can be written.

    Args:
        option: its name.
        place: what was given.
        suffix: how the name must end; empty: as the option is called.
        hint: what else can be done.

    Raises:
        OutputError: it cannot, or the name ends in something else.
    """
    if place is None:
        return
    suffix = suffix or f".{option}"
    if not place.endswith(suffix):
        raise OutputError(f"--{option} {place}: end the name in {suffix}{hint}")
    from overproof.outputs.save import check_writable

    check_writable(place)


def check_named(option: str, place: str | None) -> None:
    """Refuse a place without a name.

    Raises:
        OutputError: the text is empty, as a variable of the shell may be that was never set.
    """
    if place is not None and not place.strip():
        raise OutputError(f"--{option} is empty: give the name of a file")


def check_apart(places: Iterable[str | None], inputs: Iterable[str]) -> None:
    """Refuse to write to what is to be read.

    Args:
        places: where outputs are to be written.
        inputs: paths and URLs of data.

    Raises:
        OutputError: two of them are one file, by whatever names.
    """
    named = [place for place in places if place is not None and os.path.exists(place)]
    for path in inputs if named else ():
        for place in named:
            if os.path.exists(path) and os.path.samefile(place, path):
                raise OutputError(f"{place}: is one of the files to read; choose another place for the output")


def write_json(place: str, document: Mapping[str, Any]) -> None:
    """Write a document to a file, whole or not at all, or to standard output."""
    from overproof.outputs.document import dump_json, outputs_document
    from overproof.outputs.save import save_outputs

    if place == STANDARD_OUTPUT:
        sys.stdout.write(dump_json(outputs_document(document)))
    else:
        save_outputs(place, {}, document=outputs_document(document))
        spare_output()
