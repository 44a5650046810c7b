"""Powers to sign: a key revoked, a delegation given for a time, a delegation withdrawn.

Whose power a request rests on is judged by the second on which it came: a revocation or withdrawal
is in force for every request that comes from that second on, and what came before stays (it was
signed by one who had the power; facts T15, B18, B19). A key that was in wrong hands is revoked
*since* a time in the past: what came since then is held, and if not yet screened, refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from narrowgate.agreement.terms import Signatory
from narrowgate.canonical import Json
from narrowgate.errors import BadInput, Conflict, Denied, NotFound, WrongState
from narrowgate.events import Kind
from narrowgate.gateway.acts import act, officer_of
from narrowgate.gateway.adopt import terms_of
from narrowgate.gateway.commit import catch_up
from narrowgate.gateway.papers import keep
from narrowgate.gateway.site import Site
from narrowgate.gateway.standing import is_alive, text_at, texts
from narrowgate.instants import stamp
from narrowgate.keys.jwk import Key
from narrowgate.people.directory import Person
from narrowgate.people.roles import Role
from narrowgate.store import reading
from narrowgate.store.reading import DelegationRow

SIGNATURES = 2


def revoke(site: Site, person: str, key: Key, *, since: datetime | None = None) -> datetime:
    """Revoke a person's key, now or since a time past; returns since when.

    Raises NotFound, Denied unless an agreement officer of the custodian or of the person's own
    organisation signs, BadInput for a time to come, Conflict where it is revoked already.
    """
    catch_up(site)
    at = site.clock()
    whose = _person(site, person)
    signers = officer_of(site, [site.config.custodian, whose.organisation], key, at)
    from_when = since or at
    if from_when > at:
        raise BadInput("a revocation is at once, or since a time past", place="--since")
    if from_when < whose.since:
        raise BadInput(
            "the key was not enrolled then", place="--since", mend=f"Since {stamp(whose.since)}."
        )

    def stands() -> None:
        if _person(site, person).revoked_at is not None:
            raise Conflict("the key is revoked already", place=person)

    stands()
    fields: dict[str, Json] = {
        "person": person,
        "key": whose.key.thumbprint,
        "since": stamp(from_when),
    }
    act(site, Kind.PERSON_REVOKED, at, fields, signers, check=stands)
    return from_when


def delegate(
    site: Site,
    agreement: str,
    to: str,
    keys: Sequence[Key],
    *,
    ends: datetime,
    begins: datetime | None = None,
    instrument: bytes,
) -> int:
    """Put on record that a signatory delegates the power to sign until `ends` (its first second no
    longer in force), by a written `instrument` that is kept sealed; returns the entry's index.

    Signed by the delegating signatory and by an agreement officer of the custodian, who has seen
    the instrument. Raises BadInput, Denied, Conflict, NotFound, WrongState.
    """
    catch_up(site)
    at = site.clock()
    delegator, signers = _delegating(site, keys, at)
    signatory = _delegate_of(site, agreement, to, at)
    if signatory.delegated_by != delegator.id:
        raise Denied(
            f"the agreement does not let {delegator.id} delegate to {to}",
            place="--key",
            mend=f"The agreement names {signatory.delegated_by} as the one who delegates.",
        )
    first = begins or at
    if first < at:
        raise BadInput("a delegation is not given backwards", place="--from")
    longest = timedelta(days=signatory.delegation_days or 0)
    if not first < ends <= first + longest:
        raise BadInput(
            f"the agreement allows a delegation of at most {longest.days} days",
            place="--until",
            mend=f"Until {stamp(first + longest)} at the latest.",
        )
    if not instrument:
        raise BadInput("the instrument is empty", place="--instrument")

    def free() -> None:
        for row in _powers(site, agreement, to):
            over = min(row.ends, row.withdrawn_at or row.ends)
            if first < over and row.begins < ends:
                raise Conflict(
                    f"a delegation until {stamp(row.ends)} is on record already",
                    place=to,
                    mend="Withdraw it first, or let the new one begin when it is over.",
                )

    free()
    fields: dict[str, Json] = {
        "agreement": agreement,
        "delegator": delegator.id,
        "delegate": to,
        "begins": stamp(first),
        "ends": stamp(ends),
        "file": keep(site, "delegation", instrument),
    }
    return act(site, Kind.DELEGATION_GIVEN, at, fields, signers, check=free)


def withdraw(site: Site, agreement: str, to: str, key: Key) -> int:
    """Withdraw, at once, the delegation that is not over; returns the entry's index.

    Raises Denied unless the delegating signatory or an agreement officer of either party signs,
    WrongState where there is none.
    """
    catch_up(site)
    at = site.clock()
    given = _unfinished(site, agreement, to, at)
    holder = site.directory.find(key.thumbprint)
    if holder is not None and holder.id == given.delegator:
        signers = [(site.directory.officer(key, Role.SIGNATORY, at), key)]
    else:
        parties = [site.config.custodian, _person(site, given.delegator).organisation]
        signers = officer_of(site, parties, key, at)

    def still() -> None:
        if _unfinished(site, agreement, to, at).index != given.index:
            raise Conflict("the delegations were changed meanwhile", place=to)

    fields: dict[str, Json] = {"agreement": agreement, "delegate": to, "given": given.index}
    return act(site, Kind.DELEGATION_WITHDRAWN, at, fields, signers, check=still)


def _person(site: Site, name: str) -> Person:
    found = next((person for person in site.directory if person.id == name), None)
    if found is None:
        raise NotFound("nobody of that id is known here", place=name)
    return found


def _delegating(
    site: Site, keys: Sequence[Key], at: datetime
) -> tuple[Person, list[tuple[Person, Key]]]:
    """The signatory among the two key-holders, and both as signers."""
    if len(keys) != SIGNATURES:
        raise Denied(
            "a delegation takes two signatures",
            place="--key",
            mend="The delegating signatory's, and a custodian's agreement officer's.",
        )
    first = site.directory.find(keys[0].thumbprint)
    ordered = keys if first and Role.SIGNATORY in first.roles else list(reversed(keys))
    delegator = site.directory.officer(ordered[0], Role.SIGNATORY, at)
    officer = officer_of(site, [site.config.custodian], ordered[1], at)
    return delegator, [(delegator, ordered[0]), *officer]


def _delegate_of(site: Site, agreement: str, to: str, at: datetime) -> Signatory:
    rows = texts(site, agreement)
    if not rows:
        raise NotFound("no such agreement has been adopted", place=agreement)
    row = text_at(rows, at)
    terms = terms_of(site, row.digest)
    if not is_alive(site, terms, row, at):
        raise WrongState("the agreement is over", place=agreement)
    _person(site, to)
    found = next((who for who in terms.signatories if who.person == to), None)
    if found is None or found.delegated_by is None:
        raise Denied(
            "the agreement does not name that person as one who signs by delegation",
            place=to,
            mend="Who may be a delegate stands in the agreement (delegated_by).",
        )
    return found


def _powers(site: Site, agreement: str, to: str) -> list[DelegationRow]:
    return [row for row in reading.delegations(site.db, agreement) if row.delegate == to]


def _unfinished(site: Site, agreement: str, to: str, at: datetime) -> DelegationRow:
    """The first that is not over: in force, or else to come."""
    for row in sorted(_powers(site, agreement, to), key=lambda row: row.begins):
        if row.withdrawn_at is None and at < row.ends:
            return row
    raise WrongState("no delegation to that person is in force or to come", place=to)
