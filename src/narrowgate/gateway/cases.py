"""Cases as they stand: read from the database and their evidence; nothing is moved."""

from __future__ import annotations

from collections.abc import Mapping
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
    kept: Mapping[str, int] | None = None

    @property
    def counts(self) -> dict[str, int]:
        """As a docket counts; of an expired case, whose docket is gone, as its entries did."""
        if self.kept is None:
            return self.docket.counts
        counts = {name: self.kept.get(name, 0) for name in self.docket.counts}
        left = counts["records"] - sum(counts.values()) + counts["records"]
        return counts | {"open": counts["open"] + left}


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
    if row.state == CaseState.EXPIRED:
        kept = {"records": row.records, **row.counts}
        return Progress(row.id, CaseState.EXPIRED, Docket.issue(row.records), (), kept=kept)
    desk = CaseDesk(site, row, site.clock())
    reasons = desk.reasons()
    if "docket" in row.files:
        docket = reviewed_docket(site, desk)
    else:
        docket = Docket.issue(row.records).refuse_all(reasons)
    return Progress(row.id, CaseState(row.state), docket, reasons)
