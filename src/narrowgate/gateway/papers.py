"""Papers that no case owns, sealed: why an agreement was suspended, an instrument of delegation.

They lie beside the cases under a key of their own. The log names each by the digest of its sealed
bytes, so that words which may speak of people are bound by the log and do not stand in it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping

from narrowgate.canonical import Json, canonical
from narrowgate.case.evidence import SealedFile
from narrowgate.gateway.site import Site

FOLDER = "papers"


def keep(site: Site, label: str, data: bytes) -> Json:
    """Seal a paper; its name and digest, as an entry names it."""
    with site.locked():
        site.check_custody()
        if not site.evidence.has(FOLDER):
            site.evidence.open_case(FOLDER)
    return dict(site.evidence.put(FOLDER, label, data).as_json())


def keep_words(site: Site, label: str, words: Mapping[str, Json]) -> Json:
    """Seal words, with a nonce, so that short ones cannot be told by trying."""
    return keep(site, label, canonical({**words, "nonce": secrets.token_hex(16)}))


def read(site: Site, file: Mapping[str, str]) -> bytes:
    """A paper as it was kept. Raises Internal if a single bit of it has changed."""
    return site.evidence.get(FOLDER, SealedFile.of(file))


def read_words(site: Site, file: Mapping[str, str]) -> dict[str, str]:
    """Words as they were kept, without the nonce."""
    words: dict[str, str] = json.loads(read(site, file))
    return {name: word for name, word in words.items() if name != "nonce"}
