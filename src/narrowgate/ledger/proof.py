"""Proofs that travel: C2SP tlog-proof for an entry, and with it the opening of one row.

A proof document is one JSON file that holds all that a court needs (docs/log.md, "Proofs"): the
entries that say on what ground and by whom a case was answered, each with its place in the log;
the request's manifest and the agreement as they were signed; and one record as it was asked and
answered, of which single fields may be left shut.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from narrowgate.canonical import Json
from narrowgate.ledger.view import View

FORMAT = "narrowgate-proof/2"
_TLOG_PROOF = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class RowField:
    """A field: its `commitment`, and where it is shown its `salt` (else empty) and `value`."""

    name: str
    commitment: bytes
    salt: bytes
    value: str | None

    def as_json(self) -> dict[str, Json]:
        """A field that is shut has no more than its commitment."""
        shut: dict[str, Json] = {"name": self.name, "commitment": _b64(self.commitment)}
        if not self.salt:
            return shut
        return {"name": self.name, "salt": _b64(self.salt), "value": self.value}


@dataclass(frozen=True, slots=True)
class RowOpening:
    """One row of a case's tree, and the path that leads from it to the root in the log's entry."""

    row: int
    size: int
    path: Sequence[bytes]
    fields: Sequence[RowField]

    def as_json(self) -> dict[str, Json]:
        """As the proof document carries it."""
        return {
            "path": [_b64(node) for node in self.path],
            "fields": [field.as_json() for field in self.fields],
        }


def log_proof(view: View, index: int) -> str:
    """C2SP tlog-proof of one entry under the view's checkpoint."""
    lines = [_TLOG_PROOF, f"index {index}", *(_b64(node) for node in view.inclusion(index))]
    return "\n".join(lines) + "\n\n" + view.note.decode()


def document(
    view: View,
    case: str,
    indexes: Sequence[int],
    papers: Mapping[str, bytes],
    record: Mapping[str, RowOpening],
) -> dict[str, Json]:
    """The proof document of a case. `indexes`: of the entries it rests on, the last of them the one
    to be proved; `papers`: what else was signed, by name; `record`: one row of each tree by name.
    """
    rows = {opening.row for opening in record.values()}
    return {
        "format": FORMAT,
        "case": case,
        "entries": [
            {"entry": _b64(view.entry(index)), "proof": log_proof(view, index)} for index in indexes
        ],
        "papers": {name: _b64(data) for name, data in papers.items()},
        "record": {"row": rows.pop(), **{name: each.as_json() for name, each in record.items()}}
        if rows
        else None,
    }


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
