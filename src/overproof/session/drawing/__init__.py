"""What is asked in the draw language: checked here, typed with the schema that a worker tells.

Lives here: what is to be drawn (`drawing.py`), also into what is there already (`earlier.py`), listed or counted
(`listing.py`).
Comes in: texts of the draw language. Goes out: a selector for the query. Start with `drawing.py`.
"""

from overproof.session.drawing.drawing import Drawable, Drawing, check_drawing
from overproof.session.drawing.listing import check_count, check_scan

__all__ = ["Drawable", "Drawing", "check_count", "check_drawing", "check_scan"]
