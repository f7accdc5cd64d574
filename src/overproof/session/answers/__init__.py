"""Answers: results in the form in which they were asked for.

Lives here: what becomes of a result by the kind of its question (`dressing.py`), tables (`table.py`, `writing.py`)
counts (`count.py`), and the answers of several datasets (`datasets.py`); histograms stay those of `hist`.
Comes in: a `Result`. Goes out: what the user gets. Start with `dressing.py`.
"""

from overproof.session.answers.count import Count
from overproof.session.answers.datasets import DatasetAnswers
from overproof.session.answers.dressing import dress, warn_of_gaps
from overproof.session.answers.table import Table

__all__ = ["Count", "DatasetAnswers", "Table", "dress", "warn_of_gaps"]
