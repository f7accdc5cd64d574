"""Several datasets in one query: answers of each, and weights.

Lives here: what is asked of them (`division.py`), what weights say (`weights.py`), and how a selector comes to keep its
outputs apart (`dividing.py`).
Comes in: a dataset with members, and a selector. Goes out: a selector that divides. Start with `division.py`.
"""

from overproof.session.members.dividing import divided
from overproof.session.members.division import Division, check_division
from overproof.session.members.weights import Weights

__all__ = ["Division", "Weights", "check_division", "divided"]
