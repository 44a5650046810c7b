"""The whole way on one screen: for each stage what it reads, the pure function, what it writes.

    stage    reads                               function   entry            leaves the case
    receive  the folder, terms, history          (gateway)  request.received received | refused
    screen   received, terms, history            screen()   case.screened    screened | refused
    match    screened, snapshot, model, terms    match()    case.matched     review | ready
    review   findings, votes                     fold()     pair.decided     review | ready
    release  docket, record ids                  (gateway)  case.released    released

Here stand the two stages that no person takes part in. `process` walks them, `case resume` walks on
from the first that has no entry, `replay` walks them again without committing: the same functions,
in the same order, from the same table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import pyarrow as pa

from narrowgate.agreement.terms import Terms
from narrowgate.case.history import History
from narrowgate.case.states import CaseState
from narrowgate.docket import Docket
from narrowgate.events import Kind
from narrowgate.matching.match import match
from narrowgate.matching.model import Model
from narrowgate.reasons import Reason
from narrowgate.register.snapshot import Snapshot
from narrowgate.request.received import Received
from narrowgate.screening.screen import Screened, screen


class Desk(Protocol):
    """What a stage may ask for. Each is loaded when asked, so the register only by `match`."""

    @property
    def at(self) -> datetime:
        """The clock reading that the stage decides by."""

    def received(self) -> Received:
        """The request as it came, read."""

    def terms(self) -> Terms:
        """The agreement that the request names."""

    def history(self) -> History:
        """The requester's past."""

    def screened(self) -> Screened:
        """What the screen stage left."""

    def snapshot(self) -> Snapshot:
        """The register, unopened."""

    def model(self) -> Model:
        """The matching model that the agreement names."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a stage decided: the `docket`, `tables` to be sealed beside it, and its entry's kind.

    `history_version`: the version decided by, where the stage read the history. `snapshot` and
    `model`: digests, where the stage drew on them. `reasons`: of a request refused as a whole.
    """

    kind: Kind
    docket: Docket
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    history_version: int | None = None
    reasons: tuple[Reason, ...] = ()
    snapshot: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One row of the table: it runs on a case in state `after`."""

    name: str
    after: CaseState
    run: Callable[[Desk], Outcome]


def _screen(desk: Desk) -> Outcome:
    history = desk.history()
    screened = screen(desk.received(), desk.terms(), history, desk.at)
    if screened.reasons:
        return Outcome(
            Kind.CASE_REFUSED,
            screened.docket,
            history_version=history.version,
            reasons=screened.reasons,
        )
    return Outcome(
        Kind.CASE_SCREENED,
        screened.docket,
        {"screened": screened.records, "attempts": screened.attempts},
        history_version=history.version,
    )


def _match(desk: Desk) -> Outcome:
    snapshot, model = desk.snapshot(), desk.model()
    matched = match(desk.screened(), snapshot, model, desk.terms(), desk.at)
    return Outcome(
        Kind.CASE_MATCHED,
        matched.docket,
        {"findings": matched.findings},
        snapshot=snapshot.digest,
        model=model.digest,
    )


STAGES = (
    Stage("screen", CaseState.RECEIVED, _screen),
    Stage("match", CaseState.SCREENED, _match),
)


def next_stage(state: CaseState) -> Stage | None:
    """The stage that a case in `state` has before it; None where people are next, or nobody."""
    return next((stage for stage in STAGES if stage.after is state), None)
