"""Acts of officers on the law itself: each is one entry, and its signatures are over that entry.

The statement that is signed is the entry without its signatures, in canonical form: whoever holds
the officers' keys can check every act from the log alone, and no signature serves a second time,
for it names the second at which it was made.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from narrowgate.agreement.terms import Terms
from narrowgate.canonical import Json, canonical
from narrowgate.errors import Denied
from narrowgate.events import VERSION, Event, Kind
from narrowgate.gateway.commit import commit
from narrowgate.gateway.site import Site
from narrowgate.instants import stamp
from narrowgate.keys.jwk import Key
from narrowgate.people.directory import Person
from narrowgate.people.roles import Role


def act(
    site: Site,
    kind: Kind,
    at: datetime,
    fields: Mapping[str, Json],
    signers: Sequence[tuple[Person, Key]],
    *,
    check: Callable[[], None],
) -> int:
    """Sign and commit; returns the entry's index. `check` is asked under the lock."""
    statement = canonical({"v": VERSION, "event": kind.value, "at": stamp(at), **fields})
    signatures: list[Json] = [
        {
            "person": person.id,
            "key": key.thumbprint,
            "signature": base64.b64encode(key.sign(statement)).decode(),
        }
        for person, key in signers
    ]
    event = Event(kind, stamp(at), {**fields, "signatures": signatures})
    return commit(site, event, check=check)


def both_parties(
    site: Site, terms: Terms, keys: Sequence[Key], at: datetime
) -> list[tuple[Person, Key]]:
    """One agreement officer of each party, nobody else. Raises Denied."""
    officers = site.directory.officers(keys, Role.AGREEMENT_OFFICER, at)
    organisations = sorted(officer.organisation for officer in officers)
    if organisations != sorted((terms.custodian, terms.requester)):
        raise Denied(
            "this takes two signatures, one of each party",
            place="--key",
            mend=f"One agreement officer of {terms.custodian} and one of {terms.requester}.",
        )
    return list(zip(officers, keys, strict=True))


def officer_of(
    site: Site, organisations: Sequence[str], key: Key, at: datetime
) -> list[tuple[Person, Key]]:
    """An agreement officer of one of the organisations. Raises Denied."""
    officer = site.directory.officer(key, Role.AGREEMENT_OFFICER, at)
    if officer.organisation not in organisations:
        raise Denied(
            f"the key is that of {officer.id}, of {officer.organisation}",
            place="--key",
            mend="This act needs an agreement officer of " + " or ".join(organisations) + ".",
        )
    return [(officer, key)]


def two_officers(site: Site, keys: Sequence[Key], at: datetime) -> list[tuple[Person, Key]]:
    """Two agreement officers, one of them at least the custodian's. Raises Denied."""
    officers = site.directory.officers(keys, Role.AGREEMENT_OFFICER, at)
    own = [officer for officer in officers if officer.organisation == site.config.custodian]
    if len(officers) != 2 or not own:
        raise Denied(
            "this takes two agreement officers, one of them the custodian's", place="--key"
        )
    return list(zip(officers, keys, strict=True))
