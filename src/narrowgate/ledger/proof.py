"""Proofs that travel: C2SP tlog-proof for an entry, and with it the opening of one answer."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from narrowgate.canonical import Json
from narrowgate.ledger.log import Log
from narrowgate.ledger.view import View

FORMAT = "narrowgate-record-proof/1"
_TLOG_PROOF = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class RecordOpening:
    """One answer with what opens its commitment and leads from it to the answers' root."""

    row: int
    record_id: str
    answer: str
    reasons: Sequence[str]
    salt: bytes
    path: Sequence[bytes]
    size: int
    root: bytes

    def as_json(self) -> dict[str, Json]:
        """As the proof document carries it."""
        return {
            "row": self.row,
            "record_id": self.record_id,
            "answer": self.answer,
            "reasons": list(self.reasons),
            "salt": _b64(self.salt),
            "path": [_b64(node) for node in self.path],
            "size": self.size,
            "root": _b64(self.root),
        }


def log_proof(view: View, index: int) -> str:
    """C2SP tlog-proof of one entry under the view's checkpoint."""
    lines = [_TLOG_PROOF, f"index {index}", *(_b64(node) for node in view.inclusion(index))]
    return "\n".join(lines) + "\n\n" + view.note.decode()


def record_proof(
    log: Log, *, case: str, index: int, record: RecordOpening | None
) -> dict[str, Json]:
    """The proof document of a case's entry, and of one record's answer where it is shown."""
    view = log.view()
    return {
        "format": FORMAT,
        "case": case,
        "entry": _b64(view.entry(index)),
        "log_proof": log_proof(view, index),
        "record": record.as_json() if record else None,
    }


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
