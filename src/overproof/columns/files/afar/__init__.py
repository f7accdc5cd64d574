"""Afar: how one file of another machine is asked for bytes.

Lives here: what every protocol must answer (`source.py`), XRootD through its own client (`xrootd.py`, set sanely by
`client.py`), and everything else through fsspec (`others.py`).
Comes in: a URL and ranges of bytes. Goes out: the bytes, or what the server said. Start with `source.py`.
"""

from overproof.columns.files.afar.source import FarSource, open_afar

__all__ = ["FarSource", "open_afar"]
