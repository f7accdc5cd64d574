"""Queries and results in notebooks: plain HTML and SVG, which need no widgets.

Lives here: histograms as inline SVG (`svg.py`, on the scales of `scales.py`), the HTML around them (`markup.py`), what
is lost, as HTML (`losses.py`); results of every kind (`page.py`), a running query (`live.py`) that is shown until it
ends (`watching.py`), and the kernel that passes it on to the front end (`kernel.py`).
Comes in: queries, results, histograms. Goes out: HTML that is readable on light and on dark ground. Start with
`live.py`.
"""

__all__: list[str] = []
