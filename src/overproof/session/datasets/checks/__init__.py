"""What is checked of a dataset before any file is opened.

Lives here: whether files are named twice, and whether they are there (`files.py`), and whether workers can read what is
said of a dataset (`metadata.py`).
Comes in: datasets as they are written. Goes out: nothing but errors and warnings, and files without repetitions.
Start with `files.py`.
"""

from overproof.session.datasets.checks.files import DuplicateWarning, check_that_some_exist, without_duplicates
from overproof.session.datasets.checks.metadata import check_metadata

__all__ = ["DuplicateWarning", "check_metadata", "check_that_some_exist", "without_duplicates"]
