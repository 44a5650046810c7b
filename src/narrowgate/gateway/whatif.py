"""What if: two texts of an agreement beside each other, and past requests screened under both.

Screening is a pure function of request, agreement, history and hour. A past request is screened
again under each text as it came: with what its requester had asked before it, at the second at
which it came. What comes out are counts; no record is shown, no register opened, nothing written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from narrowgate.agreement.differences import Difference, differences, prose
from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import Term, Terms
from narrowgate.case.evidence import SealedFile
from narrowgate.case.history import ATTEMPTS, AgreementStanding, History
from narrowgate.docket import Docket, State
from narrowgate.errors import NotFound
from narrowgate.gateway.agreements import source
from narrowgate.gateway.desk import CaseDesk, law
from narrowgate.gateway.site import Site
from narrowgate.screening.screen import Screened, screen
from narrowgate.store import reading

__all__ = ["Compared", "Difference", "compared", "on_cases", "prose"]

_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Compared:
    """One past request under two texts, in counts of records. `refused`: by either text;
    `only_old`, `only_new`: by one of them alone. `codes`: records by code under each.
    """

    case: str
    records: int
    refused: tuple[int, int]
    only_old: int
    only_new: int
    codes: tuple[tuple[str, int, int], ...]


def compared(old: str, new: str, home: Path) -> tuple[Terms, Terms, tuple[Difference, ...]]:
    """Both texts and what differs. Raises NotFound, and BadInput for a text with faults."""
    texts = [read_agreement(source(name, home), name) for name in (old, new)]
    return texts[0], texts[1], differences(texts[0], texts[1])


def on_cases(site: Site, cases: Sequence[str], old: Terms, new: Terms) -> list[Compared]:
    """Each case screened under both texts. Raises NotFound where its records are not kept."""
    return [_case(site, case, old, new) for case in cases]


def _case(site: Site, case: str, old: Terms, new: Terms) -> Compared:
    desk = CaseDesk(site, reading.case(site.db, case), site.clock())
    if "records" not in desk.case.files:
        raise NotFound("the case has no records that could be read", place=f"case {case}")
    dockets = [screened_under(site, desk, terms).docket for terms in (old, new)]
    refused = [_refused(docket) for docket in dockets]
    counts = [
        {reason.code.value: count for reason, count in docket.reason_counts()} for docket in dockets
    ]
    return Compared(
        case,
        len(dockets[0]),
        (int(refused[0].sum()), int(refused[1].sum())),
        int((refused[0] & ~refused[1]).sum()),
        int((refused[1] & ~refused[0]).sum()),
        tuple(
            (code, counts[0].get(code, 0), counts[1].get(code, 0))
            for code in sorted(counts[0].keys() | counts[1].keys())
        ),
    )


def _refused(docket: Docket) -> npt.NDArray[np.bool_]:
    found = np.zeros(len(docket), dtype=bool)
    found[docket.rows(State.REFUSED)] = True
    return found


def screened_under(site: Site, desk: CaseDesk, terms: Terms) -> Screened:
    """The case as screening would leave it under `terms`, which is taken to be in force."""
    came = desk.case.received_at
    received = desk.received()
    if received.manifest is None:
        raise NotFound("the case has no manifest that could be read", place=f"case {desk.case.id}")
    manifest = replace(received.manifest, agreement=terms.id, agreement_digest=terms.digest)
    in_force = replace(terms, term=Term(not_before=came.date(), months=1))
    asked = replace(received, manifest=manifest)
    return screen(asked, in_force, _past(site, desk, terms), came)


def _past(site: Site, desk: CaseDesk, terms: Terms) -> History:
    """What the requester had asked before this case came, under the agreement that it names."""
    row, own = desk.case, desk.terms()
    came = row.received_at
    day = datetime.combine(came.astimezone(UTC).date(), time(), tzinfo=UTC)
    standing = law(site, own, row.id)
    since = came - timedelta(days=terms.attempts_window_days)
    segments = [
        site.evidence.get_table(case, SealedFile.of(file))
        for case, file in reading.attempts(site.db, row.agreement, since, before=row.id)
    ]
    return replace(
        standing,
        agreement=AgreementStanding(adopted_at=day, safeguards_reviewed=True),
        received_at=came,
        persons_today=reading.persons_asked(
            site.db, row.agreement, day, other_than=row.id, before=row.received_index
        ),
        persons_term=reading.persons_asked(
            site.db,
            row.agreement,
            _EVER,
            other_than=row.id,
            before=row.received_index,
        ),
        attempts=pa.concat_tables(
            [ATTEMPTS.empty_table(), *(each.select(ATTEMPTS.names) for each in segments)]
        ),
    )
