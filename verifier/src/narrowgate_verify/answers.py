"""An answers folder as its requester got it: the signed manifest, the file, and the log's entry."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from narrowgate_verify import merkle
from narrowgate_verify.entries import Said
from narrowgate_verify.findings import BadFile, Findings, NotVerified
from narrowgate_verify.jws import read_jws
from narrowgate_verify.log import Log
from narrowgate_verify.notes import VerifierKey, open_checkpoint, strict_base64
from narrowgate_verify.rows import ANSWERED, root_of

_NAMES = ("record_id", "answer", "reasons")
_WORDS = ("refused", "confirmed", "not_confirmed")


def verify_answers(
    where: Path, log: Log, said: Said, key: VerifierKey, findings: Findings
) -> dict[str, Any] | None:
    """The manifest's payload; a finding for each thing that does not hold. Raises BadFile."""
    manifest_path = where / "manifest.json" if where.is_dir() else _beside(where)
    place = str(manifest_path)
    try:
        signed = read_jws(_read(manifest_path))
        payload: dict[str, Any] = json.loads(signed.payload)
    except (NotVerified, ValueError) as fault:
        findings.failed(place, str(fault))
        return None
    if said.answers_key is None:
        findings.cannot_tell(place, "the log does not say by which key answers are signed")
    elif not signed.signed_by(said.answers_key):
        findings.failed(place, "it is not signed by the custodian's key for answers")
    try:
        entry = _entry(payload, log, key)
        _agrees(payload, entry, said)
        data = _read(manifest_path.parent / payload["answers"]["file"])
        if hashlib.sha256(data).hexdigest() != payload["answers"]["sha256"].removeprefix("sha256:"):
            raise NotVerified("the answers file is not the one that the manifest names")
        rows = _rows(data, payload["answers"]["file"])
    except NotVerified as fault:
        findings.failed(place, str(fault))
        return payload
    except (KeyError, TypeError, ValueError, AttributeError):
        findings.failed(place, "it lacks a part, or has one that cannot be read")
        return payload
    if rows is None:
        findings.note(f"{place}: a Parquet file is held against its digest alone")
    else:
        _counted(list(rows), payload, place, findings)
    return payload


def _entry(payload: dict[str, Any], log: Log, key: VerifierKey) -> dict[str, Any]:
    """The entry that the manifest's receipt proves; it must be the log's. Raises NotVerified."""
    receipt = payload["log"]
    head = open_checkpoint(receipt["checkpoint"].encode(), key)
    index = receipt["index"]
    if head.size > log.head.size or log.root_at(head.size) not in (None, head.root):
        raise NotVerified("its receipt is of another log than this one, or of a later state of it")
    entry = log.entries[index]
    if entry is None:
        raise NotVerified("the entry it names is missing in the log")
    path = [strict_base64(node, "a path") for node in receipt["inclusion"]]
    if merkle.root_from_path(merkle.leaf_hash(entry), index, head.size, path) != head.root:
        raise NotVerified("the receipt does not prove the entry it names")
    value: dict[str, Any] = json.loads(entry)
    return value


def _agrees(payload: dict[str, Any], entry: dict[str, Any], said: Said) -> None:
    """Case, digests, counts and root are those of the log. Raises NotVerified."""
    case, counts = payload["case"], payload["counts"]
    if entry.get("case") != case:
        raise NotVerified("its receipt is of another case")
    asked = said.cases[case]
    digests = payload["digests"]
    if digests["request"] != asked["request"] or payload["request_id"] != asked["request_id"]:
        raise NotVerified("it answers another request than was received")
    if digests["agreement"] != asked["agreement_digest"]:
        raise NotVerified("it names another agreement than was asked under")
    if counts["records"] != sum(counts[word] for word in _WORDS):
        raise NotVerified("its counts do not add up")
    if entry["event"] == "case.released":
        authority = entry["authority"]
        if (digests["snapshot"], digests["model"]) != (authority["snapshot"], authority["model"]):
            raise NotVerified("it names another register or model than the log")
        described = payload["answers"]
        if counts != entry["counts"] or described["root"] != entry["answers_root"]:
            raise NotVerified("its counts or root are not those of the release")
    elif counts["refused"] != counts["records"]:
        raise NotVerified("it gives answers that no release let out")


def _counted(
    rows: Sequence[tuple[str | None, str, str]], payload: dict[str, Any], place: str,
    findings: Findings,
) -> None:  # fmt: skip
    described, counts = payload["answers"], payload["counts"]
    tally = {word: sum(row[1] == word for row in rows) for word in _WORDS}
    if len(rows) != counts["records"] or any(tally[word] != counts[word] for word in _WORDS):
        findings.failed(place, "the answers are not as many of each kind as it says")
    if "root" in described:
        key = strict_base64(described["commitment_key"], "the commitment key")
        root = root_of(rows, _NAMES, ANSWERED, key)
        if root != strict_base64(described["root"], "the root"):
            findings.failed(place, "the answers are not those that the log commits to")


def _rows(data: bytes, name: str) -> Iterator[tuple[str | None, str, str]] | None:
    """Record id, answer and codes joined by commas; None for a format that is not read here."""
    if name.endswith(".jsonl"):
        return (
            (row["record_id"], row["answer"], ",".join(row["reasons"]))
            for row in map(json.loads, data.decode().splitlines())
        )
    if name.endswith(".csv"):
        table = csv.DictReader(data.decode().splitlines(keepends=True))
        return (
            (row["record_id"] or None, row["answer"], row["reasons"].replace(";", ","))
            for row in table
        )
    return None


def _beside(answers: Path) -> Path:
    own = answers.with_name(f"{answers.name}.manifest.json")
    return own if own.exists() else answers.with_name("manifest.json")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise BadFile(f"{path}: it cannot be read") from None
