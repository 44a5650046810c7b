"""What the figures of a rule decide by themselves: rules that refuse nothing, or everything.

Decided from the parameters alone, without trying anything, and so for certain. What figures of
several clauses decide together is in agreement/contradictions.py; what only trying shows, in
screening/soundness.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel

from narrowgate.catalogue.citation import citation_key, is_citation
from narrowgate.catalogue.rule import Rule
from narrowgate.reasons import Code

Sort = Literal["never_fails", "never_passes"]
_CALENDAR_YEARS = 1_900
"""No record has a date so many years back: a figure beyond it bounds nothing."""
_LONGEST_REASON_WORDS = 1_000  # a reason has at most 2,000 characters


@dataclass(frozen=True, slots=True)
class Verdict:
    """That a rule never fails or never passes, and why."""

    sort: Sort
    why: str


def decided(rule: Rule) -> Verdict | None:
    """What the rule's own figures decide; None where it can both fail and pass by them."""
    judge = _JUDGES.get(rule.code)
    return judge(rule) if judge else None


def _empty(name: str, sort: Sort, why: str) -> Callable[[BaseModel], Verdict | None]:
    """Decides by a list being empty."""

    def judge(rule: BaseModel) -> Verdict | None:
        return None if getattr(rule, name) else Verdict(sort, f"{name} is empty: {why}")

    return judge


def _beyond(name: str, most: int, why: str) -> Callable[[BaseModel], Verdict | None]:
    """Decides by a figure being so large that nothing is ever beyond it."""

    def judge(rule: BaseModel) -> Verdict | None:
        given = getattr(rule, name)
        return Verdict("never_fails", f"{name} = {given}: {why}") if given > most else None

    return judge


def _volume(rule: BaseModel) -> Verdict | None:
    if any(value is not None for value in rule.model_dump().values()):
        return None
    return Verdict("never_fails", "it sets no bound: per_request, per_day and per_term are missing")


def _columns(rule: BaseModel) -> Verdict | None:
    given = rule.model_dump()
    if given["columns"] or given["one_of"]:
        return None
    return Verdict("never_fails", "it names no column")


def _quality(rule: BaseModel) -> Verdict | None:
    if rule.model_dump()["most_percent"] < 100:
        return None
    return Verdict("never_fails", "no more than 100 % of the records can be at fault")


def _identifiers(rule: BaseModel) -> Verdict | None:
    given = rule.model_dump()
    different = set(given["accepted"])
    if given["at_least"] <= len(different):
        return None
    return Verdict(
        "never_passes", f"at_least = {given['at_least']}, and {len(different)} are accepted"
    )


def _placeholders(rule: BaseModel) -> Verdict | None:
    # An empty list is an empty pattern, which every name holds.
    given = rule.model_dump()
    if given["given_words"] and given["family_words"]:
        return None
    return Verdict("never_passes", "an empty list of words is found in every name")


def _citations(name: str) -> Callable[[BaseModel], Verdict | None]:
    """Decides by none of the listed citations being one that a record could give."""

    def judge(rule: BaseModel) -> Verdict | None:
        if any(is_citation(citation_key(each)) for each in getattr(rule, name)):
            return None
        return Verdict("never_passes", f"{name} lists no citation of one provision")

    return judge


def _boilerplate(rule: BaseModel) -> Verdict | None:
    given = rule.model_dump()["fewest_words"]
    if given <= _LONGEST_REASON_WORDS:
        return None
    return Verdict("never_passes", f"fewest_words = {given}: a reason has no room for so many")


_OLD = "no date lies so far back"
_JUDGES: Mapping[Code, Callable[[BaseModel], Verdict | None]] = MappingProxyType(
    {
        Code.REQUEST_VOLUME_EXCEEDED: _volume,
        Code.REQUEST_COLUMN_MISSING: _columns,
        Code.REQUEST_QUALITY_TOO_LOW: _quality,
        Code.REQUEST_IN_FUTURE: _beyond(
            "skew_minutes", _CALENDAR_YEARS * 525_960, "no request is dated so far ahead"
        ),
        Code.IDENTIFIER_INSUFFICIENT: _identifiers,
        Code.NAME_PLACEHOLDER: _placeholders,
        Code.BIRTH_DATE_IMPLAUSIBLE: _beyond("most_years", _CALENDAR_YEARS, _OLD),
        Code.ADDRESS_INCOMPLETE: _empty(
            "unit_words", "never_passes", "an empty list of words is found in every address"
        ),
        Code.ADDRESS_INSTITUTION: _empty(
            "words", "never_passes", "an empty list of words is found in every address"
        ),
        Code.ADDRESS_TOO_OLD: _beyond("most_days", _CALENDAR_YEARS * 366, _OLD),
        Code.ORDER_PERIOD_NOT_RUN: _empty("limbs", "never_fails", "it speaks of no crime"),
        Code.ORDER_TOO_OLD: _beyond("most_years", _CALENDAR_YEARS, _OLD),
        Code.ORDER_GROUND_NOT_LISTED: _citations("classes"),
        Code.STATUTE_NOT_LISTED: _citations("designated"),
        Code.STATUTE_CIVIL: _empty("sections", "never_fails", "it lists no provision"),
        Code.OFFICER_NOT_A_PERSON: _empty(
            "words", "never_passes", "an empty list of words is found in every identifier"
        ),
        Code.PERIOD_OUT_OF_RANGE: _beyond("most_years", _CALENDAR_YEARS, _OLD),
        Code.REASON_BOILERPLATE: _boilerplate,
    }
)
