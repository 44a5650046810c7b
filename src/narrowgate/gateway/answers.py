"""Fetching what was released: the answers file and the custodian's signed manifest beside it.

A request refused as a whole has no release, for nothing of the register is in it: its refusal is
signed and fetched in the same form, every record `refused` with the reasons of the whole.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from narrowgate.authority import Authority
from narrowgate.canonical import Json, canonical, sha256
from narrowgate.case.commitments import Committed
from narrowgate.case.states import CaseState, wrong_state
from narrowgate.docket import Docket
from narrowgate.errors import BadInput, Conflict
from narrowgate.gateway.commit import catch_up
from narrowgate.gateway.desk import CaseDesk
from narrowgate.gateway.hold import check_standing
from narrowgate.gateway.release import answers_of
from narrowgate.gateway.site import SOFTWARE, Site
from narrowgate.gateway.witnesses import witnessed
from narrowgate.instants import stamp
from narrowgate.keys import jws
from narrowgate.ledger.view import View
from narrowgate.reasons import Reason
from narrowgate.release.answers import encode
from narrowgate.release.manifest import LogReceipt, answer_counts, manifest
from narrowgate.store import reading
from narrowgate.store.files import Files
from narrowgate.store.reading import CaseRow

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Fetched:
    """The files written and the counts in them."""

    answers: Path
    manifest: Path
    counts: dict[str, int]


def fetch_answers(site: Site, case: str, out: Path) -> Fetched:
    """Write the answers of a released (or whole refused) case to `out`, its manifest beside it.

    The manifest is `manifest.json` in the folder of `out`, and once more under the name of `out`,
    so that answers of several cases in one folder keep theirs. Raises WrongState before release,
    Held while the law stops what was released.
    """
    catch_up(site)
    row = reading.case(site.db, case)
    if row.state not in (CaseState.RELEASED, CaseState.REFUSED):
        raise wrong_state(case, CaseState(row.state))
    check_standing(site, row)
    desk = CaseDesk(site, row, site.clock())
    reasons = desk.reasons()
    docket = _docket(desk, reasons)
    table = _table(desk, docket)
    data = encode(table, out.name)
    described: dict[str, Json] = {
        "file": out.name,
        "sha256": sha256(data),
        "count": len(docket),
    }
    view = witnessed(site, _entry(row))
    if row.released_index is not None:
        entry = json.loads(view.entry(row.released_index))
        key = site.evidence.commitment_key(case, Committed.ANSWERED)
        described |= {
            "root": entry["answers_root"],
            "size": entry["answers_size"],
            # With it the requester makes the root anew from the answers (docs/log.md).
            "commitment_key": base64.b64encode(key).decode(),
        }
    payload = manifest(
        case=case,
        request_id=row.request_id,
        request_digest=json.loads(view.entry(row.received_index))["request"],
        requester=row.requester,
        docket=docket,
        reasons=reasons,
        authority=_authority(row),
        answers=described,
        receipt=_receipt(view, _entry(row)),
        use=_use(desk),
    )
    signed = json.dumps(jws.sign(canonical(payload), [site.key("answers")]), indent=1).encode()
    return _write(out, data, signed, answer_counts(docket))


def _docket(desk: CaseDesk, reasons: tuple[Reason, ...]) -> Docket:
    if "docket" in desk.case.files:
        return desk.docket()
    return Docket.issue(desk.case.records).refuse_all(reasons)


def _table(desk: CaseDesk, docket: Docket) -> pa.Table:
    if "records" not in desk.case.files:
        raise BadInput(
            "the request was refused because it could not be read: it has no records to answer",
            place=f"case {desk.case.id}",
            mend="`narrowgate case show` gives the reasons.",
        )
    return answers_of(desk, docket)


def _authority(row: CaseRow) -> Authority:
    if row.authority:
        return Authority(**{name: str(value) for name, value in row.authority.items()})
    return Authority(agreement=row.agreement_digest, software=SOFTWARE, at=stamp(row.received_at))


def _entry(row: CaseRow) -> int:
    """Index of the entry by which the case is answered."""
    return row.received_index if row.released_index is None else row.released_index


def _receipt(view: View, index: int) -> LogReceipt:
    path = [base64.b64encode(node).decode() for node in view.inclusion(index)]
    return LogReceipt(index, path, view.note.decode())


def _use(desk: CaseDesk) -> dict[str, Json]:
    if not desk.case.agreement_digest:
        return {}
    use = desk.terms().use
    return {
        "purpose": use.purpose,
        "redisclosure": use.redisclosure,
        "verification": use.verification,
        "destroy_after_days": use.destroy_after_days,
    }


def _write(out: Path, data: bytes, signed: bytes, counts: dict[str, int]) -> Fetched:
    folder = out.parent
    standing = folder / MANIFEST
    if standing.exists() and not _is_ours(standing):
        raise Conflict(
            "another manifest.json stands beside the answers",
            place=str(folder),
            mend="Name a folder of its own for the answers.",
        )
    files = Files(folder)
    files.write(out.name, data)
    files.write(f"{out.name}.manifest.json", signed)
    files.write(MANIFEST, signed)
    return Fetched(out, standing, counts)


def _is_ours(path: Path) -> bool:
    try:
        payload = json.loads(path.read_bytes())["payload"]
        return "terms_of_use" in json.loads(base64.urlsafe_b64decode(payload + "=="))
    except (ValueError, KeyError, TypeError):
        return False
