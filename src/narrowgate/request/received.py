"""What screening may know of a request: read once at receipt, kept, and read again the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from narrowgate.canonical import canonical, file_digest
from narrowgate.canonical import sha256 as digest_of
from narrowgate.engine.unpack import ReadFault, hold
from narrowgate.keys.jws import Signature
from narrowgate.reasons import Code
from narrowgate.request.envelope import Envelope
from narrowgate.request.manifest import Manifest, read_manifest
from narrowgate.request.records import LIMITS, Fault, read_records

Who = Callable[[Signature], tuple[str | None, bool]]
"""Tells whose signature this is (None: of nobody known), and whether it is to be called valid."""


@dataclass(frozen=True, slots=True)
class Signer:
    """One signature: its number, whose it is (None: of nobody known here), whether it is valid.

    A signature that names a key nobody here knows cannot be checked: it is called valid and is
    nobody's, so that the requester hears that its maker is not named rather than that it is false.
    """

    index: int
    person: str | None
    valid: bool


@dataclass(frozen=True, slots=True, eq=False)
class Received:
    """`records`: REQUEST_COLUMNS, text, request order, None where unreadable; `columns`: names as
    sent; `count`: records read; digests are 64 hexadecimal digits.
    """

    manifest: Manifest | None
    signers: tuple[Signer, ...]
    faults: tuple[Fault, ...]
    records: pa.Table | None
    columns: tuple[str, ...]
    documents: Mapping[str, str]
    records_sha256: str
    count: int

    def to_bytes(self) -> bytes:
        """All but the records, to be sealed."""
        return canonical(
            {
                "manifest": self.manifest.as_json() if self.manifest else None,
                "signers": [[s.index, s.person, s.valid] for s in self.signers],
                "faults": [[f.code.value, f.place, f.fault, f.mend] for f in self.faults],
                "columns": list(self.columns),
                "documents": dict(self.documents),
                "records_sha256": self.records_sha256,
                "count": self.count,
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes, records: pa.Table | None) -> Received:
        """The inverse of `to_bytes`, with the records beside it."""
        facts = json.loads(data)
        manifest = facts["manifest"]
        return cls(
            read_manifest(json.dumps(manifest).encode()) if manifest else None,
            tuple(Signer(*signer) for signer in facts["signers"]),
            tuple(Fault(Code(code), *rest) for code, *rest in facts["faults"]),
            records,
            tuple(facts["columns"]),
            facts["documents"],
            facts["records_sha256"],
            facts["count"],
        )


def receive_envelope(envelope: Envelope, who: Who) -> Received:
    """Read all that an envelope holds. `who` tells whose key made a signature."""
    records: pa.Table | None = None
    columns: tuple[str, ...] = ()
    faults: list[Fault] = []
    sha256 = ""
    if envelope.records_path is not None:
        try:
            # Read once: what is digested is what is judged, whatever becomes of the file meanwhile.
            held = hold(envelope.records_path, LIMITS)
        except ReadFault as fault:
            faults = [Fault.of(fault)]
        else:
            sha256 = digest_of(held.data).removeprefix("sha256:")
            records, columns, faults = read_records(held)
    return Received(
        envelope.manifest,
        tuple(_signer(number, sig, who) for number, sig in enumerate(envelope.signatures)),
        (*envelope.faults, *faults),
        records,
        columns,
        {
            name: file_digest(path).removeprefix("sha256:")
            for name, path in envelope.documents.items()
        },
        sha256,
        records.num_rows if records is not None else 0,
    )


def _signer(number: int, signature: Signature, who: Who) -> Signer:
    return Signer(number, *who(signature))
