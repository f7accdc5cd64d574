"""Draws as queries: checked here, typed with the schema that a worker tells, dressed as histograms.

Lives here: what is to be drawn, and what its result looks like.
Comes in: texts of the draw language. Goes out: a selector for the query, and histograms that carry their account.
Start with `drawing.py`.
"""

from overproof.session.drawing.drawing import Drawable, Drawing, check_drawing, dress_histograms

__all__ = ["Drawable", "Drawing", "check_drawing", "dress_histograms"]
