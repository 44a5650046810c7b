"""Questions to the database, answered with plain values; no Django type leaves this room.

Each raises Internal where the database fails (database.py, `question`). Texts are put in order here
and not by the database, whose order is that of its locale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Sum

from narrowgate.errors import NotFound
from narrowgate.store import models
from narrowgate.store.database import question

FileRef = Mapping[str, str]  # {"name", "sha256"}, as case/evidence.py writes it


@dataclass(frozen=True, slots=True)
class Applied:
    """How many `entries` of the log the database has, the log's `root` there (hex), the latest time
    that an entry names, and the history's version.
    """

    entries: int
    root: str
    last_at: datetime | None
    history_version: int


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of the directory; `key` is the public JWK."""

    id: str
    organisation: str
    roles: tuple[str, ...]
    key: Mapping[str, Any]
    since: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """An adopted text of an agreement; columns as in models.py."""

    id: str
    digest: str
    adopted_at: datetime
    suspended: bool
    ended: bool
    replaces: str
    superseded_at: datetime | None
    term_from: datetime
    until: date | None
    renewals: int
    suspension: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """A power to sign; `index` of the entry that gave it."""

    index: int
    agreement: str
    delegator: str
    delegate: str
    begins: datetime
    ends: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class SafeguardRow:
    """A dated fact about a requester's safeguards."""

    index: int
    fact: str
    finding: str
    on: date
    due: date | None


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """A loaded register."""

    digest: str
    people: int
    addresses: int
    rejected: int
    loaded_at: datetime


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as its entries left it."""

    id: str
    state: str
    request_id: str
    requester: str
    agreement: str
    agreement_digest: str
    received_at: datetime
    records: int
    reasons: tuple[Mapping[str, str], ...]
    counts: Mapping[str, int]
    authority: Mapping[str, str]
    files: Mapping[str, FileRef]
    received_index: int
    released_index: int | None
    decided_at: datetime | None
    expired_at: datetime | None


@dataclass(frozen=True, slots=True)
class WitnessingRow:
    """Who cosigns the log (vkey and url of each), and how many a release needs."""

    required: int
    witnesses: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class VoteRow:
    """That an officer voted; how, the sealed file says."""

    row: int
    officer: str
    file: FileRef


@question
def applied(alias: str) -> Applied:
    """How far the database has followed the log."""
    row = models.Projection.objects.using(alias).first()
    if row is None:
        return Applied(0, "", None, 0)
    return Applied(row.applied, row.root, row.last_at, row.history_version)


@question
def people(alias: str) -> list[PersonRow]:
    """Everybody ever added."""
    return [
        PersonRow(p.id, p.organisation, tuple(p.roles), p.key, p.since, p.revoked_at)
        for p in sorted(models.Person.objects.using(alias), key=lambda p: p.id)
    ]


@question
def agreements(alias: str) -> list[AgreementRow]:
    """All adopted versions, in the order of their adoption."""
    return [
        AgreementRow(
            a.agreement,
            a.digest,
            a.adopted_at,
            a.suspended,
            a.ended,
            a.replaces,
            a.superseded_at,
            a.term_from,
            a.until,
            a.renewals,
            a.suspension,
        )
        for a in models.Agreement.objects.using(alias).order_by("index")
    ]


@question
def delegations(alias: str, agreement: str) -> list[DelegationRow]:
    """All powers to sign ever given under the agreement, in their order."""
    return [
        DelegationRow(
            d.index, d.agreement, d.delegator, d.delegate, d.begins, d.ends, d.withdrawn_at
        )
        for d in models.Delegation.objects.using(alias)
        .filter(agreement=agreement)
        .order_by("index")
    ]


@question
def safeguards(alias: str, requester: str) -> list[SafeguardRow]:
    """All facts on record about the requester's safeguards, in their order."""
    rows = models.SafeguardFact.objects.using(alias).filter(requester=requester)
    return [SafeguardRow(f.index, f.fact, f.finding, f.on, f.due) for f in rows.order_by("index")]


@question
def received_at(alias: str, case_id: str) -> datetime | None:
    """When a case was received, None where there is none."""
    found = models.Case.objects.using(alias).filter(pk=case_id)
    return found.values_list("received_at", flat=True).first()


@question
def witnessing(alias: str) -> WitnessingRow | None:
    """The witnesses named last; None where none ever were."""
    row = models.Witnessing.objects.using(alias).first()
    return None if row is None else WitnessingRow(row.required, tuple(row.witnesses))


@question
def snapshot(alias: str) -> SnapshotRow:
    """The snapshot loaded last. Raises NotFound where none is."""
    row = models.Snapshot.objects.using(alias).order_by("-index").first()
    if row is None:
        raise NotFound(
            "no register is loaded", mend="Load one first: `narrowgate register load SOURCE`."
        )
    return SnapshotRow(row.digest, row.people, row.addresses, row.rejected, row.loaded_at)


@question
def case(alias: str, case_id: str) -> CaseRow:
    """One case. Raises NotFound."""
    row = models.Case.objects.using(alias).filter(pk=case_id).first()
    if row is None:
        raise NotFound(
            "no such case", place=case_id, mend="`narrowgate case list` names all there are."
        )
    return _case(row)


@question
def case_state(alias: str, case_id: str) -> str | None:
    """The state of a case, None where there is none."""
    found = models.Case.objects.using(alias).filter(pk=case_id).values_list("state", flat=True)
    return found.first()


@question
def cases(alias: str) -> list[CaseRow]:
    """All cases in the order in which they came."""
    return [_case(row) for row in models.Case.objects.using(alias).order_by("received_index")]


@question
def votes(alias: str, case_id: str) -> list[VoteRow]:
    """All votes cast in a case."""
    rows = models.Vote.objects.using(alias).filter(case=case_id).order_by("row", "id")
    return [VoteRow(vote.row, vote.officer, vote.file) for vote in rows]


@question
def request_ids(alias: str, *, other_than: str) -> frozenset[str]:
    """Ids of all requests ever received, but for that of the case named."""
    rows = models.Case.objects.using(alias).exclude(pk=other_than)
    return frozenset(rows.values_list("request_id", flat=True))


@question
def persons_asked(
    alias: str, agreement: str, since: datetime, *, other_than: str, before: int | None = None
) -> int:
    """Records of the agreement's requests since then that were not refused whole; `before`: of
    those received before that entry alone.
    """
    rows = models.Case.objects.using(alias).filter(agreement=agreement, received_at__gte=since)
    rows = rows.exclude(state="refused").exclude(pk=other_than)
    if before is not None:
        rows = rows.filter(received_index__lt=before)
    return int(rows.aggregate(total=Sum("records"))["total"] or 0)


@question
def attempts(
    alias: str, agreement: str, since: datetime, *, before: str | None = None
) -> list[tuple[str, FileRef]]:
    """Case and sealed file of every segment of attempts under the agreement since then; `before`:
    of those screened before that case alone.
    """
    rows = models.Attempts.objects.using(alias).filter(agreement=agreement, at__gte=since)
    if own := models.Attempts.objects.using(alias).filter(case=before).first():
        rows = rows.filter(id__lt=own.id)
    return [(segment.case_id, segment.file) for segment in rows.order_by("at", "id")]


@question
def attempts_of_all(alias: str, since: datetime) -> list[tuple[str, FileRef]]:
    """The same of all agreements: for the custodian's alarms, and never for a refusal."""
    rows = models.Attempts.objects.using(alias).filter(at__gte=since)
    return [(segment.case_id, segment.file) for segment in rows.order_by("at", "id")]


def _case(row: models.Case) -> CaseRow:
    return CaseRow(
        row.id,
        row.state,
        row.request_id,
        row.requester,
        row.agreement,
        row.agreement_digest,
        row.received_at,
        row.records,
        tuple(row.reasons),
        row.counts,
        row.authority,
        row.files,
        row.received_index,
        row.released_index,
        row.decided_at,
        row.expired_at,
    )
