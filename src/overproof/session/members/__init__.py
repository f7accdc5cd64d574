"""Several datasets in one query: answers by dataset, and weights of datasets.

Lives here: how a selector comes to keep its outputs apart (`dividing.py`), what weights say (`weights.py`), and the
answers of each dataset with its own account (`answers.py`).
Comes in: a question over a dataset with members, and its selector. Goes out: a selector that divides, and an answer for
each member. Start with `dividing.py`.
"""

from overproof.session.members.dividing import dividing
from overproof.session.members.weights import Weights, check_division, weights_of

__all__ = ["Weights", "check_division", "dividing", "weights_of"]
