"""Rotation of the custody key: every wrapped key is wrapped anew; no evidence is touched.

 1. The entry, signed by two agreement officers, of whom one is the custodian's. A run that is cut
    off behind it is finished by the same command, without a second entry.
 2. Under the site's lock: beside each wrapped key the same key, wrapped by the new one (`.next`).
 3. narrowgate.toml names the new key: one rename. From here the site reads `.next` where a key is
    still the old one's; before, nobody looked at them.
 4. Each `.next` takes its key's place. Then the old key opens nothing any more.

Whoever read narrowgate.toml before (3) and comes to commit behind it is turned away by the commit
(`Site.check_custody`) and begins anew, so that no case is left under the old key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from narrowgate.errors import BadInput, Conflict
from narrowgate.events import Kind
from narrowgate.gateway.acts import act, two_officers
from narrowgate.gateway.commit import catch_up
from narrowgate.gateway.papers import FOLDER
from narrowgate.gateway.site import CONFIG, REGISTER, Site
from narrowgate.keys.custody import Custody, custody
from narrowgate.keys.jwk import Key
from narrowgate.store import reading


def rotate(site: Site, new: str, keys: Sequence[Key]) -> int:
    """Rotate to the key that `new` names (a file of the site's home, or a pkcs11: URI); how many
    keys were wrapped anew. Raises Denied, and Conflict where it is the site's key already.
    """
    catch_up(site)
    to, old = custody(new, site.home), site.custody
    if to.id == old.id and new == site.config.keys["custody"]:
        _finish(site, to)
        raise Conflict("the site has this custody key already", place=new)
    officers = two_officers(site, keys, site.clock())
    if _last_named(site) != to.id:
        act(
            site,
            Kind.CUSTODY_ROTATED,
            site.clock(),
            {"old": old.id, "new": to.id},
            officers,
            check=lambda: None,
        )
    with site.locked():
        site.check_custody()
        places = _places(site)
        for place in places:
            site.keyring.prepare(place, to)
        _switch(site, new)
    return _finish(Site(site.home, clock=site.clock), to)


def _finish(site: Site, to: Custody) -> int:
    """Let every key that was prepared take its place."""
    with site.locked():
        return sum(site.keyring.settle(place, to) for place in _places(site))


def _places(site: Site) -> list[str]:
    cases = [row.id for row in reading.cases(site.db) if site.evidence.has(row.id)]
    return [*cases, *(folder for folder in (FOLDER, REGISTER) if site.evidence.has(folder))]


def _last_named(site: Site) -> str | None:
    """Id of the key that the last rotation went to."""
    view = site.log.view()
    for entry in reversed(view.entries(0, view.size)):
        said = json.loads(entry)
        if said["event"] == Kind.CUSTODY_ROTATED:
            return str(said["new"])
    return None


def _switch(site: Site, new: str) -> None:
    text = (site.files.read(CONFIG) or b"").decode()
    line = f'custody = "{new}"'
    changed, count = re.subn(r'(?m)^custody\s*=\s*"[^"]*"', lambda _: line, text)
    if '"' in new or "\\" in new or count != 1:
        raise BadInput(
            "the line of the custody key cannot be changed by itself",
            place=CONFIG,
            mend="Let it stand once, on a line of its own.",
        )
    site.files.write(CONFIG, changed.encode())
