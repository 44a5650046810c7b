"""The manifest that goes out with the answers: what was asked, under what, how many of each.

It is a JWS by the custodian (RFC 7515) and states the terms of use in the agreement's words:
a confirmation is no ground for action by itself (facts C5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from narrowgate.authority import Authority
from narrowgate.canonical import Json
from narrowgate.docket import Docket
from narrowgate.reasons import Reason


@dataclass(frozen=True, slots=True)
class LogReceipt:
    """Where the release stands in the log: index, inclusion path (base64) and checkpoint text."""

    index: int
    inclusion: Sequence[str]
    checkpoint: str

    def as_json(self) -> dict[str, Json]:
        """As the manifest carries it."""
        return {
            "index": self.index,
            "inclusion": list(self.inclusion),
            "checkpoint": self.checkpoint,
        }


def answer_counts(docket: Docket) -> dict[str, int]:
    """`records`, `refused`, `confirmed`, `not_confirmed`: they add up to the unit."""
    wanted = ("records", "refused", "confirmed", "not_confirmed")
    return {name: docket.counts[name] for name in wanted}


def manifest(
    *,
    case: str,
    request_id: str,
    request_digest: str,
    requester: str,
    docket: Docket,
    reasons: Sequence[Reason],
    authority: Authority,
    answers: Mapping[str, Json],
    receipt: LogReceipt,
    use: Mapping[str, Json],
) -> dict[str, Json]:
    """The manifest's payload. `answers`: file, format, sha256 and, once released, root of the tree.

    `reasons`: those of a request refused as a whole, else empty; a record's own reasons stand in
    the answers by code and here once each, with clause, fault and mend.
    """
    return {
        "contract": "1",
        "case": case,
        "request_id": request_id,
        "requester": requester,
        "digests": {
            "request": request_digest,
            "agreement": authority.agreement,
            "snapshot": authority.snapshot,
            "model": authority.model,
        },
        "software": authority.software,
        "decided_at": authority.at,
        "counts": dict(answer_counts(docket)),
        "refused_as_a_whole": [dict(reason.as_json()) for reason in reasons],
        "reasons": [dict(reason.as_json()) for reason in docket.palette],
        "answers": dict(answers),
        "log": receipt.as_json(),
        "terms_of_use": dict(use),
    }
