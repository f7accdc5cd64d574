"""Questions: what is asked of every sample, in the words of every peer.

Lives here: the record of a question (`question.py`), the eight of the ADL benchmarks (`adl.py`, with the parts that
have combinations in `combinations.py`), five draws (`draws.py`). Peers import this room from environments of their own:
it needs nothing but Python; arrays and their functions come in as arguments. Start with `question.py`.
"""

from benchmarks.questions.adl import ADL
from benchmarks.questions.draws import DRAWS
from benchmarks.questions.question import Axis, Drawing, Filling, Question

__all__ = ["ADL", "DRAWS", "QUESTIONS", "Axis", "Drawing", "Filling", "Question"]

QUESTIONS = {question.name: question for question in (*ADL, *DRAWS)}
