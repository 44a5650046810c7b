"""Processing: the stages of way.py walked one after the other, each committed before the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from narrowgate.authority import Authority
from narrowgate.canonical import Json
from narrowgate.case.states import CaseState, wrong_state
from narrowgate.clock import stopwatch
from narrowgate.events import Event
from narrowgate.gateway.cases import Progress, standing
from narrowgate.gateway.commit import HistoryMoved, catch_up, commit
from narrowgate.gateway.desk import CaseDesk
from narrowgate.gateway.hold import check_standing
from narrowgate.gateway.site import SOFTWARE, Site
from narrowgate.instants import stamp
from narrowgate.reasons import to_bytes
from narrowgate.store import reading
from narrowgate.way import Outcome, Stage, next_stage

Report = Callable[[str], None]


def process(site: Site, case: str, *, report: Report = lambda stage: None) -> Progress:
    """Screen and match a received case. Raises WrongState where there is nothing to process."""
    row = reading.case(site.db, case)
    if next_stage(CaseState(row.state)) is None:
        raise wrong_state(case, CaseState(row.state))
    return walk(site, case, report=report)


def resume(site: Site, case: str, *, report: Report = lambda stage: None) -> Progress:
    """Walk on from wherever an interruption left the case; nothing is done twice."""
    catch_up(site)
    row = reading.case(site.db, case)
    named = [file["name"] for file in row.files.values()]
    named += [vote.file["name"] for vote in reading.votes(site.db, case)]
    site.evidence.sweep(case, named)
    return walk(site, case, report=report)


def walk(site: Site, case: str, *, report: Report) -> Progress:
    """Run and commit each stage that the case has before it."""
    seconds: dict[str, float] = {}
    row = reading.case(site.db, case)
    while stage := next_stage(CaseState(row.state)):
        report(stage.name)
        elapsed = stopwatch()
        _step(site, case, stage)
        seconds[stage.name] = round(elapsed(), 3)
        row = reading.case(site.db, case)
    return replace(standing(site, row), seconds=seconds)


def _step(site: Site, case: str, stage: Stage) -> None:
    while True:
        desk = CaseDesk(site, reading.case(site.db, case), site.clock())
        if stage.after is not CaseState.RECEIVED:  # screening refuses, what is past it is held
            check_standing(site, desk.case)
        outcome = stage.run(desk)
        try:
            _commit(site, desk, outcome)
        except HistoryMoved:
            continue  # another request was committed meanwhile: judge again by the new history
        return


def _commit(site: Site, desk: CaseDesk, outcome: Outcome) -> None:
    case = desk.case.id
    files: dict[str, Json] = {
        "docket": dict(site.evidence.put_docket(case, "docket", outcome.docket).as_json())
    }
    for label, table in outcome.tables.items():
        files[label] = dict(site.evidence.put_table(case, label, table).as_json())
    authority = Authority(
        agreement=desk.case.agreement_digest,
        software=SOFTWARE,
        at=stamp(desk.at),
        snapshot=outcome.snapshot,
        model=outcome.model,
    )
    fields: dict[str, Json] = {
        "case": case,
        "authority": authority.as_json(),
        "counts": dict(outcome.docket.counts),
        "files": files,
    }
    if outcome.reasons:
        sealed = site.evidence.put(case, "reasons", to_bytes(outcome.reasons))
        files["reasons"] = dict(sealed.as_json())
        fields["reasons"] = [{"code": r.code.value, "clause": r.clause} for r in outcome.reasons]
    commit(
        site,
        Event(outcome.kind, stamp(desk.at), fields),
        history_version=outcome.history_version,
        # What rests on the history is judged again when the law in it moves; matching does not.
        check=None
        if outcome.history_version is not None
        else lambda: check_standing(site, desk.case),
    )
