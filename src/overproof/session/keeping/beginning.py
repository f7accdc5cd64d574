"""Making the folder of a query that begins."""

from __future__ import annotations

import os
import pickle
import shlex
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from overproof.analysis.selector import Selector
from overproof.session.code import PackedSelector
from overproof.session.keeping.cabinet import query_folders
from overproof.session.keeping.dataset_file import dataset_bytes
from overproof.session.keeping.description import Description, bytes_digest, description_bytes
from overproof.session.keeping.folder import DATASET, DESCRIPTION, SELECTOR, QueryFolder
from overproof.session.keeping.identity.code_identity import CodeIdentity, name_of
from overproof.session.keeping.identity.fingerprint import fingerprint_here
from overproof.session.keeping.keeper import say_unkept
from overproof.session.question import Question

MAX_TEXT = 200
"""Characters of a parameter that are shown."""


def begin_keeping(
    question: Question, selector: Selector, *, packed: PackedSelector, code: CodeIdentity
) -> QueryFolder | None:
    """Make the folder of a query, and hold it; None, with a warning, where nothing can be kept.

    Args:
        question: what is asked.
        selector: when `begin` has run.
        packed: the same, as it travels.
        code: its identity before that.
    """
    try:
        files = {SELECTOR: packed.payload, DATASET: dataset_bytes(question.dataset)}
        description = _describe(question, selector, packed=packed, code=code, files=files)
        files[DESCRIPTION] = description_bytes(description)
        query = QueryFolder(query_folders().make(question.query_id, files))
        query.log_directory.mkdir(mode=0o700)
    except (OSError, RuntimeError, TypeError, pickle.PicklingError) as error:
        say_unkept(question.query_id, error)
        return None
    return query


def _describe(
    question: Question, selector: Selector, *, packed: PackedSelector, code: CodeIdentity, files: Mapping[str, bytes]
) -> Description:
    """Take down what is asked, here and now."""
    name = name_of(selector).rpartition(".")[2]
    return Description(
        query_id=question.query_id,
        kind=question.kind,
        call=_call(question, name),
        when=wall_time(),
        directory=os.getcwd(),
        selector=name,
        code=code,
        parameters={key: repr(value)[:MAX_TEXT] for key, value in getattr(selector, "params", {}).items()},
        modules=packed.modules,
        search_path=tuple(sys.path),
        dataset=question.dataset.name if question.dataset else "",
        n_files=len(question.dataset.files) if question.dataset else 0,
        cycles=question.cycles,
        options=question.options,
        manner=question.manner,
        fingerprint=fingerprint_here(),
        digests={name: bytes_digest(content) for name, content in files.items()},
    )


def wall_time() -> str:
    """Return the time of day as ISO 8601, with the offset from UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")


def _call(question: Question, name: str) -> str:
    """Return the command line, or the call in a script or notebook."""
    program = Path(sys.argv[0]) if sys.argv and sys.argv[0] else Path()
    if program.name == "overproof" or (program.name == "__main__.py" and program.parent.name == "overproof"):
        return shlex.join(["overproof", *sys.argv[1:]])
    what = f"{question.dataset.name!r}" if question.dataset else f"cycles={question.cycles}"
    verb = "draw" if question.kind == "draws" else question.kind
    if verb == "map":
        return f"session.map({name}, ...)"
    return f"session.process({name}, {what})" if verb == "process" else f"session.{verb}({what}, ...)"
