"""Locating: on which machines the files of a dataset lie.

Lives here: what redirectors of XRootD tell of files (`redirector.py`), what is known of paths of this machine
(`paths.py`), what the site has written down of its disks (`site_map.py`), all of it together while time lasts
(`locate.py`), and which of many names of a machine is the one that its workers use (`hosts.py`).
Comes in: files, names of hosts. Goes out: replicas. Nobody waits for a server that does not answer.
Start with `locate.py`.
"""

from overproof.columns.locating.hosts import HostBook, own_names
from overproof.columns.locating.locate import Found, locate, replicas_of
from overproof.columns.locating.paths import Place
from overproof.columns.locating.site_map import Mount, mounts_of

__all__ = ["Found", "HostBook", "Mount", "Place", "locate", "mounts_of", "own_names", "replicas_of"]
