"""Dask clusters in this process, or in processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dask.config
from distributed import Client, LocalCluster


@contextmanager
def started(**options: Any) -> Iterator[Client]:
    """Start a cluster and connect to it."""
    quiet = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
    with (
        dask.config.set(quiet),
        LocalCluster(threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50, **options) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client
