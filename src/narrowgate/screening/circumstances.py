"""For each rule on the whole request, one request that should break it under given terms.

Made from the agreement's own figures, one step beyond each. What these show is a witness: a rule
that refuses one of them can fail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeAlias

from narrowgate.agreement.terms import Terms
from narrowgate.agreement.worked import WorkedPast, WorkedRequest
from narrowgate.catalogue.request import (
    ColumnMissing,
    ColumnUnknown,
    InFuture,
    Stale,
    VolumeExceeded,
)
from narrowgate.reasons import Code

Circumstance: TypeAlias = "tuple[WorkedRequest, WorkedPast]"
_SECOND = timedelta(seconds=1)


def _asked(**changes: object) -> Callable[[Terms, datetime], Circumstance]:
    return lambda terms, now: (WorkedRequest.model_validate(changes), WorkedPast())


def _told(**changes: object) -> Callable[[Terms, datetime], Circumstance]:
    return lambda terms, now: (WorkedRequest(), WorkedPast.model_validate(changes))


def _one_signature(terms: Terms, now: datetime) -> Circumstance:
    return WorkedRequest(signed_by=(terms.signatories[0].person,)), WorkedPast()


def _revoked(terms: Terms, now: datetime) -> Circumstance:
    return WorkedRequest(), WorkedPast(revoked=tuple(s.person for s in terms.signatories))


def _overdue(terms: Terms, now: datetime) -> Circumstance:
    return WorkedRequest(), WorkedPast(safeguards_due=(now - timedelta(days=1)).date())


def _attestation(terms: Terms, now: datetime) -> Circumstance:
    first = terms.attestations[0].id if terms.attestations else None
    return WorkedRequest(without_attestation=first), WorkedPast()


def _column(terms: Terms, now: datetime) -> Circumstance:
    bound = terms.bound(Code.REQUEST_COLUMN_MISSING)
    if bound is None or not isinstance(bound.rule, ColumnMissing):
        return WorkedRequest(), WorkedPast()
    left_out = bound.rule.columns[:1] or bound.rule.one_of[0]
    return WorkedRequest(without_columns=left_out), WorkedPast()


def _column_beside(terms: Terms, now: datetime) -> Circumstance | None:
    bound = terms.bound(Code.REQUEST_COLUMN_UNKNOWN)
    if bound is None or not isinstance(bound.rule, ColumnUnknown) or not bound.rule.not_admitted:
        return None  # reading the file finds the others
    return WorkedRequest(with_columns=bound.rule.not_admitted[:1]), WorkedPast()


def _stale(terms: Terms, now: datetime) -> Circumstance:
    bound = terms.bound(Code.REQUEST_STALE)
    days = bound.rule.most_days if bound and isinstance(bound.rule, Stale) else 0
    return WorkedRequest(made=now - timedelta(days=days) - _SECOND), WorkedPast()


def _ahead(terms: Terms, now: datetime) -> Circumstance:
    bound = terms.bound(Code.REQUEST_IN_FUTURE)
    minutes = bound.rule.skew_minutes if bound and isinstance(bound.rule, InFuture) else 0
    return WorkedRequest(made=now + timedelta(minutes=minutes) + _SECOND), WorkedPast()


def _volume(terms: Terms, now: datetime) -> Circumstance:
    bound = terms.bound(Code.REQUEST_VOLUME_EXCEEDED)
    given = bound.rule.model_dump() if bound and isinstance(bound.rule, VolumeExceeded) else {}
    most = min((value for value in given.values() if value is not None), default=0)
    return WorkedRequest(persons=most + 1), WorkedPast()


BREAKING: Mapping[Code, Callable[[Terms, datetime], Circumstance | None]] = MappingProxyType(
    {
        Code.REQUEST_SIGNATURE_MISSING: _asked(signed_by=()),
        Code.REQUEST_SIGNATURE_INVALID: _asked(altered=True),
        Code.REQUEST_SIGNATORY_NOT_NAMED: _asked(signed_by=("somebody-else",)),
        Code.REQUEST_SIGNATORY_REVOKED: _revoked,
        Code.REQUEST_SIGNATURES_TOO_FEW: _one_signature,
        Code.REQUEST_AGREEMENT_UNKNOWN: _asked(agreement="another"),
        Code.REQUEST_AGREEMENT_DIGEST_MISMATCH: _asked(other_text=True),
        Code.REQUEST_AGREEMENT_NOT_IN_FORCE: _told(ended=True),
        Code.REQUEST_AGREEMENT_SUSPENDED: _told(suspended=True),
        Code.REQUEST_REQUESTER_NOT_PARTY: _asked(requester="another agency"),
        Code.REQUEST_SAFEGUARDS_NOT_MET: _overdue,
        Code.REQUEST_PURPOSE_NOT_ALLOWED: _asked(purpose="another-purpose"),
        Code.REQUEST_STATUTE_NOT_ALLOWED: _asked(statutes=()),
        Code.REQUEST_ATTRIBUTE_NOT_ALLOWED: _asked(attributes=("telephone",)),
        Code.REQUEST_ATTESTATION_MISSING: _attestation,
        Code.REQUEST_DOCUMENT_MISSING: _asked(document="missing"),
        Code.REQUEST_DOCUMENT_DIGEST_MISMATCH: _asked(document="exchanged"),
        Code.REQUEST_RECORDS_DIGEST_MISMATCH: _asked(records_exchanged=True),
        Code.REQUEST_RECORDS_COUNT_MISMATCH: _asked(one_more_than_signed=True),
        Code.REQUEST_COLUMN_UNKNOWN: _column_beside,
        Code.REQUEST_COLUMN_MISSING: _column,
        Code.REQUEST_STALE: _stale,
        Code.REQUEST_IN_FUTURE: _ahead,
        Code.REQUEST_REPLAYED: _told(received_before=True),
        Code.REQUEST_VOLUME_EXCEEDED: _volume,
    }
)
"""By code. Codes that reading a file finds are absent, and so are the two that count records."""
