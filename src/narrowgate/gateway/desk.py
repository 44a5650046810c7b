"""The desk of a case: each input of a stage, loaded from what was sealed, when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import cached_property

import pyarrow as pa

from narrowgate.agreement.terms import Terms
from narrowgate.case.evidence import SealedFile
from narrowgate.case.history import ATTEMPTS, History
from narrowgate.docket import Docket
from narrowgate.errors import Internal
from narrowgate.gateway.adopt import terms_of
from narrowgate.gateway.load import latest_snapshot
from narrowgate.gateway.models import model_for
from narrowgate.gateway.site import Site
from narrowgate.gateway.standing import delegations_of, standing
from narrowgate.matching.model import Model
from narrowgate.reasons import Reason, from_bytes
from narrowgate.register.snapshot import Snapshot
from narrowgate.request.received import Received
from narrowgate.screening.screen import Screened
from narrowgate.store import reading
from narrowgate.store.reading import AgreementRow, CaseRow


@dataclass(frozen=True)
class CaseDesk:
    """A `way.Desk` over the evidence of one case, as of the clock reading `at`."""

    site: Site
    case: CaseRow
    at: datetime

    def file(self, label: str) -> SealedFile:
        """The sealed file that the case's entries name `label`. Raises Internal without one."""
        if label not in self.case.files:
            raise Internal(f"the case has no {label}", place=f"case {self.case.id}")
        ref = self.case.files[label]
        return SealedFile.of(ref)

    def docket(self) -> Docket:
        """The docket as the last stage left it."""
        return self.site.evidence.get_docket(self.case.id, self.file("docket"))

    def reasons(self) -> tuple[Reason, ...]:
        """Why the request was refused as a whole; empty where it was not."""
        if "reasons" not in self.case.files:
            return ()
        return from_bytes(self.site.evidence.get(self.case.id, self.file("reasons")))

    def table(self, label: str) -> pa.Table:
        """A sealed table of the case."""
        return self.site.evidence.get_table(self.case.id, self.file(label))

    def record_ids(self) -> pa.Array:
        """The requester's own name of each record, in request order; nothing else is unpacked."""
        ids = self.site.evidence.get_table(self.case.id, self.file("records"), ["record_id"])
        return ids.column("record_id").combine_chunks()

    def received(self) -> Received:
        """The request as it was read at receipt."""
        return replace(self.envelope(), records=self.table("records"))

    def envelope(self) -> Received:
        """The request without its records."""
        facts = self.site.evidence.get(self.case.id, self.file("received"))
        return Received.from_bytes(facts, None)

    @cached_property
    def _terms(self) -> Terms:
        return terms_of(self.site, self.case.agreement_digest)

    def terms(self) -> Terms:
        """The agreement that the request names, by digest."""
        return self._terms

    def history(self) -> History:
        """The requester's past as of now, without this case."""
        return history(self.site, self.terms(), self.case.id, self.at)

    def law(self) -> History:
        """What history says of the law alone: the agreement's standing and the powers to sign."""
        return law(self.site, self.terms(), self.case.id)

    def screened(self) -> Screened:
        """What screening left, from its sealed evidence."""
        return Screened.restore(self.docket(), self.table("screened"))

    def snapshot(self) -> Snapshot:
        """The register loaded last."""
        return latest_snapshot(self.site)

    def model(self) -> Model:
        """The model that the agreement names, if its evaluation keeps the ceilings."""
        return model_for(self.site, self.terms().answer)


def history(site: Site, terms: Terms, case: str, at: datetime) -> History:
    """What screening may know of the requester's past under the agreement; `case` not counted."""
    past = law(site, terms, case)
    row = _row(site, terms)
    today = datetime.combine(at.date(), time(), tzinfo=UTC)
    return replace(
        past,
        request_ids=reading.request_ids(site.db, other_than=case),
        persons_today=reading.persons_asked(site.db, terms.id, today, other_than=case),
        persons_term=reading.persons_asked(site.db, terms.id, row.term_from, other_than=case),
        attempts=_attempts(site, terms, at),
    )


def law(site: Site, terms: Terms, case: str) -> History:
    """The part of history that any station may ask for: nothing in it is counted."""
    version = reading.applied(site.db).history_version
    return History(
        version=version,
        key=site.pseudonyms_key,
        agreement=standing(site, _row(site, terms), terms.requester),
        delegations=delegations_of(site, terms.id),
        received_at=reading.received_at(site.db, case),
        requester_people={
            person.id: person.revoked_at
            for person in reading.people(site.db)
            if person.organisation == terms.requester
        },
    )


def _row(site: Site, terms: Terms) -> AgreementRow:
    return next(row for row in reading.agreements(site.db) if row.digest == terms.digest)


def _attempts(site: Site, terms: Terms, at: datetime) -> pa.Table:
    since = at - timedelta(days=terms.attempts_window_days)
    segments = [
        site.evidence.get_table(case, SealedFile.of(file))
        for case, file in reading.attempts(site.db, terms.id, since)
    ]
    return pa.concat_tables(
        [ATTEMPTS.empty_table(), *(segment.select(ATTEMPTS.names) for segment in segments)]
    )
