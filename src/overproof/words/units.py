"""Numbers with units, as people read them."""

from __future__ import annotations

MB = 1_000_000
"""One megabyte in bytes, decimal, as disks and networks count."""


def human_count(n: float) -> str:
    """Write a count short: `1234567` is `1.23 M`."""
    for limit, suffix in ((1e9, " G"), (1e6, " M"), (1e4, " k")):
        if abs(n) >= limit:
            return f"{n / (limit if limit != 1e4 else 1e3):.3g}{suffix}"
    return f"{n:.0f}"


def human_bytes(size_bytes: float) -> str:
    """Write a size short, in decimal units: `2500000` is `2.50 MB`."""
    for limit, suffix in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if abs(size_bytes) >= limit:
            return f"{size_bytes / limit:.2f} {suffix}"
    return f"{size_bytes:.0f} B"


def human_seconds(duration_s: float) -> str:
    """Write a duration short: `75.2` is `1 min 15 s`."""
    if duration_s < 1:
        return f"{duration_s * 1e3:.0f} ms"
    if duration_s < 60:
        return f"{duration_s:.1f} s"
    minutes, seconds = divmod(round(duration_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {seconds:02d} s"


def entries_text(first: int, stop: int) -> str:
    """Name a range for people; an empty tree's has no entry."""
    if first == stop:
        return "no entries, the tree is empty"
    return f"entry {first:,}" if stop == first + 1 else f"entries {first:,} to {stop - 1:,}"
