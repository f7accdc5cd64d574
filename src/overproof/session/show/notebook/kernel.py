"""The kernel of a notebook, where there is one: what it is told to show."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any


def is_in_kernel() -> bool:
    """Tell whether a kernel of Jupyter runs this code, for a notebook or another front end; imports nothing.

    In an IPython of the terminal, and in a script that has imported IPython, there is none.
    """
    shell_of = getattr(sys.modules.get("IPython"), "get_ipython", None)
    shell = shell_of() if shell_of is not None else None
    return getattr(shell, "kernel", None) is not None


class Shown:
    """One place in a notebook's outputs, whose content can be replaced, from any thread and in any later cell.

    Made in the cell in which it is to stand, and empty until `show` is called.
    """

    def __init__(self) -> None:
        self._id = f"overproof-{os.urandom(8).hex()}"
        self._last: dict[str, str] | None = None

    def show(self, html: str, plain: str) -> None:
        """Replace what stands there.

        Args:
            html: for front ends that show it.
            plain: for the others.
        """
        content = {"text/html": html, "text/plain": plain}
        if content == self._last:
            return
        publish: Any = importlib.import_module("IPython.display").publish_display_data
        publish(content, metadata={}, transient={"display_id": self._id}, update=self._last is not None)
        self._last = content
