"""Uploads within the reach of workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from overproof.engines.messages import Brief, RunScript

C = TypeVar("C")


def within_reach(command: C, paths: Sequence[str]) -> C:
    """Let a command that says where modules are looked for name these directories first; others are as they were."""
    if not paths or not isinstance(command, Brief | RunScript):
        return command
    return replace(command, search_path=(*paths, *command.search_path))
