"""The campaign: peers in turn, again and again, and what came out.

Lives here: what a campaign measures (`plans.py`) and by whom (`contenders.py`), one run of one peer (`run.py`) with an
eye on memory (`memory.py`), whether all answers are the same (`answers.py`), the rounds (`rounds.py`), how fast a first
block comes (`startup.py`), what is kept (`results.py`) and shown (`tables/`).
Comes in: a plan. Goes out: JSON, Markdown. Start with `rounds.py`.
"""
