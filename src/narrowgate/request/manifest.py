"""The manifest of a request (contract section 3): what is asked, under what, and of which records.

Outside bytes come in here: every member is checked, unknown members are refused, and what goes on
is a frozen value of our own.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from narrowgate.canonical import Json
from narrowgate.errors import BadInput
from narrowgate.instants import read_stamp, stamp
from narrowgate.keys.jws import unique

_RFC3339 = re.compile(
    r"[12]\d{3}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,199}")


@dataclass(frozen=True, slots=True)
class RecordsFile:
    """The records file: plain name, format, digest (64 hexadecimal digits) and count of records."""

    file: str
    format: str
    sha256: str
    count: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was signed. `documents`: pairs of plain file name and digest (64 hex digits)."""

    request_id: str
    agreement: str
    agreement_digest: str
    requester: str
    purpose: str
    statutes: tuple[str, ...]
    attributes: tuple[str, ...]
    attestations: tuple[str, ...]
    documents: tuple[tuple[str, str], ...]
    records: RecordsFile
    created_at: datetime
    expires_at: datetime
    contract: str = "1"

    def as_json(self) -> dict[str, Json]:
        """The payload that is signed."""
        records = self.records
        return {
            "request_id": self.request_id,
            "agreement": self.agreement,
            "agreement_digest": self.agreement_digest,
            "requester": self.requester,
            "purpose": self.purpose,
            "statutes": list(self.statutes),
            "attributes": list(self.attributes),
            "attestations": list(self.attestations),
            "documents": [{"name": name, "sha256": sha256} for name, sha256 in self.documents],
            "records": {
                "file": records.file,
                "format": records.format,
                "sha256": records.sha256,
                "count": records.count,
            },
            "created_at": stamp(self.created_at),
            "expires_at": stamp(self.expires_at),
            "contract": self.contract,
        }


def plain_name(name: str) -> str:
    """`name`, if it is a plain file name that leads nowhere else. Raises ValueError."""
    if not _FILE.fullmatch(name) or name.lower() == "manifest.json":
        raise ValueError("a plain file name is expected")
    return name


def _bare_digest(text: str) -> str:
    digest = text.removeprefix("sha256:").lower()
    if not re.fullmatch("[0-9a-f]{64}", digest):
        raise ValueError("64 hexadecimal digits are expected")
    return digest


def _time(text: str) -> str:
    if not _RFC3339.fullmatch(text):
        raise ValueError("a time as RFC 3339 has it is expected")
    # Whole seconds, as everything that is written of it again.
    return stamp(read_stamp(text))


def _uuid(text: str) -> str:
    return str(UUID(text))


# No control characters: what a manifest says is shown to people.
Text = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")
]
Texts = Annotated[list[Text], Field(max_length=200)]
FileName = Annotated[Text, AfterValidator(plain_name)]
Digest = Annotated[Text, AfterValidator(_bare_digest)]
Time = Annotated[Text, AfterValidator(_time)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class _Document(_Strict):
    name: FileName
    sha256: Digest


class _Records(_Strict):
    file: FileName
    format: Literal["csv", "jsonl", "parquet"]
    sha256: Digest
    count: Annotated[int, Field(ge=0, le=2**53)]


class _Payload(_Strict):
    request_id: Annotated[Text, AfterValidator(_uuid)]
    agreement: Text
    agreement_digest: Text
    requester: Text
    purpose: Text
    statutes: Texts
    attributes: Texts
    attestations: Texts
    documents: Annotated[list[_Document], Field(max_length=100)]
    records: _Records
    created_at: Time
    expires_at: Time
    contract: Literal["1"]


def read_manifest(payload: bytes) -> Manifest:
    """The manifest in a JWS's payload. Raises BadInput naming every member at fault, no value."""
    try:
        raw: Any = json.loads(payload.decode(), object_pairs_hook=unique)
        if isinstance(raw, dict) and type(raw.get("contract")) is int:
            raw["contract"] = str(raw["contract"])
        read = _Payload.model_validate(raw)
    except ValidationError as error:
        members = sorted({".".join(map(str, fault["loc"])) or "(all)" for fault in error.errors()})
        raise BadInput(
            "members are missing, unknown or not as expected: " + ", ".join(map(_shown, members)),
            place="manifest.json",
            mend="See section 3 of the contract.",
        ) from None
    except (ValueError, RecursionError):
        raise BadInput("the payload is not JSON", place="manifest.json") from None
    return Manifest(
        read.request_id,
        read.agreement,
        read.agreement_digest,
        read.requester,
        read.purpose,
        tuple(read.statutes),
        tuple(read.attributes),
        tuple(read.attestations),
        tuple((document.name, document.sha256) for document in read.documents),
        RecordsFile(**read.records.model_dump()),
        read_stamp(read.created_at),
        read_stamp(read.expires_at),
        read.contract,
    )


def _shown(member: str) -> str:
    return member if re.fullmatch(r"[\w.()]{1,64}", member) else "(no name)"
