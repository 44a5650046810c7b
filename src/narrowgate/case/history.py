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
    """How the agreement stands: when it was adopted, and what has stopped it since.

    `safeguards_due`: date by which the requester's safeguard review must be renewed; None where
    the agreement asks for none (facts T25, R7).
    """

    adopted_at: datetime | None
    suspended: bool = False
    ended: bool = False
    safeguards_due: date | None = None


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """`request_ids`: every request ever received, this one not counted. `persons_today` and
    `persons_term`: persons asked about under this agreement in requests that were not refused
    whole, this one not counted. `attempts`: table in ATTEMPTS, keyed pseudonyms committed within
    the agreement's window. `key`: 32 bytes, the pseudonym key.
    """

    version: int
    key: bytes
    agreement: AgreementStanding
    request_ids: frozenset[str] = frozenset()
    persons_today: int = 0
    persons_term: int = 0
    attempts: pa.Table = field(default_factory=ATTEMPTS.empty_table)
    requester_people: Mapping[str, datetime | None] = field(default_factory=dict)
