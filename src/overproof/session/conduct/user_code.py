"""Methods of the user's selector that run here, in the user's process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from overproof.engines.worker.failure import USER_ERRORS, describe_failure
from overproof.words.errors import UserCodeError


def call_user(function: Callable[[], Any], name: str) -> Any:
    """Call a method of the user's selector here, and translate what it raises."""
    try:
        return function()
    except USER_ERRORS as error:
        reason, traceback = describe_failure(error)
        raise UserCodeError(reason, where=name, traceback=traceback) from error
