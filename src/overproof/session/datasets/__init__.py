"""Datasets: from what a user writes to an ordered list of files.

Lives here: one path, URL or glob (`paths.py`), what names files and no dataset (`files.py`), what a fileset says of one
of them (`descriptions.py`), filesets of one dataset or several (`filesets.py`) and as documents (`documents.py`), all
forms together (`expanding.py`), coffea's pieces of files (`pieces.py`), and what is checked (`checks/`).
Comes in: paths, lists, filesets. Goes out: a `Dataset`, with its members where there are several.
Start with `resolving.py`.
"""

from overproof.session.datasets.checks import DuplicateWarning
from overproof.session.datasets.expanding import Data, expand_files
from overproof.session.datasets.paths import split_tree
from overproof.session.datasets.resolving import EmptyDatasetWarning, resolve_dataset

__all__ = ["Data", "DuplicateWarning", "EmptyDatasetWarning", "expand_files", "resolve_dataset", "split_tree"]
