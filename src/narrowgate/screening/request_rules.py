"""The rules on the request as a whole, as plain functions over what screening may know.

Each check answers whether its rule is broken and nothing else; the sentences and the clause come
from the agreement (`Terms.reason`). All that are broken are listed. The same function runs at
receipt and again at screening, when the clock and the history have moved on.
`request.quality_too_low` and `request.officer_overload` need the records judged: see screen.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from narrowgate.agreement.terms import Signatory, Terms
from narrowgate.case.history import Delegation, History
from narrowgate.catalogue.citation import citation_key
from narrowgate.catalogue.index import RULES
from narrowgate.catalogue.request import (
    ColumnMissing,
    ColumnUnknown,
    DocumentMissing,
    InFuture,
    SafeguardsNotMet,
    Stale,
    VolumeExceeded,
)
from narrowgate.catalogue.rule import Rule
from narrowgate.reasons import Code, Reason
from narrowgate.request.manifest import Manifest
from narrowgate.request.received import Received


@dataclass(frozen=True, slots=True)
class Matter:
    """What a check on a request with a readable manifest may know."""

    received: Received
    manifest: Manifest
    terms: Terms
    history: History
    now: datetime

    @property
    def today(self) -> date:
        """The UTC date."""
        return self.now.astimezone(UTC).date()

    @property
    def received_at(self) -> datetime:
        """When the request came: whose power and which text it rests on are judged by that."""
        return self.history.received_at or self.now


def request_reasons(
    received: Received, terms: Terms, history: History, now: datetime
) -> list[Reason]:
    """Every reason to refuse the request as a whole, in the order of the contract's list."""
    found = set(fault_reasons(received, terms))
    if received.manifest is not None:
        matter = Matter(received, received.manifest, terms, history, now)
        found |= {terms.reason(code) for code, broken in CHECKS.items() if broken(matter)}
    order = list(Code)
    return sorted(found, key=lambda reason: (order.index(reason.code), reason))


def standing_reasons(
    received: Received, terms: Terms, history: History, now: datetime
) -> list[Reason]:
    """Why nothing may be done with a case now, whatever was decided when it was screened.

    The same checks as at receipt, of those that can come to fail afterwards; the later stations
    ask them before they touch the register and before anything is let out.
    """
    if received.manifest is None:
        return []
    matter = Matter(received, received.manifest, terms, history, now)
    return [terms.reason(code) for code in STANDING if CHECKS[code](matter)]


def fault_reasons(received: Received, terms: Terms | None = None) -> list[Reason]:
    """The faults that reading found, as reasons; clauses are named where `terms` are known."""
    reasons = []
    for fault in received.faults:
        code = Code(fault.code)
        clause = terms.clause_of(code) if terms else ""
        words = f"{fault.place}: {fault.fault}" if fault.place else fault.fault
        reasons.append(Reason(code, clause, words, fault.mend))
    return list(dict.fromkeys(reasons))


def agreement_unknown() -> Reason:
    """The refusal where there are no terms to refuse by."""
    return _always(Code.REQUEST_AGREEMENT_UNKNOWN)


def _always(code: Code) -> Reason:
    rule: Rule = RULES[code]()
    return rule.reason("")


def _signature_missing(matter: Matter) -> bool:
    return not matter.received.signers


def _signature_invalid(matter: Matter) -> bool:
    return any(not signer.valid for signer in matter.received.signers)


def _signatory_not_named(matter: Matter) -> bool:
    # Every signature, not one of them: nobody signs for a signatory, nor beside one (facts T15).
    named = {signatory.person: signatory for signatory in matter.terms.signatories}
    people = matter.history.requester_people
    return any(
        signer.valid
        and (
            signer.person not in named
            or signer.person not in people
            or not _ever_empowered(matter, named[signer.person])
        )
        for signer in matter.received.signers
    )


def _ever_empowered(matter: Matter, signatory: Signatory) -> bool:
    """By office, or by a delegation that had begun, be it over by now."""
    if signatory.delegated_by is None:
        return True
    return any(power.begins <= matter.received_at for power in _delegations(matter, signatory))


def _delegations(matter: Matter, signatory: Signatory) -> list[Delegation]:
    return [
        power
        for power in matter.history.delegations
        if (power.delegate, power.delegator) == (signatory.person, signatory.delegated_by)
    ]


def _revoked(matter: Matter, person: str) -> bool:
    revoked_at = matter.history.requester_people.get(person)
    return revoked_at is not None and revoked_at <= matter.received_at


def _lapsed(matter: Matter, signatory: Signatory) -> bool:
    """A power once given, and over or withdrawn by now, or given by one whose own is gone (B18)."""
    if signatory.delegated_by is None or not _ever_empowered(matter, signatory):
        return False
    stands = any(power.stands(matter.received_at) for power in _delegations(matter, signatory))
    return not stands or _revoked(matter, signatory.delegated_by)


def _signatory_revoked(matter: Matter) -> bool:
    named = {signatory.person: signatory for signatory in matter.terms.signatories}
    return any(
        signer.valid
        and signer.person is not None
        and (
            _revoked(matter, signer.person)
            or (signer.person in named and _lapsed(matter, named[signer.person]))
        )
        for signer in matter.received.signers
    )


def _signatures_too_few(matter: Matter) -> bool:
    named = {signatory.person for signatory in matter.terms.signatories}
    signed = {signer.person for signer in matter.received.signers if signer.valid} & named
    # None at all has a code that says more: missing, invalid or not named.
    return 0 < len(signed) < matter.terms.signatures_required


def _agreement_unknown(matter: Matter) -> bool:
    return matter.manifest.agreement != matter.terms.id


def _agreement_digest_mismatch(matter: Matter) -> bool:
    # What came before the amendment began runs on under the text it names.
    superseded_at = matter.history.agreement.superseded_at
    superseded = superseded_at is not None and superseded_at <= matter.received_at
    return superseded or matter.manifest.agreement_digest != matter.terms.digest


def _agreement_not_in_force(matter: Matter) -> bool:
    standing, term = matter.history.agreement, matter.terms.term
    if standing.adopted_at is None or standing.ended or matter.now < standing.adopted_at:
        return True
    adopted = standing.adopted_at.astimezone(UTC).date()
    return not term.begins(adopted) <= matter.today < (standing.until or term.ends(adopted))


def _agreement_suspended(matter: Matter) -> bool:
    return matter.history.agreement.suspended


def _requester_not_party(matter: Matter) -> bool:
    return matter.manifest.requester != matter.terms.requester


def _safeguards_not_met(matter: Matter) -> bool:
    standing, rule = matter.history.agreement, _rule(matter, Code.REQUEST_SAFEGUARDS_NOT_MET)
    if isinstance(rule, SafeguardsNotMet) and rule.reviewed and not standing.safeguards_reviewed:
        return True
    return standing.safeguards_due is not None and matter.today > standing.safeguards_due


def _purpose_not_allowed(matter: Matter) -> bool:
    return matter.manifest.purpose not in matter.terms.purposes


def _statute_not_allowed(matter: Matter) -> bool:
    listed = {citation_key(statute) for statute in matter.terms.statutes}
    named = {citation_key(statute) for statute in matter.manifest.statutes}
    return not named or not named <= listed


def _attribute_not_allowed(matter: Matter) -> bool:
    asked = set(matter.manifest.attributes)
    return not asked or not asked <= set(matter.terms.attributes)


def _attestation_missing(matter: Matter) -> bool:
    required = {attestation.id for attestation in matter.terms.attestations}
    return not required <= set(matter.manifest.attestations)


def _document_missing(matter: Matter) -> bool:
    rule = _rule(matter, Code.REQUEST_DOCUMENT_MISSING)
    required = rule.required if isinstance(rule, DocumentMissing) else ()
    named = {name for name, _ in matter.manifest.documents}
    return not named <= set(matter.received.documents) or not named.issuperset(required)


def _column_not_admitted(matter: Matter) -> bool:
    rule = _rule(matter, Code.REQUEST_COLUMN_UNKNOWN)
    return isinstance(rule, ColumnUnknown) and not set(rule.not_admitted).isdisjoint(
        matter.received.columns
    )


def _document_digest_mismatch(matter: Matter) -> bool:
    present = matter.received.documents
    return any(
        name in present and present[name] != digest for name, digest in matter.manifest.documents
    )


def _records_digest_mismatch(matter: Matter) -> bool:
    digest = matter.received.records_sha256
    return bool(digest) and digest != matter.manifest.records.sha256


def _records_count_mismatch(matter: Matter) -> bool:
    return (
        matter.received.records is not None
        and matter.received.count != matter.manifest.records.count
    )


def _column_missing(matter: Matter) -> bool:
    rule = _rule(matter, Code.REQUEST_COLUMN_MISSING)
    if not isinstance(rule, ColumnMissing) or matter.received.records is None:
        return False
    present = set(matter.received.columns)
    alternatives = all(present & set(columns) for columns in rule.one_of)
    return not (set(rule.columns) <= present and alternatives)


def _stale(matter: Matter) -> bool:
    rule = _rule(matter, Code.REQUEST_STALE)
    if not isinstance(rule, Stale):
        return False
    manifest = matter.manifest
    old = matter.now - manifest.created_at > timedelta(days=rule.most_days)
    return old or matter.now > manifest.expires_at


def _in_future(matter: Matter) -> bool:
    rule = _rule(matter, Code.REQUEST_IN_FUTURE)
    if not isinstance(rule, InFuture):
        return False
    return matter.manifest.created_at - matter.now > timedelta(minutes=rule.skew_minutes)


def _replayed(matter: Matter) -> bool:
    return matter.manifest.request_id in matter.history.request_ids


def _volume_exceeded(matter: Matter) -> bool:
    rule = _rule(matter, Code.REQUEST_VOLUME_EXCEEDED)
    if not isinstance(rule, VolumeExceeded):
        return False
    # A record is about one person (facts R1). What was said counts as well as what came: a demand
    # for too many is refused as such, whether or not its records could be read.
    asked = max(matter.received.count, matter.manifest.records.count)
    bounds = (
        (rule.per_request, asked),
        (rule.per_day, matter.history.persons_today + asked),
        (rule.per_term, matter.history.persons_term + asked),
    )
    return any(bound is not None and persons > bound for bound, persons in bounds)


def _rule(matter: Matter, code: Code) -> Rule | None:
    bound = matter.terms.bound(code)
    return bound.rule if bound else None


CHECKS: Mapping[Code, Callable[[Matter], bool]] = {
    Code.REQUEST_SIGNATURE_MISSING: _signature_missing,
    Code.REQUEST_SIGNATURE_INVALID: _signature_invalid,
    Code.REQUEST_SIGNATORY_NOT_NAMED: _signatory_not_named,
    Code.REQUEST_SIGNATORY_REVOKED: _signatory_revoked,
    Code.REQUEST_SIGNATURES_TOO_FEW: _signatures_too_few,
    Code.REQUEST_AGREEMENT_UNKNOWN: _agreement_unknown,
    Code.REQUEST_AGREEMENT_DIGEST_MISMATCH: _agreement_digest_mismatch,
    Code.REQUEST_AGREEMENT_NOT_IN_FORCE: _agreement_not_in_force,
    Code.REQUEST_AGREEMENT_SUSPENDED: _agreement_suspended,
    Code.REQUEST_REQUESTER_NOT_PARTY: _requester_not_party,
    Code.REQUEST_SAFEGUARDS_NOT_MET: _safeguards_not_met,
    Code.REQUEST_PURPOSE_NOT_ALLOWED: _purpose_not_allowed,
    Code.REQUEST_STATUTE_NOT_ALLOWED: _statute_not_allowed,
    Code.REQUEST_ATTRIBUTE_NOT_ALLOWED: _attribute_not_allowed,
    Code.REQUEST_ATTESTATION_MISSING: _attestation_missing,
    Code.REQUEST_DOCUMENT_MISSING: _document_missing,
    Code.REQUEST_DOCUMENT_DIGEST_MISMATCH: _document_digest_mismatch,
    Code.REQUEST_RECORDS_DIGEST_MISMATCH: _records_digest_mismatch,
    Code.REQUEST_RECORDS_COUNT_MISMATCH: _records_count_mismatch,
    Code.REQUEST_COLUMN_UNKNOWN: _column_not_admitted,
    Code.REQUEST_COLUMN_MISSING: _column_missing,
    Code.REQUEST_STALE: _stale,
    Code.REQUEST_IN_FUTURE: _in_future,
    Code.REQUEST_REPLAYED: _replayed,
    Code.REQUEST_VOLUME_EXCEEDED: _volume_exceeded,
}
"""By code, whether the request breaks the rule. Codes that reading alone can find are absent."""

STANDING = (
    Code.REQUEST_SIGNATORY_REVOKED,
    Code.REQUEST_AGREEMENT_NOT_IN_FORCE,
    Code.REQUEST_AGREEMENT_SUSPENDED,
    Code.REQUEST_SAFEGUARDS_NOT_MET,
)
"""What can come to stand against a case after its screening."""
