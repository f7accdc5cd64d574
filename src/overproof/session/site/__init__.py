"""The site: what whoever looks after machines has written down for all their users.

Lives here: the site file and where it is looked for.
Comes in: `site.toml` of the machine and of the user. Goes out: a `Site`: options of engines, mount points and the
hosts that serve them. Start with `site.py`.
"""

from overproof.session.site.places import site_places
from overproof.session.site.site import Site, read_site

__all__ = ["Site", "read_site", "site_places"]
