"""The sample of random questions that is kept with ROOT's answers."""

from __future__ import annotations

from pathlib import Path

SAMPLE = Path(__file__).parent / "random_sample"
ANSWERS = SAMPLE / "numbers.json"
SEEDS = range(1, 9)
N_QUESTIONS = 60
