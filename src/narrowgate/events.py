"""The closed list of what the log can say, and of which fields each entry has.

No personal data by construction: an entry holds digests of sealed files, counts, codes, row
numbers, identifiers of officers and organisations, and times; `entry()` refuses a field that is
not listed here. Entries are canonical JSON (RFC 8785), one leaf each.

Anybody may read the log, the requester too. What an entry says of the register before its release,
or besides it, is VEILED: how many were confirmed before two officers let it out, and that a pair
was close enough for review. Such fields stand in the entry as one sealed text, of which the length
tells nothing; the custodian lifts it, nobody else can.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from narrowgate.canonical import Json, canonical
from narrowgate.errors import Internal

VERSION = 1
"""Of the form of entries: the first thing that whoever reads one looks at."""


class Veil(Protocol):
    """Hides the fields of an entry that only the custodian may read."""

    def draw(self, kind: str, data: bytes) -> str:
        """The text that stands in the entry of that kind."""

    def lift(self, kind: str, text: str) -> bytes:
        """The inverse of `draw`. Raises Internal for a text that was not drawn for that kind."""


class Kind(StrEnum):
    """Every kind of entry there is."""

    SITE_CREATED = "site.created"
    PERSON_ADDED = "person.added"
    AGREEMENT_ADOPTED = "agreement.adopted"
    SNAPSHOT_LOADED = "snapshot.loaded"
    MODEL_INSTALLED = "model.installed"
    REQUEST_RECEIVED = "request.received"
    REQUEST_REFUSED = "request.refused"
    CASE_SCREENED = "case.screened"
    CASE_REFUSED = "case.refused"
    CASE_MATCHED = "case.matched"
    PAIR_DECIDED = "pair.decided"
    CASE_RELEASED = "case.released"
    CASE_EXPIRED = "case.expired"
    WITNESSES_NAMED = "witnesses.named"
    CUSTODY_ROTATED = "custody.rotated"
    AGREEMENT_AMENDED = "agreement.amended"
    AGREEMENT_RENEWED = "agreement.renewed"
    AGREEMENT_SUSPENDED = "agreement.suspended"
    AGREEMENT_RESUMED = "agreement.resumed"
    AGREEMENT_ENDED = "agreement.ended"
    SAFEGUARDS_RECORDED = "safeguards.recorded"
    PERSON_REVOKED = "person.revoked"
    DELEGATION_GIVEN = "delegation.given"
    DELEGATION_WITHDRAWN = "delegation.withdrawn"


_REQUEST = frozenset(
    [
        "case",
        "request",
        "request_id",
        "requester",
        "agreement",
        "agreement_digest",
        "records",
        "records_root",
        "files",
    ]
)
_STAGE = frozenset(["case", "authority", "counts", "files"])

# What stands in an entry besides `event` and `at`.
FIELDS: dict[Kind, frozenset[str]] = {
    Kind.SITE_CREATED: frozenset(["custodian", "origin", "software", "answers_key"]),
    Kind.PERSON_ADDED: frozenset(["person", "organisation", "roles", "key"]),
    Kind.AGREEMENT_ADOPTED: frozenset(["agreement", "digest", "signatures"]),
    Kind.SNAPSHOT_LOADED: frozenset(["snapshot", "people", "addresses", "rejected"]),
    Kind.MODEL_INSTALLED: frozenset(["model", "digest", "evaluation"]),
    Kind.REQUEST_RECEIVED: _REQUEST,
    Kind.REQUEST_REFUSED: _REQUEST | {"reasons"},
    Kind.CASE_SCREENED: _STAGE,
    Kind.CASE_REFUSED: _STAGE | {"reasons"},
    Kind.CASE_MATCHED: _STAGE,
    Kind.PAIR_DECIDED: frozenset(["case", "row", "officer", "file", "open_pairs"]),
    Kind.CASE_RELEASED: _STAGE
    | frozenset(["officers", "answers_root", "answers_size", "undecided"]),
    Kind.CASE_EXPIRED: frozenset(["case", "due", "files"]),
    Kind.WITNESSES_NAMED: frozenset(["required", "witnesses", "signatures"]),
    Kind.CUSTODY_ROTATED: frozenset(["old", "new", "signatures"]),
    Kind.AGREEMENT_AMENDED: frozenset(
        ["agreement", "digest", "replaces", "begins", "until", "signatures"]
    ),
    Kind.AGREEMENT_RENEWED: frozenset(["agreement", "digest", "until", "signatures"]),
    Kind.AGREEMENT_SUSPENDED: frozenset(["agreement", "ground", "order", "file", "signatures"]),
    Kind.AGREEMENT_RESUMED: frozenset(["agreement", "file", "signatures"]),
    Kind.AGREEMENT_ENDED: frozenset(["agreement", "signatures"]),
    Kind.SAFEGUARDS_RECORDED: frozenset(
        ["requester", "fact", "finding", "on", "due", "signatures"]
    ),
    Kind.PERSON_REVOKED: frozenset(["person", "key", "since", "signatures"]),
    Kind.DELEGATION_GIVEN: frozenset(
        ["agreement", "delegator", "delegate", "begins", "ends", "file", "signatures"]
    ),
    Kind.DELEGATION_WITHDRAWN: frozenset(["agreement", "delegate", "given", "signatures"]),
}


VEILED: dict[Kind, frozenset[str]] = {
    Kind.CASE_MATCHED: frozenset(["counts"]),
    Kind.PAIR_DECIDED: frozenset(["case", "row", "open_pairs"]),
    Kind.CASE_RELEASED: frozenset(["undecided"]),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: `kind`, `at` (RFC 3339 text) and exactly the fields of its kind."""

    kind: Kind
    at: str
    fields: Mapping[str, Json]

    def __post_init__(self) -> None:
        if frozenset(self.fields) != FIELDS[self.kind]:
            wrong = sorted(frozenset(self.fields) ^ FIELDS[self.kind])
            raise Internal(f"an entry {self.kind} has other fields than it may: {wrong}")

    def entry(self, veil: Veil) -> bytes:
        """The leaf: canonical JSON."""
        veiled = VEILED.get(self.kind, frozenset())
        said: dict[str, Json] = {
            name: value for name, value in self.fields.items() if name not in veiled
        }
        if veiled:
            hidden = {name: self.fields[name] for name in veiled}
            said["veiled"] = veil.draw(self.kind.value, canonical(hidden))
        return canonical({"v": VERSION, "event": self.kind.value, "at": self.at, **said})

    @classmethod
    def read(cls, entry: bytes, veil: Veil) -> Event:
        """The inverse of `entry`. Raises Internal for an entry of another version."""
        fields = json.loads(entry)
        if fields.pop("v", None) != VERSION:
            raise Internal(
                "an entry of the log is in a form that this version does not know",
                mend="Use the version of the software that wrote it, or a later one.",
            )
        kind, at = Kind(fields.pop("event")), fields.pop("at")
        if kind in VEILED:
            fields |= json.loads(veil.lift(kind.value, fields.pop("veiled")))
        return cls(kind, at, fields)
