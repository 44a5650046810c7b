"""What the gate remembers of a requester, as a value with a version.

Screening is handed this and nothing else of the past. If `version` has moved when the outcome is
to be committed, screening is done again: two requests at once cannot share one budget.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import pyarrow as pa

ATTEMPTS = pa.schema([("subject", pa.binary(16)), ("address", pa.binary(16))])


@dataclass(frozen=True, slots=True)
class AgreementStanding:
    """How this text of the agreement stands: when it was adopted, and what has happened since.

    `until`: the first day no longer in force, where a renewal or an amendment has set one; None:
    as the text says. `superseded_at`: from when another text is asked under. `safeguards_due`: the
    last day on which nothing about the requester's safeguards is overdue, None where nothing is
    due; `safeguards_reviewed`: whether a review is on record at all (facts T25, R7, P11).
    """

    adopted_at: datetime | None
    suspended: bool = False
    ended: bool = False
    safeguards_due: date | None = None
    until: date | None = None
    superseded_at: datetime | None = None
    safeguards_reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Delegation:
    """A power to sign given by one person to another under one agreement: from `begins` on, and
    before `ends` and `withdrawn_at` (facts T15, B18).
    """

    delegator: str
    delegate: str
    begins: datetime
    ends: datetime
    withdrawn_at: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """Whether the power is in force at that second."""
        return self.begins <= at < self.over

    @property
    def over(self) -> datetime:
        """The first second no longer in force."""
        return min(self.ends, self.withdrawn_at or self.ends)


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """`request_ids`: every request ever received, this one not counted. `persons_today` and
    `persons_term`: persons asked about under this agreement in requests that were not refused
    whole, this one not counted. `attempts`: table in ATTEMPTS, keyed pseudonyms committed within
    the agreement's window. `key`: 32 bytes, the pseudonym key. `requester_people`: since when
    whose key is revoked, None where it stands. `received_at`: when this request came, None: now.
    """

    version: int
    key: bytes
    agreement: AgreementStanding
    request_ids: frozenset[str] = frozenset()
    persons_today: int = 0
    persons_term: int = 0
    attempts: pa.Table = field(default_factory=ATTEMPTS.empty_table)
    requester_people: Mapping[str, datetime | None] = field(default_factory=dict)
    delegations: tuple[Delegation, ...] = ()
    received_at: datetime | None = None
