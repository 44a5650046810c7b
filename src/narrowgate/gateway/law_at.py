"""The law of a day that is past: how every agreement stood at a second, as recorded by then.

The database follows from the log's entries and from nothing else. So the law of a second is what
the same writers make of the entries up to that second, read by the same functions: a suspension
since lifted stands, a renewal made later is not known, a revocation recorded later neither.
"""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from narrowgate.agreement.life import Stage
from narrowgate.agreement.terms import Terms
from narrowgate.case.history import Delegation
from narrowgate.errors import BadInput, NotFound
from narrowgate.events import Event
from narrowgate.gateway.adopt import terms_of
from narrowgate.gateway.life import Life, TextStanding, as_recorded
from narrowgate.gateway.site import Site
from narrowgate.instants import read_instant, read_stamp
from narrowgate.store import database, projection, reading


@dataclass(frozen=True, slots=True)
class LawThen:
    """An agreement at a second. `text`: the one that requests were made under, None where there was
    none; `signing`: the persons who could sign.
    """

    agreement: str
    life: Life
    text: TextStanding | None
    signing: tuple[str, ...]


def law_at(site: Site, at: datetime, agreement: str | None = None) -> list[LawThen]:
    """Every agreement adopted by then, or the one named. Raises NotFound for one that was not."""
    with recorded_by(site, at) as then:
        known = list(dict.fromkeys(row.id for row in reading.agreements(then.db)))
        if agreement is not None:
            if agreement not in known:
                raise NotFound("no such agreement was adopted by then", place=agreement)
            known = [agreement]
        return [_law(then, each, at) for each in known]


def moment_of(text: str) -> datetime:
    """The second that a text names; of a date, its last second in UTC. Raises BadInput."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        try:
            return read_instant(text)
        except ValueError:
            raise BadInput(
                "neither a date nor a time",
                place="DATE",
                mend="Give 2026-11-20, or 2026-11-20T12:00:00Z.",
            ) from None
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)


@contextmanager
def recorded_by(site: Site, at: datetime) -> Iterator[Site]:
    """The site with all that its database held of the law after the last entry made at or before
    `at`, and with that second for its clock. The database is made for this and taken away again.
    """
    with tempfile.TemporaryDirectory(dir=site.home, prefix=".law-") as folder:
        then = copy.copy(site)
        then.db = database.connect("sqlite:///law.sqlite3", Path(folder))
        then.clock = lambda: at
        try:
            database.migrate(then.db)
            projection.apply_law(then.db, _until(site, at))
            yield then
        finally:
            database.forget(then.db)


def _until(site: Site, at: datetime) -> Iterator[tuple[int, Event]]:
    view = site.log.view()
    for index, entry in enumerate(view.entries(0, view.size)):
        event = Event.read(entry, site.veil)
        if read_stamp(event.at) > at:
            return
        yield index, event


def _law(then: Site, agreement: str, at: datetime) -> LawThen:
    life = as_recorded(then, agreement)
    standing = [text for text in life.texts if text.stage in (Stage.IN_FORCE, Stage.SUSPENDED)]
    text = standing[-1] if standing else None
    signing = _signing(then, life, terms_of(then, text.row.digest), at) if text else ()
    return LawThen(agreement, life, text, signing)


def _signing(then: Site, life: Life, terms: Terms, at: datetime) -> tuple[str, ...]:
    revoked = {
        person.id for person in reading.people(then.db)
        if person.revoked_at is not None and person.revoked_at <= at
    }  # fmt: skip
    powers: set[tuple[str, str]] = {_pair(p) for p in life.delegations if p.stands(at)}
    return tuple(
        who.person
        for who in terms.signatories
        if who.person not in revoked
        and (
            who.delegated_by is None
            or (who.delegated_by not in revoked and (who.delegated_by, who.person) in powers)
        )
    )


def _pair(power: Delegation) -> tuple[str, str]:
    return power.delegator, power.delegate
