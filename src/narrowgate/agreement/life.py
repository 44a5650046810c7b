"""The life of an agreement as plain functions: how a text stands at a second, what may follow.

    draft ──adopt──► not begun ──first day──► in force ──until──► run out
                          │                    │    ▲
                          │             suspend│    │resume
                          │                    ▼    │
                          ├──────────────► suspended ◄── (suspend, from any living state)
                          └─ another text begins ─► superseded       end ─► ended

A draft is a file that nobody has signed. Times are whole seconds of UTC; a term is in days of UTC:
its last second is 23:59:59Z of the day before `until`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from narrowgate.agreement.terms import Term, months_after
from narrowgate.case.history import AgreementStanding
from narrowgate.errors import WrongState

Fact = Literal["review", "finding", "plan", "closed"]
FACTS: tuple[Fact, ...] = ("review", "finding", "plan", "closed")


class Stage(StrEnum):
    """Where a signed text stands."""

    NOT_BEGUN = "not_begun"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    RUN_OUT = "run_out"
    ENDED = "ended"


def begins(term: Term, adopted_at: datetime) -> datetime:
    """The first second in force."""
    first = term.begins(adopted_at.astimezone(UTC).date())
    return max(adopted_at, _midnight(first))


def until(term: Term, standing: AgreementStanding) -> date:
    """The first day no longer in force. `standing` is that of an adopted text."""
    if standing.until is not None:
        return standing.until
    adopted_at = standing.adopted_at
    if adopted_at is None:
        raise WrongState("the agreement is not adopted")
    return term.ends(adopted_at.astimezone(UTC).date())


def stage(term: Term, standing: AgreementStanding, at: datetime) -> Stage:
    """How a text stands at that second; what is final goes before what may pass."""
    if standing.adopted_at is None:
        raise WrongState("the agreement is not adopted")
    if standing.ended:
        return Stage.ENDED
    if standing.superseded_at is not None and standing.superseded_at <= at:
        return Stage.SUPERSEDED
    if at.astimezone(UTC).date() >= until(term, standing):
        return Stage.RUN_OUT
    if standing.suspended:
        return Stage.SUSPENDED
    return Stage.IN_FORCE if begins(term, standing.adopted_at) <= at else Stage.NOT_BEGUN


def lives(term: Term, standing: AgreementStanding, at: datetime) -> bool:
    """Whether the text still has something before it: it can be amended, suspended, ended."""
    return stage(term, standing, at) in (Stage.NOT_BEGUN, Stage.IN_FORCE, Stage.SUSPENDED)


def renewed(term: Term, standing: AgreementStanding, renewals: int, at: datetime) -> date:
    """The new first day no longer in force. `renewals`: how often the term was renewed before.

    Raises WrongState where the agreement's own words do not allow it (5 U.S.C. 552a(o)(2)(D)).
    """
    now = stage(term, standing, at)
    if now is not Stage.IN_FORCE:
        raise WrongState(f"the agreement is {now}", mend="Only one in force is renewed.")
    if term.renewal is None:
        raise WrongState(
            "the agreement has no renewal in its term", mend="Adopt a new agreement instead."
        )
    if renewals >= term.renewal.times:
        raise WrongState(
            f"the term was renewed {renewals} times, which is all the agreement allows",
            mend="Adopt a new agreement instead.",
        )
    end = until(term, standing)
    first = end - timedelta(days=term.renewal.last_days)
    if at.astimezone(UTC).date() < first:
        raise WrongState(
            f"the term is renewed in its last {term.renewal.last_days} days",
            mend=f"Renew it on {first} or later, before {end}.",
        )
    return months_after(end, term.renewal.months)


def amended(
    old: Term, standing: AgreementStanding, new: Term, at: datetime
) -> tuple[datetime, date]:
    """When a new text takes the old one's place, and the first day it is no longer in force.

    An amendment changes the text and never lengthens the term. Raises WrongState where the old text
    is suspended or over, or the new one would begin after the term.
    """
    now = stage(old, standing, at)
    if now is Stage.SUSPENDED:
        raise WrongState(
            "the agreement is suspended", mend="Have the suspension lifted first; amend it then."
        )
    if not lives(old, standing, at):
        raise WrongState(f"the agreement is {now}", mend="Adopt a new agreement instead.")
    first = begins(new, at)
    end = min(until(old, standing), new.ends(first.date()))
    if first >= _midnight(end):
        raise WrongState(
            f"the new text begins on {first.date()}, after the term, which is until {end}",
            mend="Adopt a new agreement instead.",
        )
    return first, end


@dataclass(frozen=True, slots=True)
class SafeguardFact:
    """A dated fact about a requester's safeguards. `review`: done `on`, the next one `due`.
    `finding`: found `on`. `plan`: accepted `on`, to be done by `due`. `closed`: mended `on`.
    """

    fact: Fact
    finding: str
    on: date
    due: date | None


@dataclass(frozen=True, slots=True)
class Safeguards:
    """What the facts come to. `due`: the last day on which nothing is overdue. `reviewed`: whether
    a review is on record. `open`: findings not closed, each with the date of its plan or None.
    """

    due: date | None
    reviewed: bool
    open: tuple[tuple[str, date | None], ...]


def safeguards(facts: Iterable[SafeguardFact]) -> Safeguards:
    """How a requester's safeguards stand by the facts, in the order of their record.

    The review done last counts, whenever it was recorded. A finding is overdue from its day until a
    plan with a date is accepted, and again when that date has passed (26 U.S.C. 6103(p)(4); T25).
    """
    review: SafeguardFact | None = None
    found: dict[str, date] = {}
    plans: dict[str, date | None] = {}
    for fact in facts:
        if fact.fact == "review" and (review is None or fact.on >= review.on):
            review = fact
        elif fact.fact == "finding":
            found[fact.finding], plans[fact.finding] = fact.on, None
        elif fact.fact == "plan":
            plans[fact.finding] = fact.due
        elif fact.fact == "closed":
            del found[fact.finding], plans[fact.finding]
    dates = [plans[name] or day - timedelta(days=1) for name, day in found.items()]
    if review is not None and review.due is not None:
        dates.append(review.due)
    return Safeguards(min(dates, default=None), review is not None, tuple(plans.items()))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
