"""The closed list of refusal codes, and the value that a refusal is.

A reason speaks of the request, the requester's own history, the agreement, the law and the clock,
and of nothing else: it cannot speak of the register, because nothing that screens can reach it.
The list is the contract's (section 6); a test holds the two together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Every refusal code there is. The part before the dot names the family and its files."""

    REQUEST_UNREADABLE = "request.unreadable"
    REQUEST_TOO_LARGE = "request.too_large"
    REQUEST_EMPTY = "request.empty"
    REQUEST_SIGNATURE_MISSING = "request.signature_missing"
    REQUEST_SIGNATURE_INVALID = "request.signature_invalid"
    REQUEST_SIGNATORY_NOT_NAMED = "request.signatory_not_named"
    REQUEST_SIGNATORY_REVOKED = "request.signatory_revoked"
    REQUEST_SIGNATURES_TOO_FEW = "request.signatures_too_few"
    REQUEST_AGREEMENT_UNKNOWN = "request.agreement_unknown"
    REQUEST_AGREEMENT_DIGEST_MISMATCH = "request.agreement_digest_mismatch"
    REQUEST_AGREEMENT_NOT_IN_FORCE = "request.agreement_not_in_force"
    REQUEST_AGREEMENT_SUSPENDED = "request.agreement_suspended"
    REQUEST_REQUESTER_NOT_PARTY = "request.requester_not_party"
    REQUEST_SAFEGUARDS_NOT_MET = "request.safeguards_not_met"
    REQUEST_PURPOSE_NOT_ALLOWED = "request.purpose_not_allowed"
    REQUEST_STATUTE_NOT_ALLOWED = "request.statute_not_allowed"
    REQUEST_ATTRIBUTE_NOT_ALLOWED = "request.attribute_not_allowed"
    REQUEST_ATTESTATION_MISSING = "request.attestation_missing"
    REQUEST_DOCUMENT_MISSING = "request.document_missing"
    REQUEST_DOCUMENT_DIGEST_MISMATCH = "request.document_digest_mismatch"
    REQUEST_RECORDS_DIGEST_MISMATCH = "request.records_digest_mismatch"
    REQUEST_RECORDS_COUNT_MISMATCH = "request.records_count_mismatch"
    REQUEST_COLUMN_MISSING = "request.column_missing"
    REQUEST_COLUMN_UNKNOWN = "request.column_unknown"
    REQUEST_COLUMN_TYPE = "request.column_type"
    REQUEST_STALE = "request.stale"
    REQUEST_IN_FUTURE = "request.in_future"
    REQUEST_REPLAYED = "request.replayed"
    REQUEST_VOLUME_EXCEEDED = "request.volume_exceeded"
    REQUEST_QUALITY_TOO_LOW = "request.quality_too_low"
    REQUEST_OFFICER_OVERLOAD = "request.officer_overload"
    RECORD_ID_MISSING = "record.id_missing"
    RECORD_ID_DUPLICATE = "record.id_duplicate"
    RECORD_TEXT_INVALID = "record.text_invalid"
    NAME_MISSING = "name.missing"
    NAME_PLACEHOLDER = "name.placeholder"
    NAME_INCOMPLETE = "name.incomplete"
    BIRTH_DATE_MISSING = "birth_date.missing"
    BIRTH_DATE_INVALID = "birth_date.invalid"
    BIRTH_DATE_IMPLAUSIBLE = "birth_date.implausible"
    IDENTIFIER_INSUFFICIENT = "identifier.insufficient"
    TIN_INVALID = "tin.invalid"
    TIN_PLACEHOLDER = "tin.placeholder"
    TIN_KIND_MISMATCH = "tin.kind_mismatch"
    TIN_CONFLICT = "tin.conflict"
    ADDRESS_MISSING = "address.missing"
    ADDRESS_PLACEHOLDER = "address.placeholder"
    ADDRESS_INCOMPLETE = "address.incomplete"
    ADDRESS_MULTIPLE = "address.multiple"
    ADDRESS_NOT_AN_ADDRESS = "address.not_an_address"
    ADDRESS_ZIP_MISMATCH = "address.zip_mismatch"
    ADDRESS_GENERAL_DELIVERY = "address.general_delivery"
    ADDRESS_PO_BOX = "address.po_box"
    ADDRESS_INSTITUTION = "address.institution"
    ADDRESS_SHARED = "address.shared"
    ADDRESS_FOREIGN = "address.foreign"
    ADDRESS_TOO_OLD = "address.too_old"
    ORDER_DATE_MISSING = "order.date_missing"
    ORDER_DATE_INVALID = "order.date_invalid"
    ORDER_DATE_IN_FUTURE = "order.date_in_future"
    ORDER_BEFORE_BIRTH = "order.before_birth"
    ORDER_PERIOD_NOT_RUN = "order.period_not_run"
    ORDER_TOO_OLD = "order.too_old"
    ORDER_NUMBER_MISSING = "order.number_missing"
    ORDER_GROUND_MISSING = "order.ground_missing"
    ORDER_GROUND_NOT_LISTED = "order.ground_not_listed"
    CASE_NUMBER_MISSING = "case.number_missing"
    CASE_NUMBER_REUSED = "case.number_reused"
    STATUTE_MISSING = "statute.missing"
    STATUTE_NOT_SPECIFIC = "statute.not_specific"
    STATUTE_NOT_LISTED = "statute.not_listed"
    STATUTE_CIVIL = "statute.civil"
    OFFICER_MISSING = "officer.missing"
    OFFICER_NOT_A_PERSON = "officer.not_a_person"
    PERIOD_MISSING = "period.missing"
    PERIOD_INVALID = "period.invalid"
    PERIOD_OUT_OF_RANGE = "period.out_of_range"
    REASON_MISSING = "reason.missing"
    REASON_BOILERPLATE = "reason.boilerplate"
    CONSENT_MISSING = "consent.missing"
    CONSENT_EXPIRED = "consent.expired"
    CONSENT_IN_FUTURE = "consent.in_future"
    SUBJECT_REPEATED = "subject.repeated"
    SUBJECT_ATTEMPTS_EXCEEDED = "subject.attempts_exceeded"

    @property
    def family(self) -> str:
        """`address` of `address.po_box`: the name of its rule file, test table and page."""
        return self.value.partition(".")[0]


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """One refusal: `code`, the agreement's `clause`, the `fault` in words and the `mend` in words.

    `fault` and `mend` are the rule's own sentences with the rule's own figures, never a value of
    the record, so a reason can be logged, sent and shown as it is.
    """

    code: Code
    clause: str
    fault: str
    mend: str

    def as_json(self) -> dict[str, str]:
        """The reason as manifests, answers and --json show it."""
        return {
            "code": self.code.value,
            "clause": self.clause,
            "fault": self.fault,
            "mend": self.mend,
        }

    @classmethod
    def of(cls, value: Mapping[str, str]) -> Reason:
        """The inverse of `as_json`."""
        return cls(Code(value["code"]), value["clause"], value["fault"], value["mend"])


def to_bytes(reasons: Sequence[Reason]) -> bytes:
    """Reasons with their sentences, to be sealed: a fault may quote a name out of the request."""
    return json.dumps([reason.as_json() for reason in reasons]).encode()


def from_bytes(data: bytes) -> tuple[Reason, ...]:
    """The inverse of `to_bytes`."""
    return tuple(Reason.of(value) for value in json.loads(data))
