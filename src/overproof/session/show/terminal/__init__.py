"""Queries and histograms in the terminal, of characters only.

Lives here: a running query (`live.py`); which picture a histogram gets (`picture.py`): bins as columns (`columns.py`),
categories as bars (`bars.py`), means as points (`points.py`), two dimensions as a map (`maps.py`); the axis below them
(`ruler.py`), and what stands for their characters where these cannot be shown (`characters.py`).
Comes in: queries, histograms. Goes out: lines of text. Start with `picture.py`.
"""

from overproof.session.show.terminal.characters import shown_with
from overproof.session.show.terminal.picture import terminal_picture

__all__ = ["shown_with", "terminal_picture"]
