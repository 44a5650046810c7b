"""Packing: records, documents and an unsigned manifest in a folder, whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.agreement.terms import Terms
from narrowgate.canonical import canonical, file_digest
from narrowgate.engine.read import format_of
from narrowgate.errors import BadInput, Conflict
from narrowgate.keys import jws
from narrowgate.request.envelope import MANIFEST
from narrowgate.request.manifest import Manifest, RecordsFile, plain_name
from narrowgate.request.records import read_records

VALID_DAYS = 30


@dataclass(frozen=True, slots=True)
class Packed:
    """What was packed: the folder, the request's id and how many records it holds."""

    folder: Path
    request_id: str
    records: int


def pack(
    records: Path,
    terms: Terms,
    *,
    purpose: str,
    attestations: Sequence[str],
    documents: Sequence[Path],
    out: Path,
    now: datetime,
) -> Packed:
    """Pack `records` for a request under `terms` into `out`, a new or empty folder.

    The files are copied as they are. Raises BadInput for records that cannot be read or an
    attestation that the agreement does not have; Conflict for a folder in use. Nothing is left.
    """
    table, _, faults = read_records(records)
    if table is None or faults:
        first = faults[0]
        raise BadInput(first.fault, place=first.place, mend=first.mend)
    known = [attestation.id for attestation in terms.attestations]
    unknown = [name for name in attestations if name not in known]
    if unknown:
        raise BadInput(
            f"the agreement has no attestation {', '.join(unknown)}",
            place="--attest",
            mend=f"It has: {', '.join(known)}.",
        )
    if out.exists() and any(out.iterdir()):
        raise Conflict("the folder is not empty", place=str(out), mend="Name a new one.")
    manifest = Manifest(
        request_id=str(uuid.uuid4()),
        agreement=terms.id,
        agreement_digest=terms.digest,
        requester=terms.requester,
        purpose=purpose,
        statutes=_statutes(table, terms),
        attributes=terms.attributes,
        attestations=tuple(attestations),
        documents=tuple((_named(path), _digest(path)) for path in documents),
        records=RecordsFile(_named(records), format_of(records), _digest(records), table.num_rows),
        created_at=now,
        expires_at=now + timedelta(days=VALID_DAYS),
    )
    _write(out, [records, *documents], jws.sign(canonical(manifest.as_json()), []))
    return Packed(out, manifest.request_id, table.num_rows)


def _statutes(table: pa.Table, terms: Terms) -> tuple[str, ...]:
    """The authority, and those crimes of the records that the agreement lists."""
    cited = set(pc.unique(table["offense_statute"]).to_pylist())
    return tuple(
        statute for number, statute in enumerate(terms.statutes) if number == 0 or statute in cited
    )


def _named(path: Path) -> str:
    try:
        return plain_name(path.name)
    except ValueError:
        raise BadInput(
            "a file's name holds letters, digits, spaces, points, hyphens and underscores only",
            place=str(path),
            mend="Rename the file.",
        ) from None


def _digest(path: Path) -> str:
    try:
        return file_digest(path).removeprefix("sha256:")
    except OSError:
        raise BadInput("the file cannot be read", place=str(path)) from None


def _write(out: Path, files: Sequence[Path], manifest: object) -> None:
    """Everything into a temporary folder beside `out`, which then takes its place."""
    out.parent.mkdir(parents=True, exist_ok=True)
    work = out.parent / f".{out.name}-{secrets.token_hex(4)}"
    work.mkdir()
    try:
        for path in files:
            shutil.copyfile(path, work / path.name)
        write_manifest(work, manifest)
        os.replace(work, out)  # noqa: PTH105
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


def write_manifest(folder: Path, manifest: object) -> None:
    """Write manifest.json whole: under a temporary name, then renamed."""
    temporary = folder / f".{MANIFEST}.tmp"
    temporary.write_text(json.dumps(manifest, indent=1) + "\n")
    os.replace(temporary, folder / MANIFEST)  # noqa: PTH105
