"""Where every entry of a query is."""

from __future__ import annotations

from overproof.records.outcome.failure import EventName, FailureKind
from overproof.words.errors import Phase
from overproof.words.frozen import dataclass

ITEMS = "items"
"""Stands for the path of a file where ranges are ranges of items, and says what is counted there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`processed + excluded + missing + unread = total`, at every step.

    Attributes:
        processed: entries in merged deltas.
        excluded: entries on which the selector failed.
        missing: entries that could not be read.
        unread: entries not merged yet, or left when the query stopped.
        total: entries asked for, as far as the files are known.
        files_unknown: files of which nobody can tell the number of entries.
        files_unopened: files that nobody has looked into yet (0 when a query ends by itself).
    """

    processed: int = 0
    excluded: int = 0
    missing: int = 0
    unread: int = 0
    total: int = 0
    files_unknown: int = 0
    files_unopened: int = 0

    @property
    def is_complete(self) -> bool:
        """Tell whether every entry asked for is in the result."""
        return not (self.excluded or self.missing or self.unread or self.files_unknown or self.files_unopened)

    @property
    def sum_text(self) -> str:
        """Write where the entries are, without what there is none of."""
        return self.sum_of("entries")

    def sum_of(self, unit: str) -> str:
        """Write where the entries are, as what they are called."""
        told = [f"{getattr(self, name):,} {name}" for name in ("processed", "excluded", "missing", "unread")]
        parts = [text for text in told if not text.startswith("0 ")]
        files = [
            f"{n:,} {'file' if n == 1 else 'files'} {what}"
            for n, what in ((self.files_unknown, "of unknown length"), (self.files_unopened, "not looked into"))
            if n
        ]
        return "; ".join([f"{' + '.join(parts) or '0'} = {self.total:,} {unit}", *files])

    def _repr_html_(self) -> str:
        """Show where the entries are, in a notebook."""
        return self.html_of("entries")

    def html_of(self, unit: str) -> str:
        """Show where the entries are, as what they are called."""
        from overproof.words import markup

        parts = [
            ("processed", self.processed, markup.GOOD),
            ("excluded", self.excluded, markup.LOST),
            ("missing", self.missing, markup.ABSENT),
        ]
        verdict = "complete" if self.is_complete else "not complete"
        return markup.frame(markup.shares(parts, total=self.total), markup.text(f"{self.sum_of(unit)}: {verdict}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingRange:
    """Entries that could not be read, or a whole file of unknown length.

    Attributes:
        file: path or URL.
        tree: path of the tree; None when the file could not be opened.
        first: first entry.
        stop: last entry, exclusive; None when unknown.
        phase: `"open"`, `"branch"`, `"read"` or `"decode"`.
        reason: one line.
    """

    file: str
    tree: str | None
    first: int
    stop: int | None
    phase: Phase
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadRange:
    """Entries that nobody read, and why, where it was not the user who stopped the query; or a file not looked into.

    Attributes:
        file: path or URL.
        tree: path of the tree; None when nobody looked into the file.
        first: first entry.
        stop: last entry, exclusive; None when unknown.
        reason: one line.
    """

    file: str
    tree: str | None
    first: int
    stop: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludedRange:
    """Entries on which the selector failed.

    Attributes:
        file: path or URL.
        tree: path of the tree.
        first: first entry.
        stop: last entry, exclusive.
        kind: `"exception"`, `"signal"`, `"exit"`, `"timeout"` or `"memory"`.
        reason: one line; `traceback` has the rest.
        cause: the same for the same failure on other entries.
        event: what the file calls the event, where one entry was isolated and the file says.
        host: machine on which it happened.
    """

    file: str
    tree: str | None
    first: int
    stop: int
    kind: FailureKind
    reason: str
    traceback: str = ""
    cause: str = ""
    event: EventName | None = None
    host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRange:
    """A range on which the selector fails whole, and does not in two: it was computed so.

    Attributes:
        file: path or URL.
        tree: path of the tree.
        first: first entry.
        at: first entry of the second half.
        stop: last entry, exclusive.
        kind: how it failed whole.
        reason: one line.
    """

    file: str
    tree: str | None
    first: int
    at: int
    stop: int
    kind: FailureKind
    reason: str
