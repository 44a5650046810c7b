"""Dated facts about a requester's safeguards, as the custodian's agreement officer records them.

A review was done and the next is due; a finding was made; a plan for it was accepted, with a date;
it was mended. What they come to, and when they close the gate, is agreement/life.py's. Nothing is
taken back: a newer fact says otherwise (26 U.S.C. 6103(p)(4); facts T25, R7, P11).
"""

from __future__ import annotations

import re
from datetime import UTC, date

from narrowgate.agreement.life import FACTS, Fact, Safeguards
from narrowgate.canonical import Json
from narrowgate.errors import BadInput, Conflict
from narrowgate.events import Kind
from narrowgate.gateway.acts import act, officer_of
from narrowgate.gateway.commit import catch_up
from narrowgate.gateway.site import Site
from narrowgate.gateway.standing import safeguards_of
from narrowgate.keys.jwk import Key
from narrowgate.store import reading

__all__ = ["Fact", "Safeguards", "record_fact"]

# In clear in the log, so with no room for a name: at most four letters, then figures.
_FINDING = re.compile(r"[A-Z]{0,4}-?\d{1,8}(-\d{1,8}){0,3}")


def record_fact(
    site: Site,
    requester: str,
    fact: Fact,
    key: Key,
    *,
    on: date,
    due: date | None = None,
    finding: str = "",
) -> Safeguards:
    """Record a fact; returns how the safeguards then stand. Raises BadInput, Denied, Conflict."""
    catch_up(site)
    at = site.clock()
    signers = officer_of(site, [site.config.custodian], key, at)
    _check_form(site, requester, fact, finding)
    _check_dates(fact, on, due, at.astimezone(UTC).date())
    rows = reading.safeguards(site.db, requester)
    _check_order(site, requester, fact, finding, on, due)

    def still() -> None:
        if reading.safeguards(site.db, requester) != rows:
            raise Conflict("another fact was recorded meanwhile", place=requester)

    fields: dict[str, Json] = {
        "requester": requester,
        "fact": fact,
        "finding": finding,
        "on": f"{on}",
        "due": f"{due}" if due else "",
    }
    act(site, Kind.SAFEGUARDS_RECORDED, at, fields, signers, check=still)
    return safeguards_of(site, requester)


def _check_form(site: Site, requester: str, fact: Fact, finding: str) -> None:
    if fact not in FACTS:
        raise BadInput("no such fact", place="fact", mend="One of " + ", ".join(FACTS) + ".")
    if not any(person.organisation == requester for person in site.directory):
        raise BadInput("nobody of that organisation is known here", place="requester")
    if (fact == "review") != (finding == ""):
        raise BadInput("a review has no finding's number, all else has one", place="finding")
    if finding and not _FINDING.fullmatch(finding):
        raise BadInput(
            "not the number of a finding", place="finding", mend="Write it like F-12 or 2026-3."
        )


def _check_dates(fact: Fact, on: date, due: date | None, today: date) -> None:
    if on > today:
        raise BadInput("a fact is not recorded before it has happened", place="--on")
    if fact in ("review", "plan") and due is None:
        raise BadInput(f"a {fact} has a date by which the next step is due", place="--due")
    if fact in ("finding", "closed") and due is not None:
        raise BadInput("only a review and a plan have a due date", place="--due")
    if due is not None and (due <= on or due < today):
        raise BadInput("the due date is past", place="--due", mend="Name a day still to come.")


def _check_order(
    site: Site, requester: str, fact: Fact, finding: str, on: date, due: date | None
) -> None:
    """A finding is made once, then planned (again, if need be), then closed once."""
    rows = reading.safeguards(site.db, requester)
    of_it = [row for row in rows if row.finding == finding]
    if any((row.fact, row.on, row.due) == (fact, on, due) for row in of_it):
        raise Conflict("this very fact is on record already", place=finding or requester)
    if fact == "finding" and of_it:
        raise Conflict("the finding is on record already", place=finding)
    if fact in ("plan", "closed"):
        if not of_it:
            raise Conflict("no such finding is on record", place=finding)
        if any(row.fact == "closed" for row in of_it):
            raise Conflict("the finding is closed", place=finding)
        if on < of_it[0].on:
            raise BadInput("before the finding was made", place="--on")
