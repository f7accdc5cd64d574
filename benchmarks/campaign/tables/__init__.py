"""Tables in Markdown of what was measured.

Lives here: all of them together (`whole.py`), those that say whether the targets are met (`targets.py`), the pages that
they are put into (`pages.py`), and what all tables are made with (`cells.py`).
Comes in: the document of a campaign. Goes out: text. Start with `whole.py`.
"""
