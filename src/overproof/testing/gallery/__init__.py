"""Gallery: small files in the formats of experiments, of dice, for examples that run where no real files are.

Lives here: how particles decay (`decays.py`), what collides at two colliders (`processes.py`), what a detector sees of
it (`detector.py`), and the branches of three formats in which it is written (`formats.py`).
Comes in: a directory. Goes out: a NanoAOD, a PHYSLITE and an EDM4HEP file, the same on every call.
Start with `files.py`.
"""

from overproof.testing.gallery.files import Gallery, write_gallery

__all__ = ["Gallery", "write_gallery"]
