"""Where site files are looked for."""

from __future__ import annotations

import os
from collections.abc import Mapping

VARIABLE = "OVERPROOF_SITE"
OF_MACHINE = "/etc/overproof/site.toml"


def site_places(environment: Mapping[str, str]) -> tuple[str, ...]:
    """List the files that may be there, that which counts most first.

    `OVERPROOF_SITE` names the only one; set and empty, there is none.
    """
    if VARIABLE in environment:
        named = environment[VARIABLE]
        return (named,) if named else ()
    config = environment.get("XDG_CONFIG_HOME") or os.path.join(environment.get("HOME", "~"), ".config")
    return os.path.join(os.path.expanduser(config), "overproof", "site.toml"), OF_MACHINE
