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
from narrowgate.catalogue.citation import citation_key
from narrowgate.catalogue.statute import StatuteNotListed
from narrowgate.engine.read import format_of
from narrowgate.engine.unpack import compression
from narrowgate.errors import BadInput, Conflict
from narrowgate.keys import jws
from narrowgate.reasons import Code
from narrowgate.request.documents import MOST_BYTES
from narrowgate.request.envelope import MANIFEST
from narrowgate.request.manifest import Manifest, RecordsFile, plain_name
from narrowgate.request.records import LIMITS, read_records

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

    The files are copied as they are; the manifest is a JWS without signatures yet. Raises BadInput
    for records that cannot be read or an attestation that the agreement does not have, Conflict
    for a folder in use, and then leaves nothing.
    """
    _check_free(out)
    _check_attestations(attestations, terms)
    out.parent.mkdir(parents=True, exist_ok=True)
    work = out.parent / f".{out.name}-{secrets.token_hex(4)}"
    work.mkdir()
    try:
        # What is described is the copy: the original may change while it is read.
        copy = _copied_records(records, work)
        table = _read(copy, records.name)
        manifest = Manifest(
            request_id=str(uuid.uuid4()),
            agreement=terms.id,
            agreement_digest=terms.digest,
            requester=terms.requester,
            purpose=purpose,
            statutes=_statutes(table, terms),
            attributes=terms.attributes,
            attestations=tuple(attestations),
            documents=tuple(_copied_document(path, work) for path in documents),
            records=RecordsFile(copy.name, format_of(copy), _digest(copy), table.num_rows),
            created_at=now,
            expires_at=now + timedelta(days=VALID_DAYS),
        )
        write_manifest(work, jws.sign(canonical(manifest.as_json()), []))
        os.replace(work, out)  # noqa: PTH105
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return Packed(out, manifest.request_id, table.num_rows)


def write_manifest(folder: Path, manifest: object) -> None:
    """Write manifest.json whole: under a temporary name, then renamed."""
    temporary = folder / f".{MANIFEST}.tmp"
    temporary.write_text(json.dumps(manifest, indent=1) + "\n")
    os.replace(temporary, folder / MANIFEST)  # noqa: PTH105


def _check_free(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Conflict("it is there already, and not empty", place=str(out), mend="Name a new one.")


def _check_attestations(attestations: Sequence[str], terms: Terms) -> None:
    known = [attestation.id for attestation in terms.attestations]
    unknown = [name for name in attestations if name not in known]
    if unknown:
        raise BadInput(
            f"the agreement has no attestation {', '.join(unknown)}",
            place="--attest",
            mend=f"It has: {', '.join(known)}.",
        )


def _copied_records(source: Path, work: Path) -> Path:
    """A copy by a name that says what it is and nothing else: `records.csv.gz`."""
    if not source.is_file():
        raise BadInput("no such file", place=str(source))
    ending = {"gzip": ".gz", "zstd": ".zst", None: ""}[compression(source)]
    if source.stat().st_size > LIMITS.plain_bytes:
        raise BadInput(f"a file of more than {LIMITS.plain_bytes:,} bytes", place=str(source))
    return _copy(source, work / f"records.{format_of(source)}{ending}")


def _read(copy: Path, name: str) -> pa.Table:
    """The records of the copy; a fault is told of the file `name` that it was copied from."""
    table, _, faults = read_records(copy)
    if table is None:
        place = name + faults[0].place.removeprefix(copy.name)
        raise BadInput(faults[0].fault, place=place, mend=faults[0].mend)
    return table


def _copied_document(source: Path, work: Path) -> tuple[str, str]:
    """Name and digest of a document, copied by its own name."""
    try:
        copy = work / plain_name(source.name)
    except ValueError:
        raise BadInput(
            "a file's name holds letters, digits, spaces, points, hyphens and underscores only",
            place=str(source),
            mend="Rename the file.",
        ) from None
    if not source.is_file():
        raise BadInput("no such file", place=str(source))
    if copy.exists():
        raise BadInput("two files of one name", place=str(source), mend="Rename one of them.")
    if source.stat().st_size > MOST_BYTES:
        raise BadInput(f"a document of more than {MOST_BYTES >> 20} MiB", place=str(source))
    return copy.name, _digest(_copy(source, copy))


def _copy(source: Path, target: Path) -> Path:
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        raise BadInput(
            f"the file cannot be copied ({type(error).__name__})", place=str(source)
        ) from None
    return target


def _digest(path: Path) -> str:
    return file_digest(path).removeprefix("sha256:")


def _statutes(table: pa.Table, terms: Terms) -> tuple[str, ...]:
    """Of the statutes that the agreement lists, its authority and the crimes of the records.

    A crime that it does not list is left out: its records are then refused, each with its reason,
    and not the request.
    """
    cited = {citation_key(text) for text in pc.unique(table["offense_statute"]).to_pylist() if text}
    bound = terms.bound(Code.STATUTE_NOT_LISTED)
    crimes = bound.rule.designated if bound and isinstance(bound.rule, StatuteNotListed) else ()
    optional = {citation_key(crime) for crime in crimes} - cited
    return tuple(statute for statute in terms.statutes if citation_key(statute) not in optional)
