"""The end of retention: a case's key is destroyed, and with it the case; the log stays.

A case is due when the days that its agreement keeps evidence have gone by since its last decision.
Nobody signs that: both parties have signed the clause, and the gate carries it out. Before the day
nothing is destroyed, and not while the agreement is suspended: whoever ordered that may ask for the
evidence.

The entry comes first. If the power fails behind it, the key is still there, and goes when `expire`
runs again; the other way round, evidence would be gone and nothing would say why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from narrowgate.case.states import CaseState
from narrowgate.errors import WrongState
from narrowgate.events import Event, Kind
from narrowgate.gateway.adopt import terms_of
from narrowgate.gateway.commit import catch_up, commit
from narrowgate.gateway.site import Site
from narrowgate.instants import stamp
from narrowgate.store import reading
from narrowgate.store.reading import CaseRow

WITHOUT_AGREEMENT = 365
"""Days that a refused request is kept which named no agreement of this site."""


@dataclass(frozen=True, slots=True)
class Due:
    """A case and the day from which it may be destroyed; `held`: its agreement is suspended."""

    case: str
    on: date
    held: bool


def due_cases(site: Site, case: str | None = None) -> list[Due]:
    """Every case that is not expired, or the one named, in the order in which they came."""
    catch_up(site)
    rows = reading.cases(site.db) if case is None else [reading.case(site.db, case)]
    return [_due(site, row) for row in rows if row.state != CaseState.EXPIRED]


def expire(site: Site, case: str | None = None) -> list[str]:
    """Destroy every case that is due, or the one named; their ids.

    Raises WrongState for a named case that is not due yet, is held, or is expired already.
    """
    _finish(site)
    today = site.clock().date()
    ready = [due for due in due_cases(site, case) if due.on <= today and not due.held]
    if case is not None and not ready:
        raise _too_early(site, case)
    for due in ready:
        _expire(site, due)
    return [due.case for due in ready]


def _expire(site: Site, due: Due) -> None:
    row = reading.case(site.db, due.case)
    named = len(row.files) + len(reading.votes(site.db, row.id))

    def still() -> None:
        if _due(site, reading.case(site.db, row.id)) != due:
            raise WrongState("the case was decided on meanwhile", place=f"case {row.id}")

    event = Event(
        Kind.CASE_EXPIRED,
        stamp(site.clock()),
        {"case": row.id, "due": f"{due.on}", "files": named},
    )
    commit(site, event, check=still)
    site.evidence.discard(row.id)


def _finish(site: Site) -> None:
    """Destroy what an interrupted run has logged and left behind."""
    catch_up(site)
    for case in unfinished(site):
        site.evidence.discard(case)


def unfinished(site: Site) -> Iterator[str]:
    """Cases that are expired by the log, and still have their key."""
    for row in reading.cases(site.db):
        if row.state == CaseState.EXPIRED and site.evidence.has(row.id):
            yield row.id


def _due(site: Site, row: CaseRow) -> Due:
    since = (row.decided_at or row.received_at).date()
    if not row.agreement_digest:
        return Due(row.id, since + timedelta(days=WITHOUT_AGREEMENT), held=False)
    days = terms_of(site, row.agreement_digest).retention_days
    texts = [text for text in reading.agreements(site.db) if text.id == row.agreement]
    held = any(text.suspended for text in texts)
    return Due(row.id, since + timedelta(days=days), held)


def _too_early(site: Site, case: str) -> WrongState:
    found = due_cases(site, case)
    if not found:
        return WrongState("the case is expired already", place=f"case {case}")
    if found[0].held:
        return WrongState(
            "its agreement is suspended: its evidence is kept until that is lifted",
            place=f"case {case}",
        )
    return WrongState(
        f"it is kept until {found[0].on}, as its agreement says", place=f"case {case}"
    )
