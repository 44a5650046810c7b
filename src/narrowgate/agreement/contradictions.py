"""What the figures of several clauses decide together, without trying anything.

Each is a fact of arithmetic over the terms: a request has no more persons than its bound allows, a
signature of one is never too few where one is enough. What only trying shows is found in
screening/soundness.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from narrowgate.agreement.terms import Terms
from narrowgate.catalogue.address import AddressShared
from narrowgate.catalogue.citation import citation_key
from narrowgate.catalogue.figures import decided
from narrowgate.catalogue.request import OfficerOverload, QualityTooLow, VolumeExceeded
from narrowgate.catalogue.rule import Bound
from narrowgate.catalogue.statute import StatuteNotListed
from narrowgate.reasons import Code

Sort = Literal["gap", "never_fails", "never_passes", "contradiction", "worked_case", "advice"]
ANSWERED = ("name", "address")
"""All that the gate can confirm (contract section 3)."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something amiss with an agreement at a line of it: what, in which clause, about which code.

    `advice` does not make the agreement unsound; `agreement check --strict` fails on it as well.
    """

    line: int
    sort: Sort
    clause: str
    code: str
    text: str


def finding(bound: Bound, sort: Sort, text: str) -> Finding:
    """A finding about one rule."""
    return Finding(bound.line, sort, bound.clause, bound.rule.code.value, text)


def by_arithmetic(terms: Terms) -> Iterator[Finding]:
    """Rules that their own figures, or those of others, make idle or impossible."""
    for bound in terms.rules:
        verdict = decided(bound.rule)
        if verdict is not None:
            yield finding(bound, verdict.sort, verdict.why)
    yield from _signatures(terms)
    yield from _volumes(terms)
    yield from _statutes(terms)
    yield from _attributes(terms)


def _signatures(terms: Terms) -> Iterator[Finding]:
    bound = _named(terms, Code.REQUEST_SIGNATURES_TOO_FEW)
    if bound is not None and terms.signatures_required == 1:
        why = "signatures_required = 1: none at all is request.signature_missing, and one is enough"
        yield finding(bound, "never_fails", why)


def _volumes(terms: Terms) -> Iterator[Finding]:
    volume = _named(terms, Code.REQUEST_VOLUME_EXCEEDED)
    if volume is None or not isinstance(volume.rule, VolumeExceeded):
        return
    rule = volume.rule
    bounds = [("per_request", rule.per_request), ("per_day", rule.per_day)]
    bounds = [*bounds, ("per_term", rule.per_term)]
    given = [(name, value) for name, value in bounds if value is not None]
    for (name, value), (wider, most) in pairwise(given):
        if value > most:
            yield finding(volume, "advice", f"{name} never binds: {wider} is smaller")
    if not given:
        return
    most = min(value for _, value in given)
    for code in (Code.ADDRESS_SHARED, Code.REQUEST_OFFICER_OVERLOAD, Code.REQUEST_QUALITY_TOO_LOW):
        bound = _named(terms, code)
        if bound is None:
            continue
        idle = {
            "most_persons": isinstance(bound.rule, AddressShared)
            and bound.rule.most_persons >= most,
            "most_subjects": isinstance(bound.rule, OfficerOverload)
            and bound.rule.most_subjects >= most,
            "fewest_records": isinstance(bound.rule, QualityTooLow)
            and bound.rule.fewest_records > most,
        }
        for name in (name for name, holds in idle.items() if holds):
            why = f"{name}: a request has at most {most:,} persons (clause {volume.clause})"
            yield finding(bound, "never_fails", why)


def _statutes(terms: Terms) -> Iterator[Finding]:
    """A request names the crimes its records cite; one it may not name contradicts the list."""
    bound = _named(terms, Code.STATUTE_NOT_LISTED)
    if bound is None or not isinstance(bound.rule, StatuteNotListed):
        return
    authority = {citation_key(statute) for statute in terms.statutes}
    for statute in bound.rule.designated:
        if citation_key(statute) not in authority:
            yield finding(
                bound,
                "contradiction",
                f"{statute} is designated, and the agreement's `statutes` do not list it: a "
                "request that names it is refused by request.statute_not_allowed",
            )


def _attributes(terms: Terms) -> Iterator[Finding]:
    for attribute in terms.attributes:
        if attribute not in ANSWERED:
            yield Finding(
                1,
                "contradiction",
                "",
                Code.REQUEST_ATTRIBUTE_NOT_ALLOWED.value,
                f"the agreement's `attributes` list {attribute}: the gate confirms "
                f"{' and '.join(ANSWERED)}, and has no answer in which anything else could stand",
            )


def _named(terms: Terms, code: Code) -> Bound | None:
    """The rule, where a clause of the agreement has it."""
    return next((bound for bound in terms.rules if bound.rule.code is code), None)
