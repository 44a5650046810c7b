"""The terms of an agreement: its clauses bound to the catalogue, as one frozen value.

Terms are made by document.py from a file's bytes and from nothing else, and named by their digest.
A clause is one of: enforced (rules or terms that the gate keeps), attested (a signatory's word in
each request), performed (by a person, recorded), informative; one that is none of these is a
`gap`, and what has gaps is not adopted (coverage.py).
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import (
    Field,
    NonNegativeFloat,
    PositiveInt,
    StringConstraints,
    model_validator,
)

from narrowgate.agreement.strict import Strict
from narrowgate.agreement.worked import Lawful, Placed
from narrowgate.catalogue.index import ALWAYS
from narrowgate.catalogue.request import ColumnMissing
from narrowgate.catalogue.rule import Bound, RecordRule
from narrowgate.catalogue.subject import SubjectAttemptsExceeded
from narrowgate.reasons import Code, Reason

Kind = Literal["enforced", "attested", "performed", "informative", "gap"]


IDENTIFIER = r"^[a-z][a-z0-9_]*$"
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER)]
Share = Annotated[float, Field(gt=0, le=1)]


class Signatory(Strict):
    """A person who may sign requests, by person id, and the office that gives the power.

    `delegated_by`: the signatory whose power this is; the person then signs only while a delegation
    of at most `delegation_days` from that signatory is on record (facts T15, B18).
    """

    person: str
    office: str
    delegated_by: str | None = None
    delegation_days: PositiveInt | None = None

    @model_validator(mode="after")
    def _delegated_for_days(self) -> Self:
        if (self.delegated_by is None) != (self.delegation_days is None):
            raise ValueError("delegated_by goes with delegation_days, and with it alone")
        return self


class Renewal(Strict):
    """How often the term may be renewed, for how many `months` each time, and in which of its last
    days (5 U.S.C. 552a(o)(2): once, for a year, in the last three months; facts C4).
    """

    times: PositiveInt
    months: PositiveInt
    last_days: PositiveInt


class Term(Strict):
    """In force from adoption or `not_before`, the later, for `months` (facts C4), in days of UTC.
    Without a `renewal` the term is not renewed.
    """

    not_before: date
    months: PositiveInt
    renewal: Renewal | None = None

    def begins(self, adopted: date) -> date:
        """The first day in force."""
        return max(adopted, self.not_before)

    def ends(self, adopted: date) -> date:
        """The first day no longer in force."""
        return months_after(self.begins(adopted), self.months)


def months_after(first: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last day."""
    years, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + years, month + 1
    return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))


class AnswerTerms(Strict):
    """What may be answered and how sure it must be; weights in bits (log2).

    `addresses`: which count (matching/residence.py); `period_months` goes with `period` alone.
    `unit`: whether it may be missing on one side. The ceilings that the model's evaluation must
    keep (matching/evaluation.py): `most_false_confirmations`, the upper 95 % bound on their share
    of records decided; `most_review`, share; `most_group_gap`, points of recall with review.
    """

    addresses: Literal["current", "last_known", "period"]
    period_months: PositiveInt | None = None
    unit: Literal["exact", "missing_on_one_side"]
    model: Identifier
    identity_threshold: float
    residence_threshold: float
    review_from: float
    margin: float
    most_false_confirmations: Share
    most_review: Share
    most_group_gap: NonNegativeFloat

    @model_validator(mode="after")
    def _period_has_months(self) -> Self:
        if (self.addresses == "period") != (self.period_months is not None):
            raise ValueError('period_months goes with addresses = "period", and with it alone')
        return self


class UseTerms(Strict):
    """What the requester may do with an answer; stands in every answer's manifest."""

    purpose: str
    redisclosure: str
    verification: str
    destroy_after_days: PositiveInt


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a signatory must state in each request, and the clause that says so."""

    id: str
    text: str
    clause: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered clause. `text`: its prose. `by`: how it is kept, in words (codes, attestation,
    person, why informative). `contents`: letters of privacy_act.CONTENTS that it states."""

    number: str
    title: str
    line: int
    kind: Kind
    text: str
    by: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Terms:
    """The typed agreement. `digest`: over the file's bytes. `rules`: in clause order.

    `privacy_act`: whether it says that the Act applies. `example`: its lawful record; `cases`: its
    worked cases, in clause order.
    """

    id: str
    title: str
    digest: str
    custodian: str
    requester: str
    purposes: tuple[str, ...]
    statutes: tuple[str, ...]
    attributes: tuple[str, ...]
    signatories: tuple[Signatory, ...]
    signatures_required: int
    term: Term
    attestations: tuple[Attestation, ...]
    rules: tuple[Bound, ...]
    answer: AnswerTerms
    use: UseTerms
    retention_days: int
    clauses: tuple[Clause, ...]
    privacy_act: bool = False
    example: Lawful = field(default_factory=Lawful)
    cases: tuple[Placed, ...] = ()

    def bound(self, code: Code) -> Bound | None:
        """The rule that gives `code`: the agreement's, or one that always holds; else None."""
        return self._by_code.get(code)

    def clause_of(self, code: Code | str) -> str:
        """Number of the clause whose rule gives `code`, or ""."""
        bound = self._by_code.get(Code(code))
        return bound.clause if bound else ""

    def reason(self, code: Code) -> Reason:
        """The refusal that `code` gives under this agreement."""
        bound = self._by_code[code]
        return bound.reason

    @property
    def record_rules(self) -> tuple[tuple[RecordRule, Reason], ...]:
        """The rules on single records, with what they say, in clause order."""
        return tuple(
            (bound.rule, bound.reason) for bound in self.rules if isinstance(bound.rule, RecordRule)
        )

    @property
    def required_columns(self) -> tuple[str, ...]:
        """Columns that must be in the file."""
        bound = self._by_code.get(Code.REQUEST_COLUMN_MISSING)
        return bound.rule.columns if bound and isinstance(bound.rule, ColumnMissing) else ()

    @property
    def required_column_sets(self) -> tuple[tuple[str, ...], ...]:
        """Sets of columns of which at least one must be in the file."""
        bound = self._by_code.get(Code.REQUEST_COLUMN_MISSING)
        return bound.rule.one_of if bound and isinstance(bound.rule, ColumnMissing) else ()

    @property
    def attempts_window_days(self) -> int:
        """For how many days an attempt counts; 0 where the agreement does not count them."""
        bound = self._by_code.get(Code.SUBJECT_ATTEMPTS_EXCEEDED)
        rule = bound.rule if bound else None
        return rule.days if isinstance(rule, SubjectAttemptsExceeded) else 0

    @cached_property
    def _by_code(self) -> Mapping[Code, Bound]:
        always = {rule.code: Bound(rule(), "") for rule in ALWAYS}
        return {**always, **{bound.rule.code: bound for bound in self.rules}}
