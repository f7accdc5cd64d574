"""Views: the record of one block whose columns are read when touched, and what is made of it by slicing.

Lives here: views (`view.py`) and where their entries are from (`origin.py`); the awkward record that one stands for
(`virtual.py`); what a selector puts out, read (`output.py`). Awkward is loaded when somebody needs it (`kinds.py`).
Comes in: the columns of a block. Goes out: columns, and awkward arrays. Start with `view.py`.
"""

from overproof.columns.views.output import materialized
from overproof.columns.views.view import View, added_columns, defaults_of, file_of, native_column

__all__ = ["View", "added_columns", "defaults_of", "file_of", "materialized", "native_column"]
