"""Cases held: what the law stops is not matched, not reviewed, not released and not fetched.

Screening refuses by the very same checks. A case that is past it cannot be refused any more (its
budget is spent, its pairs may be decided): it is held, with the reasons, for as long as they apply,
and goes on from where it was when they are gone.
"""

from __future__ import annotations

from collections.abc import Collection

from narrowgate.case.states import CaseState
from narrowgate.errors import WrongState
from narrowgate.gateway.desk import CaseDesk
from narrowgate.gateway.site import Site
from narrowgate.reasons import Code, Reason
from narrowgate.screening.request_rules import STANDING, standing_reasons
from narrowgate.store.reading import CaseRow

# What was released in time may be fetched when the term is over, and not while it is stopped.
FETCHING = tuple(code for code in STANDING if code is not Code.REQUEST_AGREEMENT_NOT_IN_FORCE)


class Held(WrongState):
    """The case may not go on while the reasons apply."""

    kind = "held"


def holds(site: Site, row: CaseRow) -> tuple[Reason, ...]:
    """Why nothing may be done with the case now; empty where it may go on or is refused."""
    if row.state in (CaseState.REFUSED, CaseState.EXPIRED):
        return ()
    desk = CaseDesk(site, row, site.clock())
    found = standing_reasons(desk.envelope(), desk.terms(), desk.law(), desk.at)
    asked = FETCHING if row.state == CaseState.RELEASED else STANDING
    return tuple(reason for reason in found if reason.code in asked)


def check_standing(site: Site, row: CaseRow) -> None:
    """Raise Held, naming every reason, where the case may not go on."""
    reasons = holds(site, row)
    if reasons:
        raise Held(
            "the case is held: " + "; ".join(_words(reasons)),
            place=f"case {row.id}",
            mend=" ".join(dict.fromkeys(reason.mend for reason in reasons)),
        )


def _words(reasons: Collection[Reason]) -> list[str]:
    return [f"{r.code.value} (clause {r.clause or '-'}): {r.fault.rstrip('.')}" for r in reasons]
