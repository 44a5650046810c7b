"""Clerical review: officers look at open pairs, masked, and vote, each blind to the others."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.canonical import Json, canonical
from narrowgate.case.evidence import SealedFile
from narrowgate.case.states import CaseState, wrong_state
from narrowgate.docket import Docket, State
from narrowgate.errors import Conflict, NotFound
from narrowgate.events import Event, Kind
from narrowgate.gateway.commit import catch_up, commit
from narrowgate.gateway.desk import CaseDesk
from narrowgate.gateway.hold import check_standing
from narrowgate.gateway.site import Site
from narrowgate.instants import stamp
from narrowgate.keys.jwk import Key
from narrowgate.matching.chart import Account, account
from narrowgate.matching.drawing import draw_account
from narrowgate.people.roles import Role
from narrowgate.review.pairs import Pair, open_rows, pair
from narrowgate.review.votes import Verdict, Vote, fold
from narrowgate.store import reading


@dataclass(frozen=True, slots=True)
class OpenPair:
    """A pair in the list: its row, the requester's record id, how many have voted."""

    row: int
    record_id: str
    votes: int


@dataclass(frozen=True, slots=True)
class ShownPair:
    """What an officer sees of an open pair: it, masked, and why the weights left it open."""

    pair: Pair
    account: Account


def reviewed_docket(site: Site, desk: CaseDesk) -> Docket:
    """The docket with all votes so far folded in."""
    docket = desk.docket()
    if desk.case.state == CaseState.RELEASED:
        return docket  # the votes are in it
    return fold(docket, _votes(site, desk))


def list_pairs(site: Site, case: str) -> list[OpenPair]:
    """Pairs still open, in request order."""
    desk = _desk(site, case)
    rows = open_rows(reviewed_docket(site, desk))
    ids = desk.record_ids()
    cast = [vote.row for vote in reading.votes(site.db, case)]
    return [OpenPair(row, ids[row].as_py() or "", cast.count(row)) for row in rows]


def show_pair(site: Site, case: str, record: str) -> ShownPair:
    """One open pair, masked. `record`: the requester's record id, or else a row number."""
    desk = _desk(site, case)
    check_standing(site, desk.case)
    row = row_of(desk.record_ids(), record)
    docket = reviewed_docket(site, desk)
    findings, records = desk.table("findings"), desk.table("screened")
    shown = pair(docket, findings, records, row)
    found = findings.filter(pc.equal(findings["row"], row)).to_pylist()[0]
    return ShownPair(shown, account(found, desk.model(), desk.terms().answer))


def chart_pair(shown: ShownPair, case: str) -> str:
    """The account of a pair as a page of its own (HTML), without any value of it."""
    return draw_account(shown.account, f"Case {case}, row {shown.pair.row}")


def decide(site: Site, case: str, record: str, verdict: str, reason: str, key: Key) -> Docket:
    """Cast one officer's vote; returns the docket with it folded in.

    Raises Denied for a key without the role, Conflict for a second vote of the same officer.
    """
    officer = site.directory.officer(key, Role.REVIEW_OFFICER, site.clock())
    catch_up(site)
    desk = _desk(site, case)
    check_standing(site, desk.case)
    row = row_of(desk.record_ids(), record)
    before = reviewed_docket(site, desk)
    if before.states[row] != State.REVIEW:
        raise Conflict("the record is not open for review", place=f"case {case}, row {row}")
    cast = reading.votes(site.db, case)
    if any(vote.row == row and vote.officer == officer.id for vote in cast):
        raise Conflict(f"{officer.id} has voted on it already", place=f"case {case}, row {row}")
    vote = Vote(row, officer.id, Verdict(verdict), reason)
    docket = fold(desk.docket(), [*_votes(site, desk), vote])
    file = site.evidence.put(case, "vote", _statement(case, vote, key))

    def still() -> None:
        check_standing(site, desk.case)
        if len(reading.votes(site.db, case)) != len(cast):
            raise Conflict("another officer voted meanwhile", mend="Decide again.")

    commit(
        site,
        Event(
            Kind.PAIR_DECIDED,
            stamp(site.clock()),
            {
                "case": case,
                "row": row,
                "officer": officer.id,
                "file": dict(file.as_json()),
                "open_pairs": docket.counts["review"],
            },
        ),
        check=still,
    )
    return docket


def row_of(record_ids: pa.Array, record: str) -> int:
    """The row of a record id; where no id is so, `record` may be the row number itself."""
    index = pc.index(record_ids, record).as_py()
    if index >= 0:
        return int(index)
    if record.isdecimal() and int(record) < len(record_ids):
        return int(record)
    raise NotFound("the case has no such record")


def _desk(site: Site, case: str) -> CaseDesk:
    row = reading.case(site.db, case)
    if row.state != CaseState.REVIEW:
        raise wrong_state(case, CaseState(row.state))
    return CaseDesk(site, row, site.clock())


def _statement(case: str, vote: Vote, key: Key) -> bytes:
    # The nonce keeps the sealed file's digest, which the log shows, from telling yes from no.
    body: dict[str, Json] = {
        "case": case,
        "row": vote.row,
        "officer": vote.officer,
        "verdict": vote.verdict.value,
        "reason": vote.reason,
        "nonce": secrets.token_hex(16),
    }
    signature = base64.b64encode(key.sign(canonical(body))).decode()
    return canonical({"statement": body, "key": key.thumbprint, "signature": signature})


def _votes(site: Site, desk: CaseDesk) -> list[Vote]:
    found = []
    for cast in reading.votes(site.db, desk.case.id):
        ref = SealedFile.of(cast.file)
        said = json.loads(site.evidence.get(desk.case.id, ref))["statement"]
        found.append(Vote(said["row"], said["officer"], Verdict(said["verdict"]), said["reason"]))
    return found
