"""Checking before sending: every fault that screening would find and that needs no state.

The very rules of the gate, on an empty history: what depends on the past (replays, volume over a
day, attempts) and on who is known to the custodian cannot be told from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from narrowgate.agreement.terms import Terms
from narrowgate.case.history import AgreementStanding, History
from narrowgate.docket import Docket
from narrowgate.keys.jws import Signature
from narrowgate.reasons import Reason
from narrowgate.request.envelope import open_envelope
from narrowgate.request.received import Received, Who, receive_envelope
from narrowgate.screening.request_rules import fault_reasons
from narrowgate.screening.screen import screen

_NO_KEY = bytes(32)


@dataclass(frozen=True, slots=True)
class Checked:
    """`reasons`: against the request as a whole. `docket`: every record's own reasons.
    `record_ids`: text or null, in request order.
    """

    reasons: tuple[Reason, ...]
    docket: Docket
    record_ids: Sequence[str | None]

    @property
    def passes(self) -> bool:
        """Whether nothing was found."""
        return not self.reasons and not self.docket.counts["refused"]


def check(folder: Path, terms: Terms, now: datetime) -> Checked:
    """Check a request folder, signed or not yet. Raises BadInput where it is none."""
    envelope = open_envelope(folder)
    received = receive_envelope(envelope, who=_trusting(terms))
    if received.manifest is None:
        return Checked(tuple(fault_reasons(received)), Docket.issue(0), ())
    # As if it had been adopted today, by the signatories it names, with nothing asked before.
    history = History(
        version=0,
        key=_NO_KEY,
        agreement=AgreementStanding(adopted_at=now),
        requester_people={signatory.person: None for signatory in terms.signatories},
    )
    screened = screen(received, terms, history, now)
    return Checked(screened.reasons, screened.docket, _ids(received))


def _trusting(terms: Terms) -> Who:
    """Whatever key signed counts as the first signatory's: keys are the custodian's to know."""
    named = terms.signatories[0].person if terms.signatories else None

    def who(signature: Signature) -> tuple[str | None, bool]:
        return named, bool(signature.algorithm)

    return who


def _ids(received: Received) -> Sequence[str | None]:
    if received.records is None:
        return ()
    ids: list[str | None] = received.records["record_id"].to_pylist()
    return ids
