"""A kernel of Jupyter, as front ends have it, for tests."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TIMEOUT_S = 30.0


@dataclass
class Cell:
    """What a cell has sent so far.

    Attributes:
        messages: kinds and contents, in order.
    """

    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def shown(self) -> list[str]:
        """The HTML that was displayed, replaced or not, in order."""
        kinds = ("display_data", "update_display_data", "execute_result")
        return [content["data"].get("text/html", "") for kind, content in self.messages if kind in kinds]

    @property
    def display_ids(self) -> list[str]:
        """The places in which something was displayed."""
        return [each["transient"]["display_id"] for kind, each in self.messages if kind == "display_data"]

    @property
    def printed(self) -> str:
        """What was printed to standard output."""
        streams = (content for kind, content in self.messages if kind == "stream")
        return "".join(content["text"] for content in streams if content["name"] == "stdout")

    @property
    def error(self) -> str:
        """The name of what the cell raised, and what that says."""
        return "".join(f"{each['ename']}: {each['evalue']}" for kind, each in self.messages if kind == "error")


class Kernel:
    """A kernel in a process of its own.

    Args:
        manager: of jupyter_client, whose kernel runs.
    """

    def __init__(self, manager: Any) -> None:
        self.manager = manager
        self.connect()

    def connect(self) -> None:
        """Meet the kernel that runs now."""
        self._client = self.manager.blocking_client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=TIMEOUT_S)

    def run(self, code: str, until: Callable[[Cell], bool] | None = None) -> Cell:
        """Run a cell to its end, or until it has sent what is waited for."""
        self._client.execute(code, store_history=False)
        return self.listen(Cell(), until)

    def listen(self, cell: Cell, until: Callable[[Cell], bool] | None = None) -> Cell:
        """Hear a cell that runs on, to its end, or until it has sent what is waited for."""
        deadline_s = time.monotonic() + TIMEOUT_S
        while time.monotonic() < deadline_s:
            try:
                message = self._client.get_iopub_msg(timeout=1.0)
            except queue.Empty:
                continue
            cell.messages.append((message["msg_type"], message["content"]))
            is_idle = message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
            if until(cell) if until is not None else is_idle:
                return cell
        sent = [(kind, str(content)[-600:]) for kind, content in cell.messages]
        raise TimeoutError(f"the kernel has not sent what was waited for, but {sent}")

    def close(self) -> None:
        """End the kernel, whatever it does."""
        self._client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def descendants(pid: int) -> list[int]:
    """List the processes that a process has started, and those that these have."""
    parents = dict(_parents())
    found = [child for child, parent in parents.items() if parent == pid]
    return found + [each for child in found for each in descendants(child)]


def _parents() -> Iterator[tuple[int, int]]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:  # it has ended meanwhile
            continue
        if state != "Z":
            yield int(stat.parent.name), int(parent)


def wait_for_the_end_of(pids: list[int]) -> list[int]:
    """Wait until none of these processes is left; return those that are."""
    deadline_s = time.monotonic() + TIMEOUT_S
    left = pids
    while left and time.monotonic() < deadline_s:
        alive = dict(_parents())
        left = [pid for pid in left if pid in alive]
    return left
