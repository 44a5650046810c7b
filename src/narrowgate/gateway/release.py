"""Release: two officers let the answers of a request out. Only this discloses.

(1) the key-holders are two different release officers;
    and nothing in the law holds the case (hold.py), asked again under the lock of (5);
(2) every row is decided: votes folded, the rest settled as `not_confirmed` if so asked;
(3) answers are made of the docket, one salted commitment each, one root over all;
(4) both officers sign the statement: case, root, size, counts;
(5) docket sealed, entry appended, checkpoint signed (commit.py);
(6) only now can answers be fetched (`answers`).
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from narrowgate.canonical import Json, canonical
from narrowgate.case.commitments import Committed
from narrowgate.case.states import CaseState, wrong_state
from narrowgate.docket import Docket, State
from narrowgate.errors import Denied, WrongState
from narrowgate.events import Event, Kind
from narrowgate.gateway.commit import catch_up, commit
from narrowgate.gateway.desk import CaseDesk
from narrowgate.gateway.hold import check_standing
from narrowgate.gateway.review import reviewed_docket
from narrowgate.gateway.site import Site
from narrowgate.gateway.trees import answered_rows, tree_of
from narrowgate.instants import stamp
from narrowgate.keys.jwk import Key
from narrowgate.ledger.tree import Tree
from narrowgate.people.roles import Role
from narrowgate.release.answers import answers
from narrowgate.release.manifest import answer_counts
from narrowgate.review.votes import settle
from narrowgate.store import reading

RELEASABLE = (CaseState.READY, CaseState.REVIEW)
SIGNATURES = 2


@dataclass(frozen=True, slots=True)
class Released:
    """What was let out: counts that add up, and the entry's index."""

    case: str
    docket: Docket
    undecided: int
    index: int


def release(site: Site, case: str, keys: Sequence[Key], *, settle_undecided: bool) -> Released:
    """Release a case. Raises Denied, WrongState; see the six steps above."""
    officers = site.directory.officers(keys, Role.RELEASE_OFFICER, site.clock())  # (1)
    if len(officers) != SIGNATURES:
        raise Denied("a release takes two release officers", place="--key")
    catch_up(site)
    row = reading.case(site.db, case)
    if CaseState(row.state) not in RELEASABLE:
        raise wrong_state(case, CaseState(row.state))
    check_standing(site, row)
    desk = CaseDesk(site, row, site.clock())
    docket, undecided = _decided(reviewed_docket(site, desk), case, settle_undecided)  # (2)
    tree = answers_tree(site, case, answers_of(desk, docket))  # (3)
    counts = answer_counts(docket)
    root = base64.b64encode(tree.root).decode()
    statement = canonical(
        {"release": case, "answers_root": root, "answers_size": len(docket), "counts": dict(counts)}
    )
    signed: list[Json] = [  # (4)
        {
            "person": officer.id,
            "key": key.thumbprint,
            "signature": base64.b64encode(key.sign(statement)).decode(),
        }
        for officer, key in zip(officers, keys, strict=True)
    ]
    votes = len(reading.votes(site.db, case))

    def still() -> None:
        check_standing(site, row)
        if len(reading.votes(site.db, case)) != votes:
            raise WrongState("a pair was decided meanwhile", place=f"case {case}")

    index = commit(  # (5)
        site,
        Event(
            Kind.CASE_RELEASED,
            stamp(desk.at),
            {
                "case": case,
                "authority": dict(row.authority),
                "counts": dict(counts),
                "files": {
                    "docket": dict(site.evidence.put_docket(case, "docket", docket).as_json())
                },
                "officers": signed,
                "answers_root": root,
                "answers_size": len(docket),
                "undecided": undecided,
            },
        ),
        check=still,
    )
    return Released(case, docket, undecided, index)


def answers_of(desk: CaseDesk, docket: Docket) -> pa.Table:
    """The answers of a decided docket beside the requester's own record ids."""
    return answers(docket, desk.record_ids())


def answers_tree(site: Site, case: str, table: pa.Table) -> Tree:
    """The RFC 6962 tree over the answers' commitments."""
    return tree_of(site.evidence, case, answered_rows(table), Committed.ANSWERED)


def _decided(docket: Docket, case: str, settle_undecided: bool) -> tuple[Docket, int]:
    undecided = docket.counts[State.REVIEW.word]
    if undecided and not settle_undecided:
        raise WrongState(
            f"{undecided} pairs are still open for review",
            place=f"case {case}",
            mend="Have them decided, or release with --undecided not-confirmed.",
        )
    return settle(docket), undecided
