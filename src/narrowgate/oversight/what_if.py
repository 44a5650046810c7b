"""What if: a past case under another agreement, screened and matched again, in counts alone.

The register was opened for the rows that the case's own agreement let through, and it is opened for
no others: a row that only the other agreement would let through is counted and not looked up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import Terms
from narrowgate.case.states import CaseState
from narrowgate.docket import State
from narrowgate.errors import NotFound, WrongState
from narrowgate.events import Event, Kind
from narrowgate.gateway.agreements import source
from narrowgate.gateway.commit import catch_up
from narrowgate.gateway.desk import CaseDesk
from narrowgate.gateway.load import snapshot
from narrowgate.gateway.models import model_named
from narrowgate.gateway.past import past_of
from narrowgate.gateway.site import Site
from narrowgate.gateway.whatif import screened_under
from narrowgate.instants import read_stamp
from narrowgate.matching.match import match
from narrowgate.screening.screen import Screened
from narrowgate.store import reading

COUNTED = ("refused", "confirmed", "not_confirmed", "review", "not_looked_up")


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Records by what became of them (COUNTED), as it was and as it would have been."""

    case: str
    records: int
    was: dict[str, int]
    would_be: dict[str, int]


def what_if(site: Site, case: str, agreement: str) -> WhatIf:
    """The case as matched, and as it would have come out under `agreement` (a file or an id).

    Raises WrongState for a case that was not matched, or is expired.
    """
    other = read_agreement(source(agreement, site.home), agreement)
    catch_up(site)
    row = reading.case(site.db, case)
    if row.state in (CaseState.RECEIVED, CaseState.REFUSED, CaseState.EXPIRED):
        raise WrongState(
            f"the case is {row.state}: nothing of it was matched, or nothing is left",
            place=f"case {case}",
        )
    view = site.log.view()
    found = {
        event.kind: (index, event)
        for index, event in _of(site, case, row.received_index, view.size)
    }
    if Kind.CASE_MATCHED not in found:
        raise NotFound("the case was not matched yet", place=f"case {case}")
    index, screened = found[Kind.CASE_SCREENED]
    _, matched = found[Kind.CASE_MATCHED]
    counts, authority = matched.fields["counts"], matched.fields["authority"]
    if not isinstance(counts, dict) or not isinstance(authority, dict):
        raise NotFound("the case has no counts", place=f"case {case}")
    was = {name: int(str(counts.get(name, 0))) for name in COUNTED}
    at = read_stamp(screened.at)
    with past_of(site, view) as past:
        then = past.advance(index, at)
        desk = CaseDesk(then, reading.case(then.db, case), at)
        now = CaseDesk(site, row, at)
        would_be = _again(then, desk, now, other, str(authority["snapshot"]))
    return WhatIf(case, row.records, was, would_be)


def _of(site: Site, case: str, first: int, size: int) -> list[tuple[int, Event]]:
    events = (Event.read(entry, site.veil) for entry in site.log.entries(first, size))
    return [
        (index, event)
        for index, event in enumerate(events, start=first)
        if event.fields.get("case") == case
    ]


def _again(
    then: Site, desk: CaseDesk, now: CaseDesk, other: Terms, register: str
) -> dict[str, int]:
    under = screened_under(then, desk, other)
    let_through = np.isin(now.docket().states, [State.REFUSED], invert=True)
    unseen = [row for row in under.docket.rows(State.OPEN) if not let_through[row]]
    docket = under.docket.decide(np.array(unseen, dtype=np.int64), State.NOT_CONFIRMED)
    if docket.counts["open"]:
        matched = match(
            Screened.restore(docket, under.records),
            snapshot(then, register),
            model_named(then, other.answer),
            other,
            desk.at,
        ).docket
    else:
        matched = docket
    counts = {name: matched.counts.get(name, 0) for name in COUNTED}
    return counts | {
        "not_confirmed": counts["not_confirmed"] - len(unseen),
        "not_looked_up": len(unseen),
    }
