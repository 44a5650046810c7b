"""Cases as they stand: read from the database and their evidence; nothing is moved."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from narrowgate.case.states import CaseState
from narrowgate.docket import Docket
from narrowgate.gateway.commit import catch_up
from narrowgate.gateway.desk import CaseDesk
from narrowgate.gateway.hold import holds
from narrowgate.gateway.review import reviewed_docket
from narrowgate.gateway.site import Site
from narrowgate.reasons import Reason
from narrowgate.store import reading
from narrowgate.store.reading import CaseRow


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a case stands: `state`, docket, reasons of the whole, seconds each stage took,
    and the reasons for which it is held (hold.py)."""

    case: str
    state: CaseState
    docket: Docket
    reasons: tuple[Reason, ...]
    seconds: dict[str, float] = field(default_factory=dict)
    held: tuple[Reason, ...] = ()


def list_cases(site: Site) -> list[CaseRow]:
    """All cases, in the order in which they came."""
    catch_up(site)
    return reading.cases(site.db)


def show_case(site: Site, case: str) -> tuple[CaseRow, Progress]:
    """One case. Raises NotFound."""
    catch_up(site)
    row = reading.case(site.db, case)
    return row, replace(standing(site, row), held=holds(site, row))


def standing(site: Site, row: CaseRow) -> Progress:
    """Where a case stands now, votes so far folded in."""
    desk = CaseDesk(site, row, site.clock())
    reasons = desk.reasons()
    if "docket" in row.files:
        docket = reviewed_docket(site, desk)
    else:
        docket = Docket.issue(row.records).refuse_all(reasons)
    return Progress(row.id, CaseState(row.state), docket, reasons)
