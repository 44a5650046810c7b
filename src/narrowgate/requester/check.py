"""Checking before sending: every fault that screening would find and that needs no state.

The very rules of the gate, on an empty history: what depends on the past (replays, volume over a
day, attempts) and on who is known to the custodian cannot be told from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from narrowgate.agreement.terms import Terms
from narrowgate.agreement.worked import WorkedRequest
from narrowgate.case.history import AgreementStanding, Delegation, History
from narrowgate.docket import Docket
from narrowgate.keys.jws import Signature
from narrowgate.reasons import Reason
from narrowgate.request.envelope import open_envelope
from narrowgate.request.manifest import Manifest
from narrowgate.request.received import Received, Signer, Who, receive_envelope
from narrowgate.screening.request_rules import fault_reasons, request_reasons
from narrowgate.screening.screen import screen
from narrowgate.screening.specimen import columns_of, documents_of

_NO_KEY = bytes(32)
_ALGORITHMS = ("EdDSA", "Ed25519", "ES256")


@dataclass(frozen=True, slots=True)
class Checked:
    """`reasons`: against the request as a whole. `docket`: every record's own reasons.
    `record_ids`: text or null, in request order.
    """

    reasons: tuple[Reason, ...]
    docket: Docket
    record_ids: Sequence[str | None]

    @property
    def passes(self) -> bool:
        """Whether nothing was found."""
        return not self.reasons and not self.docket.counts["refused"]


def check(folder: Path, terms: Terms, now: datetime) -> Checked:
    """Check a request folder, signed or not yet. Raises BadInput where it is none."""
    received = receive_envelope(open_envelope(folder), who=_trusting(terms))
    if received.manifest is None:
        return Checked(tuple(fault_reasons(received)), Docket.issue(0), ())
    # As if it had been adopted today, by the signatories it names, with nothing asked before.
    history = History(
        version=0,
        key=_NO_KEY,
        agreement=AgreementStanding(adopted_at=now, safeguards_reviewed=True),
        requester_people={signatory.person: None for signatory in terms.signatories},
        delegations=tuple(
            Delegation(who.delegated_by, who.person, now, now + timedelta(days=1))
            for who in terms.signatories
            if who.delegated_by is not None
        ),
    )
    reasons = request_reasons(received, terms, history, now)
    if received.records is None:
        return Checked(tuple(reasons), Docket.issue(0), ())
    # The records are judged whatever is wrong with their envelope: one round of mending, not two.
    records = screen(_in_order(received, received.manifest, terms, now), terms, history, now)
    whole = tuple(dict.fromkeys((*reasons, *records.reasons)))
    return Checked(whole, records.docket, _ids(received.records))


def _in_order(received: Received, manifest: Manifest, terms: Terms, now: datetime) -> Received:
    """The same records in an envelope that no rule on the whole request can object to."""
    lawful = replace(
        manifest,
        agreement=terms.id,
        agreement_digest=terms.digest,
        requester=terms.requester,
        purpose=terms.purposes[0],
        statutes=terms.statutes,
        attributes=terms.attributes,
        attestations=tuple(attestation.id for attestation in terms.attestations),
        documents=tuple((name, "") for name in documents_of(terms)),
        records=replace(manifest.records, sha256=received.records_sha256, count=0),
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    return replace(
        received,
        manifest=lawful,
        signers=tuple(Signer(at, who.person, True) for at, who in enumerate(terms.signatories)),
        faults=(),
        columns=columns_of(terms, WorkedRequest()),
        documents=dict.fromkeys(documents_of(terms), ""),
        count=0,
    )


def _trusting(terms: Terms) -> Who:
    """Whose keys are whose only the custodian knows: each key counts as another signatory's."""
    people = [signatory.person for signatory in terms.signatories]
    seen: list[str | None] = []

    def who(signature: Signature) -> tuple[str | None, bool]:
        if signature.kid not in seen:
            seen.append(signature.kid)
        number = min(seen.index(signature.kid), len(people) - 1)
        return people[number], signature.algorithm in _ALGORITHMS

    return who


def _ids(records: pa.Table) -> Sequence[str | None]:
    ids: list[str | None] = records["record_id"].to_pylist()
    return ids
