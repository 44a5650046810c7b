"""Votes of officers, folded into the docket: two agree, independently, or the row stays open.

A vote is made blind: nobody sees another's before both are in. Where the first two differ a third
decides. What is still open at release becomes `not_confirmed`, never anything else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from narrowgate.docket import Docket, State


class Verdict(StrEnum):
    """What an officer may say of a pair."""

    CONFIRM = "confirm"
    NOT_CONFIRM = "not-confirm"


_STATE = {Verdict.CONFIRM: State.CONFIRMED, Verdict.NOT_CONFIRM: State.NOT_CONFIRMED}
VOTES_NEEDED = 2


@dataclass(frozen=True, slots=True)
class Vote:
    """One officer's verdict on one row, with the reason in their words."""

    row: int
    officer: str
    verdict: Verdict
    reason: str


def fold(docket: Docket, votes: Sequence[Vote]) -> Docket:
    """The docket with every row decided on which two votes agree."""
    tally = Counter((vote.row, vote.verdict) for vote in votes)
    for verdict, state in _STATE.items():
        rows = [
            row for (row, said), count in tally.items() if said is verdict and count >= VOTES_NEEDED
        ]
        docket = docket.decide(np.array(sorted(rows), dtype=np.int64), state)
    return docket


def settle(docket: Docket) -> Docket:
    """The docket with what people left undecided as `not_confirmed` (in doubt still: no)."""
    return docket.decide(docket.rows(State.REVIEW), State.NOT_CONFIRMED)
