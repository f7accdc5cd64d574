"""Uploads: packages of the user's that workers are to find, wherever they are.

Lives here: `upload.py`, what travels; `reading.py`, from what the user names to that; `installing.py`, which builds and
installs it once on a host; `pip.py`, which resolves and builds; `reach.py`, which lets workers find it.
Comes in: a directory, a wheel, a module or a requirement. Goes out: a directory to put before the path of workers, or
the conflict with what is there. Start with `upload.py`.
"""

from overproof.engines.uploads.installing import install
from overproof.engines.uploads.reach import within_reach
from overproof.engines.uploads.reading import read_upload
from overproof.engines.uploads.upload import Installed, Upload

__all__ = ["Installed", "Upload", "install", "read_upload", "within_reach"]
