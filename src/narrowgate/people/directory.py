"""From key to person to roles on a date. Nothing is decided by a name that a caller gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from narrowgate.errors import Denied
from narrowgate.keys.jwk import Key
from narrowgate.people.roles import Role


@dataclass(frozen=True, slots=True)
class Person:
    """One person with one key. `since` and `revoked_at` bound when the key speaks for them."""

    id: str
    organisation: str
    roles: frozenset[Role]
    key: Key
    since: datetime
    revoked_at: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """Whether the key speaks for the person at that time."""
        return self.since <= at and (self.revoked_at is None or at < self.revoked_at)


class Directory:
    """The people known to a site, by the RFC 7638 thumbprint of their public key."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._by_thumbprint = {person.key.thumbprint: person for person in people}

    def __iter__(self) -> Iterator[Person]:
        return iter(self._by_thumbprint.values())

    def find(self, thumbprint: str) -> Person | None:
        """The person whose key this is, whatever their roles and dates."""
        return self._by_thumbprint.get(thumbprint)

    def officer(self, key: Key, role: Role, at: datetime) -> Person:
        """The person who holds `key` and, on that date, `role`. Raises Denied otherwise."""
        person = self.find(key.thumbprint)
        if person is None:
            raise Denied(
                "the key belongs to nobody this site knows",
                place="--key",
                mend=f"Use the key of a {role}.",
            )
        if role not in person.roles:
            held = ", ".join(sorted(person.roles)) or "no role"
            raise Denied(
                f"the key is that of {person.id}, who holds: {held}",
                place="--key",
                mend=f"This act needs a {role}.",
            )
        if not person.stands(at):
            raise Denied(f"the key of {person.id} is revoked or not yet valid", place="--key")
        return person

    def officers(self, keys: Iterable[Key], role: Role, at: datetime) -> tuple[Person, ...]:
        """The holders of `keys`, all in `role` and all different. Raises Denied otherwise."""
        people = tuple(self.officer(key, role, at) for key in keys)
        if len({person.id for person in people}) < len(people):
            raise Denied(
                "the same person twice", place="--key", mend=f"Two different {role}s must sign."
            )
        return people
