"""The part of projection.py for entries on the law itself: agreements, powers, safeguards.

Each writer follows from its entry and the rows of entries before it, and from nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

from django.db.models import F

from narrowgate.events import Event, Kind
from narrowgate.instants import read_stamp
from narrowgate.store import models

Writer = Callable[[str, int, Event], None]


def _fields(event: Event) -> dict[str, Any]:
    return cast(dict[str, Any], dict(event.fields))


def _supersede(alias: str, agreement: str, at: object) -> None:
    """Every earlier text of the agreement gives way at `at`, if it has not before."""
    rows = models.Agreement.objects.using(alias).filter(agreement=agreement)
    rows.filter(superseded_at=None).update(superseded_at=at)
    rows.filter(superseded_at__gt=at).update(superseded_at=at)


def _adopted(alias: str, index: int, event: Event) -> None:
    fields, at = _fields(event), read_stamp(event.at)
    _supersede(alias, fields["agreement"], at)
    models.Agreement.objects.using(alias).create(
        digest=fields["digest"],
        agreement=fields["agreement"],
        adopted_at=at,
        term_from=at,
        index=index,
    )


def _amended(alias: str, index: int, event: Event) -> None:
    fields = _fields(event)
    rows = models.Agreement.objects.using(alias)
    replaced = rows.get(digest=fields["replaces"])
    _supersede(alias, fields["agreement"], read_stamp(fields["begins"]))
    rows.create(
        digest=fields["digest"],
        agreement=fields["agreement"],
        adopted_at=read_stamp(event.at),
        index=index,
        replaces=replaced.digest,
        term_from=replaced.term_from,
        until=date.fromisoformat(fields["until"]),
        renewals=replaced.renewals,
    )


def _renewed(alias: str, index: int, event: Event) -> None:
    fields = _fields(event)
    rows = models.Agreement.objects.using(alias)
    text = rows.get(digest=fields["digest"])
    term = rows.filter(agreement=fields["agreement"], term_from=text.term_from)
    term.update(until=date.fromisoformat(fields["until"]), renewals=F("renewals") + 1)


def _suspended(alias: str, index: int, event: Event) -> None:
    fields = _fields(event)
    paper = {"at": event.at, **{name: fields[name] for name in ("ground", "order", "file")}}
    _rows(alias, event).update(suspended=True, suspension=paper)


def _resumed(alias: str, index: int, event: Event) -> None:
    _rows(alias, event).update(suspended=False, suspension={})


def _ended(alias: str, index: int, event: Event) -> None:
    _rows(alias, event).update(ended=True)


def _rows(alias: str, event: Event) -> Any:
    rows = models.Agreement.objects.using(alias)
    return rows.filter(agreement=_fields(event)["agreement"])


def _safeguards(alias: str, index: int, event: Event) -> None:
    fields = _fields(event)
    models.SafeguardFact.objects.using(alias).create(
        index=index,
        requester=fields["requester"],
        fact=fields["fact"],
        finding=fields["finding"],
        on=date.fromisoformat(fields["on"]),
        due=date.fromisoformat(fields["due"]) if fields["due"] else None,
    )


def _revoked(alias: str, index: int, event: Event) -> None:
    fields = _fields(event)
    people = models.Person.objects.using(alias).filter(pk=fields["person"])
    people.update(revoked_at=read_stamp(fields["since"]))


def _delegated(alias: str, index: int, event: Event) -> None:
    fields = _fields(event)
    models.Delegation.objects.using(alias).create(
        index=index,
        agreement=fields["agreement"],
        delegator=fields["delegator"],
        delegate=fields["delegate"],
        begins=read_stamp(fields["begins"]),
        ends=read_stamp(fields["ends"]),
    )


def _withdrawn(alias: str, index: int, event: Event) -> None:
    powers = models.Delegation.objects.using(alias).filter(pk=_fields(event)["given"])
    powers.update(withdrawn_at=read_stamp(event.at))


WRITERS: Mapping[Kind, Writer] = {
    Kind.AGREEMENT_ADOPTED: _adopted,
    Kind.AGREEMENT_AMENDED: _amended,
    Kind.AGREEMENT_RENEWED: _renewed,
    Kind.AGREEMENT_SUSPENDED: _suspended,
    Kind.AGREEMENT_RESUMED: _resumed,
    Kind.AGREEMENT_ENDED: _ended,
    Kind.SAFEGUARDS_RECORDED: _safeguards,
    Kind.PERSON_REVOKED: _revoked,
    Kind.DELEGATION_GIVEN: _delegated,
    Kind.DELEGATION_WITHDRAWN: _withdrawn,
}
