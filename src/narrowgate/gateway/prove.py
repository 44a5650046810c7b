"""Proofs from the log: that a case, or the answer of one record, stands in it."""

from __future__ import annotations

import json
from pathlib import Path

from narrowgate.canonical import Json
from narrowgate.case.states import CaseState, wrong_state
from narrowgate.gateway.commit import catch_up
from narrowgate.gateway.desk import CaseDesk
from narrowgate.gateway.hold import check_standing
from narrowgate.gateway.release import answers_of, answers_tree
from narrowgate.gateway.review import row_of
from narrowgate.gateway.site import Site
from narrowgate.ledger.proof import RecordOpening, record_proof
from narrowgate.release.commitments import opening
from narrowgate.store import reading
from narrowgate.store.files import Files


def prove(site: Site, case: str, record: str | None) -> dict[str, Json]:
    """A proof document (ledger/proof.py): of the case's last entry, and of one record's answer.

    Raises WrongState for a record of a case that is not released, Held as answers are.
    """
    catch_up(site)
    row = reading.case(site.db, case)
    index = row.received_index if row.released_index is None else row.released_index
    shown = None
    if record is not None:
        if row.state != CaseState.RELEASED:
            raise wrong_state(case, CaseState(row.state))
        check_standing(site, row)
        desk = CaseDesk(site, row, site.clock())
        table = answers_of(desk, desk.docket())
        position = row_of(desk.record_ids(), record)
        opened = opening(table, position, site.evidence.commitment_key(case))
        tree = answers_tree(site, case, table)
        shown = RecordOpening(
            row=opened.row,
            record_id=opened.record_id,
            answer=opened.answer,
            reasons=opened.reasons,
            salt=opened.salt,
            path=tree.inclusion(position),
            size=len(table),
            root=tree.root,
        )
    return record_proof(site.log, case=case, index=index, record=shown)


def write_proof(proof: dict[str, Json], path: Path) -> None:
    """Write a proof document as JSON."""
    Files(path.parent).write(path.name, json.dumps(proof, indent=1).encode())


def verify_log(site: Site) -> list[str]:
    """Recompute the whole log; every fault found, in words. Empty: verified."""
    faults = list(site.log.verify())
    if reading.applied(site.db)[0] > site.log.size:
        faults.append("the database has applied more entries than the log holds")
    return faults
