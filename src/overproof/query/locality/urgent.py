"""What would be the last to be read."""

from __future__ import annotations

from collections.abc import Iterable

from overproof.query.storage.stock import Stock

URGENT = 1.25
"""A stock is urgent when those who read it need so many times as long as all workers for all that waits."""
MANY = 3
"""And more blocks of it wait than so many for each reader there would be."""
SATED = 0.6
"""And readers do not wait for its server for so much of their time already."""


def urgent_stocks(stocks: Iterable[Stock], *, n_waiting: int, all_per_s: float) -> Iterable[Stock]:
    """Yield stocks to whose end their readers would come clearly later than all workers to that of everything.

    Args:
        stocks: with waiting blocks.
        n_waiting: blocks that wait anywhere.
        all_per_s: entries a second of all workers.
    """
    stocks = tuple(stocks)
    # A block with two copies waits in two stocks, and is read from one of them.
    even = URGENT * max(n_waiting, sum(stock.n_waiting for stock in stocks)) / all_per_s
    for stock in stocks:
        server = stock.server
        if server is None or server.is_failing or server.waiting > SATED or stock.n_waiting <= MANY:
            continue
        rate, n_readers = server.near.rate_per_s or server.far.rate_per_s, server.n_readers
        if rate and stock.n_waiting > max(MANY * (n_readers + 1), even * rate * max(n_readers, 1)):
            yield stock
