"""Every error that overproof raises, in one tree.

::

    OverproofError                 anything of ours; str(error) says what, where and how to mend
    +-- InputError                 what was asked cannot be done; nothing was computed (exit code 2)
    |   +-- DatasetError           no such file, not ROOT, no such tree, nothing readable
    |   +-- BranchError            no such branch, or one of a type that cannot be used so
    |   +-- ExpressionError        a draw expression: has the text and the position of the caret
    |   +-- SelectorError          a selector that cannot be imported or breaks a rule of selectors
    |   +-- OutputError            a place that cannot be written, a format that is not known
    |   +-- OptionError            a number or a name that makes no sense (zero workers, unknown engine)
    |   `-- QueryError             an earlier query that is not there, still runs, or cannot be gone on with
    +-- ReadError                  a file that failed while it was read: has file, phase and range
    +-- UserCodeError              a selector raised: has file, range and traceback
    +-- MergeError                 outputs that cannot be added
    +-- EngineError                workers that cannot be started, or died too often
    +-- InvariantError             one of our own rules was broken: a defect of ours, never of the user (exit code 1)
    `-- AbortedError               the query was thrown away on request
"""

from __future__ import annotations

from typing import Any, Literal

Phase = Literal["open", "branch", "read", "decode"]
"""In which step reading fails: opening a file, finding a branch, reading bytes, making arrays of them."""


_AROUND = 50
"""Characters of a long text that are shown on either side of a place in it."""


def pointed_at(text: str, position: int) -> str:
    """Write the part of a text around a place on one line, with a caret below the place."""
    start, stop = position - _AROUND, position + _AROUND
    head = "... " if start > 0 else ""
    tail = " ..." if stop < len(text) else ""
    line = "".join(" " if letter.isspace() else letter for letter in text[max(0, start) : stop])
    return f"    {head}{line}{tail}\n    {' ' * (len(head) + position - max(0, start))}^"


class OverproofError(Exception):
    """Anything that overproof itself has to say.

    Attributes:
        result: what a query had merged before this ended it; None when there is nothing.
    """

    result: Any = None


class InputError(OverproofError):
    """What was asked cannot be done; nothing was computed."""


class DatasetError(InputError):
    """A file, tree or dataset that cannot be used at all."""


class BranchError(InputError):
    """A branch that does not exist, or is of a type that cannot be used so."""


class ExpressionError(InputError):
    """A draw expression that cannot be understood.

    Attributes:
        text: the whole expression.
        position: index in `text` of the offending character.
        problem: the complaint alone, without text and caret.
    """

    def __init__(self, problem: str, *, text: str, position: int) -> None:
        self.problem = problem
        self.text = text
        self.position = position
        super().__init__(f"{problem}\n{pointed_at(text, position)}")

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_expression_error, (self.problem, self.text, self.position))


def _rebuild_expression_error(problem: str, text: str, position: int) -> ExpressionError:
    return ExpressionError(problem, text=text, position=position)


class SelectorError(InputError):
    """A selector that cannot be imported, or that breaks a rule of selectors."""


class OutputError(InputError):
    """A place that cannot be written, or a format that is not known."""


class OptionError(InputError):
    """A number or a name that makes no sense."""


class QueryError(InputError):
    """An earlier query that is not there, still runs, or cannot be gone on with."""


class ReadError(OverproofError):
    """A file that failed while it was opened, read or decoded.

    Attributes:
        file: path or URL.
        phase: `"open"`, `"read"` or `"decode"`.
        reason: one line on what went wrong.
    """

    def __init__(self, reason: str, *, file: str, phase: Phase) -> None:
        self.reason = reason
        self.file = file
        self.phase = phase
        super().__init__(f"{file}: {phase}: {reason}")

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_read_error, (self.reason, self.file, self.phase))


def _rebuild_read_error(reason: str, file: str, phase: Phase) -> ReadError:
    return ReadError(reason, file=file, phase=phase)


class UserCodeError(OverproofError):
    """A selector raised while it processed a block.

    Attributes:
        where: file and entries, as a person reads them.
        traceback: the formatted traceback of the user's code.
    """

    def __init__(self, message: str, *, where: str = "", traceback: str = "") -> None:
        self.message = message
        self.where = where
        self.traceback = traceback
        super().__init__(f"{where}: {message}" if where else message)


class MergeError(OverproofError):
    """Outputs of two blocks that cannot be added."""


class EngineError(OverproofError):
    """Workers that cannot be started, or that died too often."""


class InvariantError(OverproofError):
    """One of our own rules was broken: a defect of ours, never of the user."""


class AbortedError(OverproofError):
    """The query was thrown away on request; there is no result."""
