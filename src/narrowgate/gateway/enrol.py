"""Making a site, and people with keys and roles known to it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from narrowgate.clock import Clock
from narrowgate.errors import BadInput, Conflict, Denied
from narrowgate.events import Event, Kind
from narrowgate.gateway.commit import commit
from narrowgate.gateway.places import USUAL, Places
from narrowgate.gateway.site import SOFTWARE, Site
from narrowgate.instants import stamp
from narrowgate.keys.jwk import Key
from narrowgate.people.roles import Role, conflicts

# Contract, section 2: file name under parties/ -> organisation and role.
TEST_PARTIES: dict[str, tuple[str, Role | None]] = {
    "signatory-1": ("requester", Role.SIGNATORY),
    "signatory-2": ("requester", Role.SIGNATORY),
    "outsider": ("elsewhere", None),
    "receiving-officer": ("custodian", Role.RECEIVING_OFFICER),
    "review-officer-1": ("custodian", Role.REVIEW_OFFICER),
    "review-officer-2": ("custodian", Role.REVIEW_OFFICER),
    "review-officer-3": ("custodian", Role.REVIEW_OFFICER),
    "release-officer-1": ("custodian", Role.RELEASE_OFFICER),
    "release-officer-2": ("custodian", Role.RELEASE_OFFICER),
    "agreement-officer-1": ("custodian", Role.AGREEMENT_OFFICER),
    "agreement-officer-2": ("requester", Role.AGREEMENT_OFFICER),
    "inspector": ("inspectorate", Role.INSPECTOR),
}


def create_site(
    home: Path,
    *,
    custodian: str,
    origin: str,
    test_parties: bool,
    clock: Clock,
    places: Places = USUAL,
) -> Site:
    """Make a site with its first entries; with `test_parties` a key for every role besides."""
    site = Site.create(home, custodian=custodian, origin=origin, clock=clock, places=places)
    commit(
        site,
        Event(
            Kind.SITE_CREATED,
            stamp(clock()),
            {
                "custodian": custodian,
                "origin": origin,
                "software": SOFTWARE,
                "answers_key": site.key("answers").public().as_json(),
            },
        ),
    )
    if test_parties:
        for name, (organisation, role) in TEST_PARTIES.items():
            key = Key.generate("Ed25519", kid=name)
            key.write(home / "parties" / f"{name}.jwk")
            roles = frozenset({role} if role else ())
            add_person(site, name, organisation=organisation, roles=roles, key=key)
    return site


def roles_of(names: Iterable[str]) -> frozenset[Role]:
    """Roles by name. Raises BadInput for a name that is no role."""
    try:
        return frozenset(Role(name) for name in names)
    except ValueError:
        raise BadInput(
            "no such role", place="--role", mend="Roles are: " + ", ".join(Role) + "."
        ) from None


def add_person(
    site: Site, person: str, *, organisation: str, roles: frozenset[Role], key: Key
) -> None:
    """Make a person with a key and roles known. Raises Denied for roles that exclude each other,
    Conflict for a person or key that is known already.
    """
    for pair in conflicts(roles):
        raise Denied("nobody may hold both " + " and ".join(sorted(pair)), place="--role")

    def unknown() -> None:
        known = site.directory
        if known.find(key.thumbprint) or any(other.id == person for other in known):
            raise Conflict("the person or the key is known already", place=person)

    commit(
        site,
        Event(
            Kind.PERSON_ADDED,
            stamp(site.clock()),
            {
                "person": person,
                "organisation": organisation,
                "roles": [role.value for role in sorted(roles)],
                "key": key.public().as_json(),
            },
        ),
        check=unknown,
    )
