"""Records to try an agreement's record rules on: its lawful example, the catalogue's examples, and
days and years on both sides of every figure.

A rule on dates compares a date with the day of the reading at its figures, so that a day on either
side of each figure, and one far out on either end, stands for every day there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from narrowgate.agreement.terms import Terms
from narrowgate.catalogue.address import AddressShared
from narrowgate.catalogue.identifier import IdentifierInsufficient
from narrowgate.catalogue.order import OrderGroundNotListed
from narrowgate.catalogue.rule import Bound, Changes
from narrowgate.catalogue.statute import StatuteNotListed
from narrowgate.screening.specimen import MOST_RECORDS, person

_DATES = ("order_date", "date_of_birth", "address_as_of", "consent_date", "consent_expires")
_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)
_IDENTIFIERS = {"tin": ("tin", "tin_kind"), "date_of_birth": ("date_of_birth",)}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a clause grants: the words for it, and the rule that grants it."""

    bound: Bound
    words: str


@dataclass(frozen=True, slots=True)
class Probe:
    """One record to try; `choice`: what the record makes use of."""

    record: Changes
    choice: Choice | None = None


def probes(terms: Terms, today: date) -> list[Probe]:
    """All records to try; the first is the lawful example. Each is about another person, but for
    those that an example puts beside another.
    """
    base = terms.example.changed()
    tried = [Probe(person(0, base))]
    for bound in terms.rules:
        for example in (*bound.rule.passes, *bound.rule.fails):
            subject = person(len(tried), base)
            for number, changes in enumerate(example.records):
                told = {"record_id": f"E{len(tried)}-{number}", **changes}
                tried.append(Probe({**subject, **told}))
        if isinstance(bound.rule, AddressShared) and bound.rule.most_persons < MOST_RECORDS:
            first = len(tried)
            home = person(first, base)["address_line1"]
            tried += [
                Probe({**person(first + number, base), "address_line1": home})
                for number in range(bound.rule.most_persons + 1)
            ]
    days = boundary_days(terms, today)
    for column in _DATES:
        tried += [
            Probe({**person(len(tried) + number, base), column: f"{day}"})
            for number, day in enumerate(days)
        ]
    tried += [
        Probe({**person(len(tried) + number, base), "tax_periods": f"{year:04}"})
        for number, year in enumerate(boundary_years(terms, today))
    ]
    for choice, changes in _choices(terms):
        told = {**base, **changes}
        tried.append(Probe(person(len(tried), told), choice))
        tried += [
            Probe({**person(len(tried) + number, told), "order_date": f"{day}"}, choice)
            for number, day in enumerate(days)
        ]
    return tried


def boundary_days(terms: Terms, today: date) -> list[date]:
    """Days on both sides of every figure, read as days and as years before today."""
    found = {_FIRST, _LAST, today}
    for figure in _figures(terms):
        found |= set(_near(today - timedelta(days=figure)) if figure < today.toordinal() else [])
        found |= set(_near(_years_before(today, figure)) if figure < today.year else [])
    return sorted(found | set(_near(today)))


def boundary_years(terms: Terms, today: date) -> list[int]:
    """Years on both sides of every figure before this one."""
    back = {0, *(figure for figure in _figures(terms) if figure < today.year - 1)}
    return sorted({today.year - years + step for years in back for step in (-1, 0, 1)})


def _figures(terms: Terms) -> set[int]:
    values = [value for bound in terms.rules for value in bound.rule.model_dump().values()]
    return {value for value in values if isinstance(value, int)}


def _near(day: date) -> list[date]:
    steps = (timedelta(days=-1), timedelta(), timedelta(days=1))
    return [day + step for step in steps if _FIRST < day < _LAST]


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def _choices(terms: Terms) -> Iterator[tuple[Choice, Changes]]:
    """What the lists of the agreement grant, each with a record that makes use of it."""
    for bound in terms.rules:
        rule = bound.rule
        if isinstance(rule, StatuteNotListed):
            yield from _listed(bound, rule.designated, "offense_statute")
        elif isinstance(rule, OrderGroundNotListed):
            yield from _listed(bound, rule.classes, "order_ground")
        elif isinstance(rule, IdentifierInsufficient) and rule.at_least == 1:
            for kept in rule.accepted:
                others = [name for name in rule.accepted if name != kept]
                blank = {column: None for name in others for column in _IDENTIFIERS[name]}
                yield Choice(bound, f"{kept} alone"), blank


def _listed(bound: Bound, values: Sequence[str], column: str) -> Iterator[tuple[Choice, Changes]]:
    for value in values:
        yield Choice(bound, value), {column: value}
