"""Logs: what user code prints, by worker and block.

Lives here: `capture.py`, which leads the standard streams of a worker into a file for the time of a query;
`index.py`, which tells what in that file belongs to which block.
Comes in: blocks, as they are computed. Goes out: a file and its index for each worker. Start with `capture.py`.
"""

from overproof.engines.worker.logs.capture import PrintLog, attribute_rest, cut_log, log_size_bytes
from overproof.engines.worker.logs.index import Printed, index_path, log_path, read_index

__all__ = [
    "PrintLog",
    "Printed",
    "attribute_rest",
    "cut_log",
    "index_path",
    "log_path",
    "log_size_bytes",
    "read_index",
]
