"""A query that runs as a test says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from overproof.outputs.outline import Outlined
from overproof.records.account import Account, ExcludedRange, MissingRange
from overproof.records.progress import Progress
from overproof.words.errors import AbortedError
from overproof.words.states import QueryState


def snapshot(elapsed_s: float = 2.0, n_seen: int = 250, **changes: Any) -> Progress:
    values: dict[str, Any] = {
        "state": QueryState.RUNNING, "account": Account(processed=200, unread=800, total=1000),
        "n_entries_seen": n_seen, "read_bytes": 10, "elapsed_s": elapsed_s, "rate_per_s": 2_000_000.0,
        "average_rate_per_s": 1.0, "byte_rate_per_s": 35_000_000.0, "left_s": 12.0, "n_workers": 4, "n_active": 3,
        "n_files": 8, "n_files_opened": 8,
    }  # fmt: skip
    return Progress(**{**values, **changes})


@dataclass(eq=False)
class FakeQuery:
    """A query that goes through these snapshots, one a look; a step may also be an exception of `wait`."""

    steps: list[Progress | BaseException]
    partial_outputs: Callable[[], Any] = lambda: None
    asked: list[str] = field(default_factory=list)
    now: Progress = field(default_factory=snapshot)
    error: BaseException | None = None
    known: list[tuple[str, int]] | None = None
    lost: list[ExcludedRange | MissingRange] = field(default_factory=list)
    id: str = "q1"
    state: QueryState = QueryState.RUNNING
    is_resumable: bool = False

    def wait(self, timeout_s: float | None = None) -> bool:
        if not self.steps:
            return True
        step = self.steps.pop(0)
        if isinstance(step, BaseException):
            raise step
        self.now = step
        return False

    def progress(self) -> Progress:
        return self.now

    def failures(self, n_newest: int) -> list[ExcludedRange | MissingRange]:
        return self.lost[-n_newest:]

    def outline(self) -> dict[str, Outlined]:
        known = self.known if self.known is not None else [("h", 1)]
        return {name: Outlined(path=(name,), what="histogram", n_dim=n_dim) for name, n_dim in known}

    def partial(self, *names: str) -> Any:
        self.asked.append(f"partial {' '.join(names)}")
        return self.partial_outputs()

    def result(self, timeout_s: float | None = None) -> Any:
        if self.error is not None:
            raise self.error
        return "the result"

    def stop(self) -> None:
        self.asked.append("stop")

    def abort(self) -> None:
        self.asked.append("abort")
        self.error = AbortedError("aborted")
