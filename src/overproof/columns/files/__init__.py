"""Files: bytes of a file on this machine, and what can go wrong with any file.

Lives here: an open local file, its version, trying again, and the one place where whatever is raised while a file is
read becomes an error of ours. Nothing here needs uproot or awkward.
Comes in: paths and ranges of bytes. Goes out: bytes of one version of a file. Start with `local.py`.
"""

from overproof.columns.files.local import LocalFile, Range
from overproof.columns.files.protocol import ByteSource

__all__ = ["ByteSource", "LocalFile", "Range"]
