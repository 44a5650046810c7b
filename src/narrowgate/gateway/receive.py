"""Receipt: the envelope is opened, kept as it came, and tested as a whole.

What is refused here is refused for good, logged, and has a signed refusal to show for it. What
passes has a case, and its volume is reserved from this moment.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from narrowgate.canonical import Json, sha256
from narrowgate.case.commitments import Committed
from narrowgate.case.states import CaseState
from narrowgate.errors import Conflict, Uncertain
from narrowgate.events import Event, Kind
from narrowgate.gateway.adopt import adopted
from narrowgate.gateway.commit import HistoryMoved, commit
from narrowgate.gateway.desk import history
from narrowgate.gateway.site import Site
from narrowgate.gateway.trees import asked_rows, tree_of
from narrowgate.instants import stamp
from narrowgate.keys.jws import Signature
from narrowgate.reasons import Reason, to_bytes
from narrowgate.request.envelope import Envelope, open_envelope
from narrowgate.request.received import Received, Who, receive_envelope
from narrowgate.screening.request_rules import agreement_unknown, fault_reasons, request_reasons

# A count that somebody merely claims is taken up to here: it takes memory to show.
_MOST_COUNTED = 5_000_000


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the requester hears at once: the case, and all reasons where it is refused."""

    case: str
    state: CaseState
    reasons: tuple[Reason, ...]
    records: int


def receive(site: Site, folder: Path) -> Receipt:
    """Receive a request folder. Raises BadInput, leaving nothing, where it is no request at all."""
    envelope = open_envelope(folder)
    received = receive_envelope(envelope, who=who_signed(site))
    case, size = site.new_case_id(), site.log.size
    try:
        files = _keep(site, case, envelope, received)
        fields: dict[str, Json] = {
            "case": case,
            "request": sha256(envelope.payload),
            "records": _asked(received),
            "records_root": records_root(site, case, received),
        }
        while True:
            try:
                return _commit(site, received, fields, dict(files))
            except HistoryMoved:
                continue
    except Uncertain:
        raise  # its entry may yet stand: what it names is kept
    except BaseException:
        if not any(case.encode() in entry for entry in site.log.entries(size, site.log.size)):
            site.evidence.discard(case)  # it has no entry: it was never received
        raise


def _keep(site: Site, case: str, envelope: Envelope, received: Received) -> dict[str, Json]:
    """Seal what came, as it came and as it was read; the files by label."""
    site.evidence.open_case(case)
    files: dict[str, Json] = {}
    digests = {"sent-records": received.records_sha256}
    digests |= {f"document-{n}": sent for n, sent in enumerate(received.documents.values())}
    for label, data in envelope.contents():
        if digests.get(label) and sha256(data) != f"sha256:{digests[label]}":
            raise Conflict(
                "a file of the folder changed while it was being received",
                place=str(envelope.folder),
                mend="Receive it when it is complete.",
            )
        files[label] = dict(site.evidence.put(case, label, data).as_json())
    if received.records is not None:
        files["records"] = dict(
            site.evidence.put_table(case, "records", received.records).as_json()
        )
    files["received"] = dict(site.evidence.put(case, "received", received.to_bytes()).as_json())
    return files


def records_root(site: Site, case: str, received: Received) -> str:
    """Root of the tree over what is asked (base64): before anything is decided about it."""
    if received.records is None:
        return ""
    rows = asked_rows(received.records, received.columns)
    return base64.b64encode(tree_of(site.evidence, case, rows, Committed.ASKED).root).decode()


def _commit(
    site: Site, received: Received, known_of_it: Mapping[str, Json], files: dict[str, Json]
) -> Receipt:
    case, at = str(known_of_it["case"]), site.clock()
    reasons, version = judge(site, case, received, at)
    manifest = received.manifest
    known = {person.organisation for person in site.directory}
    fields: dict[str, Json] = {
        **known_of_it,
        # Only a valid signature uses up a request's id: a stranger cannot block another's request.
        "request_id": manifest.request_id if manifest and _signed(received) else "",
        # Free text of a stranger does not enter the log: names only of whom the site knows.
        "requester": manifest.requester if manifest and manifest.requester in known else "",
        "agreement": "",
        "agreement_digest": "",
        "files": files,
    }
    found = adopted(site, manifest.agreement, manifest.agreement_digest) if manifest else None
    if found is not None:
        fields |= {"agreement": found[1].id, "agreement_digest": found[1].digest}
    state = CaseState.REFUSED if reasons else CaseState.RECEIVED
    if reasons:
        sealed = site.evidence.put(case, "reasons", to_bytes(reasons))
        files["reasons"] = dict(sealed.as_json())
        fields["reasons"] = [{"code": r.code.value, "clause": r.clause} for r in reasons]
    kind = Kind.REQUEST_REFUSED if reasons else Kind.REQUEST_RECEIVED
    commit(site, Event(kind, stamp(at), fields), history_version=version)
    return Receipt(case, state, tuple(reasons), _asked(received))


def judge(
    site: Site, case: str, received: Received, at: datetime
) -> tuple[Sequence[Reason], int | None]:
    """All reasons against the request as a whole, and the history's version they rest on."""
    if received.manifest is None:
        return fault_reasons(received), None
    found = adopted(site, received.manifest.agreement, received.manifest.agreement_digest)
    if found is None:
        return [*fault_reasons(received), agreement_unknown()], None
    terms, _ = found
    past = history(site, terms, case, at)
    return request_reasons(received, terms, past, at), past.version


def _asked(received: Received) -> int:
    """Records asked about: as read; of a request that could not be read, as its manifest says."""
    if received.records is not None or received.manifest is None:
        return received.count
    return min(received.manifest.records.count, _MOST_COUNTED)


def _signed(received: Received) -> bool:
    return any(signer.valid and signer.person for signer in received.signers)


def who_signed(site: Site) -> Who:
    """Tells whose a signature is, by everybody known here."""
    directory = site.directory
    known = {name for p in directory for name in (p.key.thumbprint, p.key.kid, p.id) if name}

    def who(signature: Signature) -> tuple[str | None, bool]:
        for person in directory:
            if signature.verified_by(person.key):
                return person.id, True
        # It verifies under no key: false, if it claims a key that is known here or claims none.
        stranger = signature.kid is not None and signature.kid not in known
        return None, stranger and bool(signature.algorithm)

    return who
