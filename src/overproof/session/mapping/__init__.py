"""Independent items of work, with the same guarantees as blocks of entries.

Lives here: the selector that calls a function on items (`selector.py`), what an item raised and how that travels
(`raised.py`), the question that is made of them (`asking.py`), how far a map is (`so_far.py`), and the answer
(`mapped.py`).
Comes in: a function and items. Goes out: a `Mapped`, in the order of items. Start with `selector.py`.
"""

from overproof.session.mapping.mapped import Mapped, mapped
from overproof.session.mapping.selector import MapSelector

__all__ = ["MapSelector", "Mapped", "mapped"]
