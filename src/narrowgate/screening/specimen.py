"""Requests made up to try an agreement on: lawful ones, each changed as a worked case says.

Every person in them is made up and shares nothing with another that a rule could compare. What is
made here goes through `screen` and `request_rules` like anything that is received.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa

from narrowgate.agreement.terms import Terms
from narrowgate.agreement.worked import WorkedCase, WorkedPast, WorkedRequest
from narrowgate.case.history import AgreementStanding, History
from narrowgate.catalogue.request import ColumnUnknown, DocumentMissing
from narrowgate.catalogue.rule import Changes
from narrowgate.reasons import Code
from narrowgate.request.manifest import Manifest, RecordsFile
from narrowgate.request.received import Received, Signer
from narrowgate.standard.columns import REQUEST_COLUMNS

_REQUEST_ID = "00000000-0000-4000-8000-000000000001"
_DIGEST, _OTHER = "0" * 64, "1" * 64
_KEY = bytes(32)
_GIVEN = ("Obadiah", "Wilhelmina", "Chidi", "Zofia", "Lucrecia", "Thaddeus", "Birgitta", "Quang")
_SYLLABLES = ("ba", "do", "fe", "gi", "lu", "mo", "na", "pe", "ri", "so", "tu", "va", "ke", "chi")
_NUMBERED = ("case_number", "order_number", "engaged_officer", "consent_id")
# Far more than a made-up request needs, and few enough to make.
MOST_RECORDS = 20_000


def person(number: int, base: Changes) -> dict[str, str | None]:
    """`base` about the made-up person `number`; 0 is whom `base` itself speaks of."""
    told: dict[str, str | None] = {**base, "record_id": f"R{number}"}
    if number == 0:
        return told
    varied = {
        "given_name": _name(number),
        "date_of_birth": _days_before(base["date_of_birth"], number % 2_000),
        "tin": _number(base["tin"], number),
        "address_line1": re.sub(r"^\d+", str(1_000 + number), base["address_line1"] or ""),
        "reason": f"{base['reason']} (file {number})",
        **{name: f"{base[name]}-{number}" for name in _NUMBERED},
    }
    return told | {name: value for name, value in varied.items() if base[name]}


def records_of(case: WorkedCase, base: Changes, first: int) -> list[dict[str, str | None]]:
    """The records of a case; its persons are numbered from `first`, its subject is the first."""
    subject = person(first, base)
    rows = [_changed(subject, case.record)]
    for number, changes in enumerate(case.beside, start=1):
        told = {**_changed(subject, changes)}
        rows.append({**told, "record_id": changes.get("record_id", f"R{first}-{number}")})
    for number in range(first + 1, first + 1 + case.others):
        rows.append(_changed(person(number, base), case.record))
    return rows


def table(rows: Iterable[Changes]) -> pa.Table:
    """Records as the reader gives them: REQUEST_COLUMNS, text, null where blank."""
    rows = list(rows)
    return pa.table(
        {
            name: pa.array([row.get(name) or None for row in rows], type=pa.string())
            for name in REQUEST_COLUMNS
        }
    )


def demand(terms: Terms, asked: WorkedRequest, rows: Sequence[Changes], now: datetime) -> Received:
    """A request with these records, lawful but for what `asked` says."""
    count = asked.persons or len(rows)
    attested = [each.id for each in terms.attestations if each.id != asked.without_attestation]
    signers = asked.signed_by
    if signers is None:
        signers = tuple(each.person for each in terms.signatories[: terms.signatures_required])
    names = documents_of(terms) or (("order.pdf",) if asked.document else ())
    named = () if asked.document == "left_out" else names
    digest = {"missing": None, "exchanged": _OTHER}.get(asked.document or "", _DIGEST)
    manifest = Manifest(
        request_id=_REQUEST_ID,
        agreement=asked.agreement or terms.id,
        agreement_digest=f"sha256:{_OTHER}" if asked.other_text else terms.digest,
        requester=asked.requester or terms.requester,
        purpose=terms.purposes[0] if asked.purpose is None else asked.purpose,
        statutes=terms.statutes if asked.statutes is None else asked.statutes,
        attributes=terms.attributes if asked.attributes is None else asked.attributes,
        attestations=tuple(attested),
        documents=tuple((name, _DIGEST) for name in named),
        records=RecordsFile("records.csv", "csv", _DIGEST, count),
        created_at=asked.made or now,
        expires_at=asked.expires or max(asked.made or now, now) + timedelta(days=1),
    )
    return Received(
        manifest=manifest,
        signers=tuple(Signer(number, who, not asked.altered) for number, who in enumerate(signers)),
        faults=(),
        records=table(rows),
        columns=columns_of(terms, asked),
        documents=dict.fromkeys(named, digest) if digest else {},
        records_sha256=_OTHER if asked.records_exchanged else _DIGEST,
        count=count + asked.one_more_than_signed,
    )


def columns_of(terms: Terms, asked: WorkedRequest) -> tuple[str, ...]:
    """The columns of a request: all that the agreement admits, but for what `asked` says."""
    bound = terms.bound(Code.REQUEST_COLUMN_UNKNOWN)
    admits_not = bound.rule.not_admitted if bound and isinstance(bound.rule, ColumnUnknown) else ()
    out = {*asked.without_columns, *admits_not} - {*asked.with_columns}
    return tuple(name for name in REQUEST_COLUMNS if name not in out)


def documents_of(terms: Terms) -> tuple[str, ...]:
    """The documents that every request under the agreement is sent with."""
    bound = terms.bound(Code.REQUEST_DOCUMENT_MISSING)
    return bound.rule.required if bound and isinstance(bound.rule, DocumentMissing) else ()


def past(terms: Terms, told: WorkedPast, now: datetime) -> History:
    """A requester's past, lawful but for what `told` says. Adopted, unless it says when, on the
    first day on which the agreement can be in force; or, for what is read at the lawful hour, when
    a term from that day would be over by then, at that hour.
    """
    first = terms.term.not_before
    adopted = told.adopted or min(now, datetime(first.year, first.month, first.day, tzinfo=UTC))
    lawful_hour = terms.example.read_at(first)
    if told.adopted is None and now == lawful_hour and now.date() >= terms.term.ends(first):
        adopted = now
    return History(
        version=0,
        key=_KEY,
        agreement=AgreementStanding(
            adopted, told.suspended, told.ended, told.safeguards_due, safeguards_reviewed=True
        ),
        request_ids=frozenset([_REQUEST_ID] if told.received_before else []),
        persons_today=told.persons_today,
        persons_term=told.persons_term,
        requester_people={
            each.person: now if each.person in told.revoked else None for each in terms.signatories
        },
    )


def _changed(record: Changes, changes: Changes) -> dict[str, str | None]:
    return {**record, **{name: value or None for name, value in changes.items()}}


def _name(number: int) -> str:
    """A given name for each number, unlike that of the next."""
    rest, name = divmod(number, len(_GIVEN))
    tail = ""
    while rest:
        rest, syllable = divmod(rest, len(_SYLLABLES))
        tail += _SYLLABLES[syllable]
    return _GIVEN[name] + tail


def _days_before(day: str | None, days: int) -> str | None:
    try:
        return f"{date.fromisoformat(day or '') - timedelta(days=days)}"
    except ValueError:
        return day


def _number(tin: str | None, number: int) -> str | None:
    """Another number of the same kind: an SSN of an area not issued before 2011, or an ITIN."""
    if tin is None:
        return None
    area = "912" if tin.startswith("9") else f"{734 + number // 800_000}"
    group = 70 + number % 19 if tin.startswith("9") else 10 + number % 89
    return f"{area}-{group}-{1_000 + number % 8_999:04}"
