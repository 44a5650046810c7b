"""Proofs from the log: all that a court needs of a case, or of one record, in one file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from narrowgate.canonical import Json
from narrowgate.case.commitments import Committed
from narrowgate.case.states import CaseState, wrong_state
from narrowgate.errors import BadInput
from narrowgate.events import Kind
from narrowgate.gateway.adopt import source_of
from narrowgate.gateway.commit import catch_up
from narrowgate.gateway.desk import CaseDesk
from narrowgate.gateway.hold import check_standing
from narrowgate.gateway.release import answers_of
from narrowgate.gateway.review import row_of
from narrowgate.gateway.site import Site
from narrowgate.gateway.trees import answered_rows, asked_rows, open_row
from narrowgate.gateway.witnesses import witnessed
from narrowgate.ledger.proof import RowOpening, document
from narrowgate.ledger.view import View
from narrowgate.store import reading
from narrowgate.store.files import Files
from narrowgate.store.reading import CaseRow

# What a case rests on besides its own entries: who could sign, under what, by which data and model.
_GROUND = (
    Kind.SITE_CREATED,
    Kind.PERSON_ADDED,
    Kind.PERSON_REVOKED,
    Kind.WITNESSES_NAMED,
)
_AGREEMENT = (
    Kind.AGREEMENT_ADOPTED,
    Kind.AGREEMENT_AMENDED,
    Kind.AGREEMENT_RENEWED,
    Kind.AGREEMENT_SUSPENDED,
    Kind.AGREEMENT_RESUMED,
    Kind.AGREEMENT_ENDED,
    Kind.DELEGATION_GIVEN,
    Kind.DELEGATION_WITHDRAWN,
)


def prove(
    site: Site, case: str, record: str | None, shown: Sequence[str] | None = None
) -> dict[str, Json]:
    """A proof document (ledger/proof.py): of the entry that answers the case, and of one record.

    `shown`: names of the record's fields to be opened, by default all; the others stay shut. Raises
    WrongState for a record of a case that is not released, Held as answers are, BadInput for a
    field that the record has not.
    """
    catch_up(site)
    row = reading.case(site.db, case)
    index = row.received_index if row.released_index is None else row.released_index
    rows: dict[str, RowOpening] = {}
    if record is not None:
        if row.state != CaseState.RELEASED:
            raise wrong_state(case, CaseState(row.state))
        check_standing(site, row)
        rows = _record(CaseDesk(site, row, site.clock()), record, shown)
    view = witnessed(site, index)
    return document(view, case, list(_ground(view, row, index)), _papers(site, row), rows)


def write_proof(proof: dict[str, Json], path: Path) -> None:
    """Write a proof document as JSON."""
    Files(path.parent).write(path.name, json.dumps(proof, indent=1).encode())


def _record(desk: CaseDesk, record: str, shown: Sequence[str] | None) -> dict[str, RowOpening]:
    position = row_of(desk.record_ids(), record)
    asked = asked_rows(desk.table("records"), desk.envelope().columns)
    answered = answered_rows(answers_of(desk, desk.docket()))
    unknown = set(shown or ()) - {*asked.column_names, *answered.column_names}
    if unknown:
        raise BadInput(
            f"the record has no field {', '.join(sorted(unknown))}",
            place="--field",
            mend="Fields are: " + ", ".join([*answered.column_names, *asked.column_names]) + ".",
        )
    fields = None if shown is None else tuple(shown)
    evidence, case = desk.site.evidence, desk.case.id
    return {
        "asked": open_row(evidence, case, asked, position, Committed.ASKED, fields),
        "answered": open_row(evidence, case, answered, position, Committed.ANSWERED, fields),
    }


def _ground(view: View, row: CaseRow, last: int) -> Iterator[int]:
    """Indexes of the entries that the case rests on, up to `last`, in their order."""
    for index, entry in enumerate(view.entries(0, last + 1)):
        said = json.loads(entry)
        kind = Kind(said["event"])
        own = said.get("case") == row.id
        agreed = kind in _AGREEMENT and said["agreement"] == row.agreement
        drawn = kind is Kind.SNAPSHOT_LOADED and said["snapshot"] == row.authority.get("snapshot")
        model = kind is Kind.MODEL_INSTALLED and said["digest"] == row.authority.get("model")
        if own or agreed or drawn or model or kind in _GROUND:
            yield index


def _papers(site: Site, row: CaseRow) -> dict[str, bytes]:
    """What was signed outside the log: the agreement, and the request's manifest as it came."""
    papers = {}
    if row.agreement_digest:
        papers["agreement"] = source_of(site, row.agreement_digest)
    if "manifest" in row.files and row.agreement_digest:
        desk = CaseDesk(site, row, site.clock())
        papers["manifest"] = site.evidence.get(row.id, desk.file("manifest"))
    return papers
