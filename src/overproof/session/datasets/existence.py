"""Whether files exist, as far as that can be told without opening them."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence

from overproof.records.dataset import FileSpec
from overproof.session.datasets.paths import is_url
from overproof.words.errors import DatasetError


def check_that_some_exist(specs: Sequence[FileSpec]) -> None:
    """Find a dataset of which nothing exists before any work is done; one absent file among others is accounted for.

    Raises:
        DatasetError: none of the files exists.
    """
    problems = [_problem(spec.path) for spec in specs]
    if all(problems):
        more = f" (and {len(specs) - 1} more like it)" if len(specs) > 1 else ""
        raise DatasetError(f"{problems[0]}{more}")


def _problem(path: str) -> str:
    if is_url(path):
        return ""
    if os.path.isdir(path):
        return f"{path}: is a directory, not a ROOT file; to take all files in it say '{path.rstrip('/')}/*.root'"
    if os.path.exists(path):
        return ""
    directory, name = os.path.split(path)
    try:
        near = difflib.get_close_matches(name, os.listdir(directory or "."), n=3)
    except OSError:
        return f"{path}: no such file; the directory {directory} does not exist either"
    return f"{path}: no such file" + (f"; did you mean {' or '.join(near)}?" if near else "")
