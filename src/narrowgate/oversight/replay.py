"""Replay: every station of a case walked again from its sealed inputs, and held against its entry.

The site's past is made anew from the log (gateway/past.py), so that neither the database nor what
happened since has a say; the same functions run in the same order (way.py), and nothing is
committed. What was derived must be what was sealed, to the bit, and the roots those of the log.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import pyarrow as pa

from narrowgate.canonical import canonical, sha256
from narrowgate.case.evidence import SealedFile
from narrowgate.case.states import CaseState
from narrowgate.docket import Docket
from narrowgate.engine.unpack import Held
from narrowgate.errors import NarrowgateError, WrongState
from narrowgate.events import Event, Kind
from narrowgate.gateway.commit import catch_up
from narrowgate.gateway.desk import CaseDesk
from narrowgate.gateway.load import snapshot
from narrowgate.gateway.models import model_named
from narrowgate.gateway.past import Past, past_of
from narrowgate.gateway.receive import judge, records_root, who_signed
from narrowgate.gateway.release import answers_of, answers_tree
from narrowgate.gateway.review import reviewed_docket
from narrowgate.gateway.site import SOFTWARE, Site
from narrowgate.instants import read_stamp
from narrowgate.keys import jws
from narrowgate.matching.model import Model
from narrowgate.register.snapshot import Snapshot
from narrowgate.release.manifest import answer_counts
from narrowgate.request.received import Received, Signer
from narrowgate.request.records import read_records
from narrowgate.review.votes import settle
from narrowgate.store import reading
from narrowgate.way import next_stage


@dataclass(frozen=True, slots=True)
class Replayed:
    """How a replay ended. `stages`: those walked; `differences`: each in words, empty where all is
    the same; `software`: by which the case was decided, and this one.
    """

    case: str
    records: int
    stages: tuple[str, ...]
    differences: tuple[str, ...]
    software: tuple[str, str]

    @property
    def same(self) -> bool:
        """Whether everything came out as it was sealed."""
        return not self.differences


@dataclass
class _Walk:
    past: Past
    case: str
    stages: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    def differs(self, stage: str, what: str) -> None:
        self.differences.append(f"{stage}: {what}")


def replay(site: Site, case: str) -> Replayed:
    """Walk a case again. Raises NotFound, and WrongState for a case whose key was destroyed."""
    catch_up(site)
    row = reading.case(site.db, case)
    if row.state == CaseState.EXPIRED:
        raise WrongState(
            "its key was destroyed at the end of retention: nothing can be derived any more",
            place=f"case {case}",
            mend="The log still proves what was answered: `narrowgate log prove`.",
        )
    view = site.log.view()
    with past_of(site, view) as past:
        walk = _Walk(past, case)
        for index, event in _entries(site, case, row.received_index, view.size):
            try:
                _again(walk, index, event)
            except NarrowgateError as error:
                walk.differs(str(event.kind), f"it cannot be derived: {error.fault}")
        return Replayed(
            case,
            row.records,
            tuple(walk.stages),
            tuple(walk.differences),
            (str(row.authority.get("software", SOFTWARE)), SOFTWARE),
        )


def _entries(site: Site, case: str, first: int, size: int) -> Iterator[tuple[int, Event]]:
    for index, entry in enumerate(site.log.entries(first, size), start=first):
        event = Event.read(entry, site.veil)
        if event.fields.get("case") == case:
            yield index, event


def _again(walk: _Walk, index: int, event: Event) -> None:
    """Derive what the entry says from the site as it was before it."""
    at = read_stamp(event.at)
    then = walk.past.advance(index, at)
    if event.kind in (Kind.REQUEST_RECEIVED, Kind.REQUEST_REFUSED):
        walk.stages.append("receive")
        _receive(walk, then, event, at)
    elif event.kind in (Kind.CASE_SCREENED, Kind.CASE_REFUSED, Kind.CASE_MATCHED):
        _stage(walk, then, event, at)
    elif event.kind is Kind.PAIR_DECIDED:
        _vote(walk, then, event)
    elif event.kind is Kind.CASE_RELEASED:
        walk.stages.append("release")
        _release(walk, then, event, at)


def _receive(walk: _Walk, then: Site, event: Event, at: datetime) -> None:
    after = walk.past.advance(reading.applied(then.db).entries + 1, at)
    desk = CaseDesk(after, reading.case(after.db, walk.case), at)
    kept = desk.envelope()
    received = replace(
        kept, records=desk.table("records") if "records" in desk.case.files else None
    )
    for what in _reading(desk, received):
        walk.differs("receive", what)
    if records_root(after, walk.case, received) != event.fields["records_root"]:
        walk.differs("receive", "the root over what was asked is another")
    # The history before this entry: the case itself is not counted in it.
    reasons, _ = judge(after, walk.case, received, at)
    if tuple(reasons) != desk.reasons():
        walk.differs("receive", "the request as a whole is judged otherwise")
    if (event.kind is Kind.REQUEST_REFUSED) != bool(reasons):
        walk.differs("receive", "refused and received are exchanged")


def _reading(desk: CaseDesk, received: Received) -> Iterator[str]:
    """What was read of the files as they came, read again."""
    sent = desk.site.evidence.get(desk.case.id, desk.file("manifest"))
    if received.manifest is None:
        return
    signed = jws.parse(sent)
    who = who_signed(desk.site)
    signers = tuple(Signer(n, *who(each)) for n, each in enumerate(signed.signatures))
    if signers != received.signers:
        yield "the signatures are judged otherwise"
    if "sent-records" in desk.case.files:
        data = desk.site.evidence.get(desk.case.id, desk.file("sent-records"))
        if sha256(data).removeprefix("sha256:") != received.records_sha256:
            yield "the records file is another"
        records, columns, _ = read_records(Held(received.manifest.records.file, data))
        if columns != received.columns or not _same(records, received.records):
            yield "the records are read otherwise"
    for number, digest in enumerate(received.documents.values()):
        data = desk.site.evidence.get(desk.case.id, desk.file(f"document-{number}"))
        if sha256(data).removeprefix("sha256:") != digest:
            yield f"document {number} is another"


def _stage(walk: _Walk, then: Site, event: Event, at: datetime) -> None:
    desk = _PastDesk(then, reading.case(then.db, walk.case), at, event)
    stage = next_stage(CaseState(desk.case.state))
    if stage is None:
        walk.differs(str(event.kind), "no stage leads there")
        return
    walk.stages.append(stage.name)
    outcome = stage.run(desk)
    after = _files(event)
    if outcome.kind is not event.kind:
        walk.differs(stage.name, f"it leads to {outcome.kind}")
    if not outcome.docket.same_as(_docket(then, walk.case, after["docket"])):
        walk.differs(stage.name, "rows are decided otherwise, or for other reasons")
    if dict(outcome.docket.counts) != event.fields["counts"]:
        walk.differs(stage.name, "the counts are others")
    for label, table in outcome.tables.items():
        if not _same(table, then.evidence.get_table(walk.case, after[label])):
            walk.differs(stage.name, f"{label} are others")
    if (outcome.snapshot, outcome.model) != (desk.named("snapshot"), desk.named("model")):
        walk.differs(stage.name, "register or model is not the one that the entry names")


def _vote(walk: _Walk, then: Site, event: Event) -> None:
    sealed = SealedFile.of(event.fields["file"])
    said = json.loads(then.evidence.get(walk.case, sealed))
    officer = then.directory.find(said["key"])
    statement = said["statement"]
    signature = base64.b64decode(said["signature"])
    whole = (
        officer is not None
        and officer.id == event.fields["officer"] == statement["officer"]
        and (statement["case"], statement["row"]) == (walk.case, event.fields["row"])
        and officer.key.verify(signature, canonical(statement))
    )
    if not whole:
        walk.differs("review", f"the vote on row {event.fields['row']} is not its officer's")


def _release(walk: _Walk, then: Site, event: Event, at: datetime) -> None:
    desk = CaseDesk(then, reading.case(then.db, walk.case), at)
    docket = settle(reviewed_docket(then, desk))
    if not docket.same_as(_docket(then, walk.case, _files(event)["docket"])):
        walk.differs("release", "rows are answered otherwise")
    if dict(answer_counts(docket)) != event.fields["counts"]:
        walk.differs("release", "the counts are others")
    tree = answers_tree(then, walk.case, answers_of(desk, docket))
    if base64.b64encode(tree.root).decode() != event.fields["answers_root"]:
        walk.differs("release", "the root over the answers is another")


@dataclass(frozen=True)
class _PastDesk(CaseDesk):
    """The desk with the register and the model that the entry names, not those of today."""

    event: Event

    def named(self, what: str) -> str:
        authority = self.event.fields["authority"]
        return str(authority[what]) if isinstance(authority, dict) else ""

    def snapshot(self) -> Snapshot:
        return snapshot(self.site, self.named("snapshot"))

    def model(self) -> Model:
        return model_named(self.site, self.terms().answer)


def _files(event: Event) -> dict[str, SealedFile]:
    files = event.fields["files"]
    return {
        label: SealedFile.of(file)
        for label, file in (files.items() if isinstance(files, dict) else ())
    }


def _docket(site: Site, case: str, file: SealedFile) -> Docket:
    return site.evidence.get_docket(case, file)


def _same(one: pa.Table | None, other: pa.Table | None) -> bool:
    """Whether both hold the same to the bit; chunks do not count."""
    if one is None or other is None:
        return one is other
    return bool(one.schema.equals(other.schema) and one.equals(other))
