"""How an agreement stands, joined from the database's rows: what the pure functions are handed."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from narrowgate.agreement.life import Fact, SafeguardFact, Safeguards, lives, safeguards
from narrowgate.agreement.terms import Terms
from narrowgate.case.history import AgreementStanding, Delegation
from narrowgate.gateway.site import Site
from narrowgate.store import reading
from narrowgate.store.reading import AgreementRow


def safeguards_of(site: Site, requester: str) -> Safeguards:
    """What the facts on record about a requester's safeguards come to."""
    return safeguards(
        SafeguardFact(cast(Fact, row.fact), row.finding, row.on, row.due)
        for row in reading.safeguards(site.db, requester)
    )


def standing(site: Site, row: AgreementRow, requester: str) -> AgreementStanding:
    """An adopted text with all that has happened to it."""
    guarded = safeguards_of(site, requester)
    return AgreementStanding(
        adopted_at=row.adopted_at,
        suspended=row.suspended,
        ended=row.ended,
        safeguards_due=guarded.due,
        until=row.until,
        superseded_at=row.superseded_at,
        safeguards_reviewed=guarded.reviewed,
    )


def delegations_of(site: Site, agreement: str) -> tuple[Delegation, ...]:
    """Every power to sign given under the agreement."""
    return tuple(
        Delegation(row.delegator, row.delegate, row.begins, row.ends, row.withdrawn_at)
        for row in reading.delegations(site.db, agreement)
    )


def texts(site: Site, agreement: str) -> list[AgreementRow]:
    """Every adopted text of the agreement, in the order of adoption."""
    return [row for row in reading.agreements(site.db) if row.id == agreement]


def text_at(rows: list[AgreementRow], at: datetime) -> AgreementRow:
    """The text that is asked under at that second: the one not superseded. `rows`: not empty."""
    return next(row for row in rows if row.superseded_at is None or at < row.superseded_at)


def is_alive(site: Site, terms: Terms, row: AgreementRow, at: datetime) -> bool:
    """Whether the text still has something before it."""
    return lives(terms.term, standing(site, row, terms.requester), at)
