"""Queries and answers in notebooks: plain HTML and SVG, which need no widgets.

Lives here: the kernel that passes things on to a front end (`kernel.py`), a running query (`live.py`), also one that
nobody waits for (`watching.py`); answers of every kind (`page.py`) with their outputs (`outputs.py`), and histograms as
inline SVG (`svg.py`) on their scales (`scales.py`).
Comes in: queries, answers, histograms. Goes out: HTML that is readable on light and on dark ground. Start with
`live.py`.
"""

__all__: list[str] = []
