"""One transition table for cases. What is not in it does not happen.

received ─► screened ─► review ─► released
   │           │  └───► ready ───────┘ ▲
   └► refused ◄┘          ▲ └──────────┘
                          └─ review (all pairs decided)

From every state a case goes to `expired`, when its time is over, and from there nowhere.
"""

from __future__ import annotations

from enum import StrEnum

from narrowgate.errors import WrongState
from narrowgate.events import Event, Kind


class CaseState(StrEnum):
    """Where a case stands, by the last entry that speaks of it."""

    RECEIVED = "received"
    REFUSED = "refused"
    SCREENED = "screened"
    REVIEW = "review"
    READY = "ready"
    RELEASED = "released"
    EXPIRED = "expired"


TRANSITIONS: dict[CaseState | None, tuple[CaseState, ...]] = {
    None: (CaseState.RECEIVED, CaseState.REFUSED),
    CaseState.RECEIVED: (CaseState.SCREENED, CaseState.REFUSED),
    CaseState.SCREENED: (CaseState.REVIEW, CaseState.READY),
    CaseState.REVIEW: (CaseState.REVIEW, CaseState.READY, CaseState.RELEASED),
    CaseState.READY: (CaseState.RELEASED,),
    CaseState.REFUSED: (),
    CaseState.RELEASED: (),
    CaseState.EXPIRED: (),
}

_NEXT_STEP = {
    CaseState.RECEIVED: "process it first",
    CaseState.SCREENED: "resume it first: `narrowgate case resume`",
    CaseState.REVIEW: "decide its open pairs, or release with --undecided not-confirmed",
    CaseState.READY: "release it",
    CaseState.REFUSED: "it was refused as a whole; nothing further can be done with it",
    CaseState.RELEASED: "it has been released; its answers can be fetched",
    CaseState.EXPIRED: "its key was destroyed; the log still proves what was answered",
}


def check_transition(case: str, before: CaseState | None, after: CaseState) -> None:
    """Raise WrongState unless a case may go from `before` to `after`."""
    expires = after is CaseState.EXPIRED and before not in (None, CaseState.EXPIRED)
    if after not in TRANSITIONS[before] and not expires:
        raise wrong_state(case, before)


def wrong_state(case: str, state: CaseState | None) -> WrongState:
    """The error that says where the case stands and what would be the next step."""
    return WrongState(
        f"the case is {state}",
        place=f"case {case}",
        mend=(_NEXT_STEP[state] + ".").capitalize() if state else "",
    )


def state_after(event: Event) -> CaseState | None:
    """The state that an entry leaves its case in; None for entries that speak of no case."""
    if event.kind is Kind.CASE_MATCHED:
        counts = event.fields["counts"]
        return (
            CaseState.REVIEW if isinstance(counts, dict) and counts["review"] else CaseState.READY
        )
    if event.kind is Kind.PAIR_DECIDED:
        return CaseState.REVIEW if event.fields["open_pairs"] else CaseState.READY
    return _STATE_AFTER.get(event.kind)


_STATE_AFTER = {
    Kind.REQUEST_RECEIVED: CaseState.RECEIVED,
    Kind.REQUEST_REFUSED: CaseState.REFUSED,
    Kind.CASE_REFUSED: CaseState.REFUSED,
    Kind.CASE_SCREENED: CaseState.SCREENED,
    Kind.CASE_RELEASED: CaseState.RELEASED,
    Kind.CASE_EXPIRED: CaseState.EXPIRED,
}
