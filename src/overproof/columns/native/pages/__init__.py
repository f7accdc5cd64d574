"""Pages: the columns of an RNTuple, page by page.

Lives here: which pages hold which elements (`stored.py`), pages fetched, verified and decompressed straight into the
place of their elements (`fetched.py`), encodings undone (`encodings.py`), and lists made of ends (`reading.py`).
Comes in: the layout of an RNTuple and ranges of entries. Goes out: native arrays.
Start with `decoder.py`.
"""

from overproof.columns.native.pages.decoder import PageDecoder

__all__ = ["PageDecoder"]
