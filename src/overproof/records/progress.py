"""How far a running query is."""

from __future__ import annotations

from overproof.records.account import Account, ExcludedRange, MissingRange
from overproof.words.frozen import dataclass
from overproof.words.states import QueryState


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A snapshot of a running query; entries count when their delta is merged, `n_entries_seen` before that.

    Attributes:
        state: where the query is in its life.
        account: where every entry is.
        n_entries_seen: entries computed by workers, merged or not.
        read_bytes: compressed bytes read.
        elapsed_s: seconds since the query started.
        rate_per_s: entries a second over the last few seconds.
        average_rate_per_s: entries a second since the first packet.
        byte_rate_per_s: bytes a second over the last few seconds.
        left_s: estimated seconds to the end; None when unknown.
        n_workers: workers that have joined and are not lost.
        n_active: workers with a packet in hand.
        n_files: files of the dataset.
        n_files_opened: files looked into.
        first_failure: a range that is lost already, if there is one.
        unit: what is counted: entries, or items of a map.
        awaited: what is waited for while there is no worker; empty: nothing that takes long.
        n_suspects: blocks on which the selector failed, of which it is not settled yet what is to be excluded.
    """

    state: QueryState
    account: Account
    n_entries_seen: int
    read_bytes: int
    elapsed_s: float
    rate_per_s: float
    average_rate_per_s: float
    byte_rate_per_s: float
    left_s: float | None
    n_workers: int
    n_active: int
    n_files: int
    n_files_opened: int
    first_failure: ExcludedRange | MissingRange | None = None
    unit: str = "entries"
    n_suspects: int = 0
    awaited: str = ""
