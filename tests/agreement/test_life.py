"""How a text stands at a second: each boundary, in more than one time zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from narrowgate.agreement.life import (
    SafeguardFact,
    Stage,
    amended,
    begins,
    renewed,
    safeguards,
    stage,
    until,
)
from narrowgate.agreement.terms import Renewal, Term, months_after
from narrowgate.case.history import AgreementStanding
from narrowgate.errors import WrongState

TERM = Term(not_before=date(2026, 1, 1), months=18)
YEAR = Renewal(times=1, months=12, last_days=90)
RENEWABLE = TERM.model_copy(update={"renewal": YEAR})
ADOPTED = AgreementStanding(datetime(2026, 3, 1, 12, tzinfo=UTC))
EASTERN, TOKYO = timezone(timedelta(hours=-4)), timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 3, 1, 12, tzinfo=UTC), Stage.IN_FORCE),
        (datetime(2026, 3, 1, 11, 59, 59, tzinfo=UTC), Stage.NOT_BEGUN),
        (datetime(2027, 8, 31, 23, 59, 59, tzinfo=UTC), Stage.IN_FORCE),
        (datetime(2027, 9, 1, tzinfo=UTC), Stage.RUN_OUT),
        # The same two seconds, as clocks elsewhere show them.
        (datetime(2027, 8, 31, 19, 59, 59, tzinfo=EASTERN), Stage.IN_FORCE),
        (datetime(2027, 8, 31, 20, 0, 0, tzinfo=EASTERN), Stage.RUN_OUT),
        (datetime(2027, 9, 1, 8, 59, 59, tzinfo=TOKYO), Stage.IN_FORCE),
        (datetime(2027, 9, 1, 9, 0, 0, tzinfo=TOKYO), Stage.RUN_OUT),
    ],
)
def test_the_first_and_the_last_second(at: datetime, expected: Stage) -> None:
    assert stage(TERM, ADOPTED, at) is expected


def test_a_term_begins_no_earlier_than_the_day_it_names() -> None:
    early = AgreementStanding(datetime(2025, 12, 1, tzinfo=UTC))
    assert begins(TERM, datetime(2025, 12, 1, tzinfo=UTC)) == datetime(2026, 1, 1, tzinfo=UTC)
    assert stage(TERM, early, datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)) is Stage.NOT_BEGUN
    assert until(TERM, early) == date(2027, 7, 1)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"suspended": True}, Stage.SUSPENDED),
        ({"suspended": True, "ended": True}, Stage.ENDED),
        ({"superseded_at": datetime(2026, 6, 1, tzinfo=UTC)}, Stage.SUPERSEDED),
        ({"superseded_at": datetime(2026, 6, 1, 0, 0, 1, tzinfo=UTC)}, Stage.IN_FORCE),
        ({"until": date(2026, 6, 1)}, Stage.RUN_OUT),
        ({"until": date(2026, 6, 2)}, Stage.IN_FORCE),
    ],
)
def test_what_has_happened_to_it(changes: dict[str, object], expected: Stage) -> None:
    standing = replace(ADOPTED, **changes)  # type: ignore[arg-type]
    assert stage(TERM, standing, datetime(2026, 6, 1, tzinfo=UTC)) is expected


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2026, 8, 31), 18, date(2028, 2, 29)),
        (date(2025, 8, 31), 18, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months_end_on_their_last_day(first: date, months: int, last: date) -> None:
    assert months_after(first, months) == last


def test_renewed_once_in_the_last_days_and_for_a_year() -> None:
    first = datetime(2027, 6, 3, tzinfo=UTC)  # 90 days before 1 September 2027
    assert renewed(RENEWABLE, ADOPTED, 0, first) == date(2028, 9, 1)
    last = datetime(2027, 8, 31, 23, 59, 59, tzinfo=UTC)
    assert renewed(RENEWABLE, ADOPTED, 0, last) == date(2028, 9, 1)
    for at in (first - timedelta(seconds=1), last + timedelta(seconds=1)):
        with pytest.raises(WrongState):
            renewed(RENEWABLE, ADOPTED, 0, at)
    with pytest.raises(WrongState, match="1 times"):
        renewed(RENEWABLE, ADOPTED, 1, first)
    with pytest.raises(WrongState, match="no renewal"):
        renewed(TERM, ADOPTED, 0, first)
    for changes in ({"suspended": True}, {"ended": True}):
        with pytest.raises(WrongState):
            renewed(RENEWABLE, replace(ADOPTED, **changes), 0, first)


def test_an_amendment_never_lengthens_the_term() -> None:
    at = datetime(2027, 5, 1, 9, tzinfo=UTC)
    assert amended(TERM, ADOPTED, TERM, at) == (at, date(2027, 9, 1))
    short = TERM.model_copy(update={"months": 2})
    assert amended(TERM, ADOPTED, short, at) == (at, date(2027, 7, 1))
    later = TERM.model_copy(update={"not_before": date(2027, 8, 31)})
    first = datetime(2027, 8, 31, tzinfo=UTC)
    assert amended(TERM, ADOPTED, later, at) == (first, date(2027, 9, 1))
    too_late = TERM.model_copy(update={"not_before": date(2027, 9, 1)})
    with pytest.raises(WrongState, match="after the term"):
        amended(TERM, ADOPTED, too_late, at)
    for changes in ({"suspended": True}, {"ended": True}, {"until": date(2027, 5, 1)}):
        with pytest.raises(WrongState):
            amended(TERM, replace(ADOPTED, **changes), TERM, at)  # type: ignore[arg-type]


def review(on: str, due: str) -> SafeguardFact:
    return SafeguardFact("review", "", date.fromisoformat(on), date.fromisoformat(due))


def finding(fact: str, on: str, due: str = "", number: str = "F-1") -> SafeguardFact:
    end = date.fromisoformat(due) if due else None
    return SafeguardFact(fact, number, date.fromisoformat(on), end)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        ([], None),
        ([review("2026-01-01", "2027-01-01")], "2027-01-01"),
        # The review done last counts, not the one recorded last.
        ([review("2026-01-01", "2029-01-01"), review("2025-01-01", "2026-01-01")], "2029-01-01"),
        ([review("2025-01-01", "2026-01-01"), review("2026-01-01", "2029-01-01")], "2029-01-01"),
        ([finding("finding", "2026-05-05")], "2026-05-04"),
        ([finding("finding", "2026-05-05"), finding("plan", "2026-05-09", "2026-08-01")],
         "2026-08-01"),
        ([finding("finding", "2026-05-05"), finding("plan", "2026-05-09", "2026-08-01"),
          finding("plan", "2026-07-30", "2026-10-01")], "2026-10-01"),
        ([finding("finding", "2026-05-05"), finding("closed", "2026-05-09")], None),
        ([finding("finding", "2026-05-05"), finding("plan", "2026-05-09", "2026-08-01"),
          finding("finding", "2026-05-06", number="F-2")], "2026-05-05"),
        ([review("2026-01-01", "2027-01-01"), finding("finding", "2026-05-05"),
          finding("plan", "2026-05-09", "2028-08-01")], "2027-01-01"),
    ],
)  # fmt: skip
def test_the_next_that_is_overdue_closes_the_gate(
    facts: list[SafeguardFact], due: str | None
) -> None:
    found = safeguards(facts)
    assert found.due == (date.fromisoformat(due) if due else None)
    assert found.reviewed == any(fact.fact == "review" for fact in facts)
