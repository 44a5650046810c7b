"""A proof that travels: an entry's place in the log, and one answer's place in its release.

commitment = SHA-256("narrowgate/answer/1" LF salt canonical)
canonical  = row LF sha256hex(record_id) LF answer LF reasons joined by ","
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from narrowgate_verify import merkle
from narrowgate_verify.log import check_entry
from narrowgate_verify.notes import BadFile, NotVerified, VerifierKey, open_checkpoint

FORMAT = "narrowgate-record-proof/1"
_HEAD = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Proved:
    """What a proof shows: the entry and its index, and the answer that was opened, if one was."""

    index: int
    size: int
    root: bytes
    entry: bytes
    record: dict[str, Any] | None


def read_proof(data: bytes) -> dict[str, Any]:
    """A proof document. Raises BadFile for what is none."""
    try:
        proof = json.loads(data)
    except ValueError:
        proof = None
    if not isinstance(proof, dict) or proof.get("format") != FORMAT:
        raise BadFile(f"the proof is not a {FORMAT} document")
    return proof


def verify_proof(proof: dict[str, Any], key: VerifierKey) -> Proved:
    """Verify a proof by its own checkpoint. Raises NotVerified."""
    try:
        entry = _bytes(proof["entry"])
        index, size, root = _verify_place(str(proof["log_proof"]), entry, key)
        said = check_entry(index, entry)
        if said.get("case") != proof["case"]:
            raise NotVerified("the entry speaks of another case than the proof")
        record = proof["record"]
        if record is not None:
            _verify_record(record, said)
        return Proved(index, size, root, entry, record)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError):
        raise NotVerified("the proof lacks a part, or has one that cannot be read") from None


def _verify_place(text: str, entry: bytes, key: VerifierKey) -> tuple[int, int, bytes]:
    head, mark, checkpoint = text.partition("\n\n")
    lines = [line for line in head.split("\n") if not line.startswith("extra ")]
    if not mark or lines[0] != _HEAD or not lines[1].startswith("index "):
        raise NotVerified("the log proof is not a C2SP tlog-proof")
    signed = open_checkpoint(checkpoint.encode(), key)
    index = int(lines[1].removeprefix("index "))
    path = [_bytes(line) for line in lines[2:]]
    leaf = merkle.leaf_hash(entry)
    if merkle.root_from_path(leaf, index, signed.size, path) != signed.root:
        raise NotVerified("the entry does not stand where the proof says")
    return index, signed.size, signed.root


def _verify_record(record: dict[str, Any], said: dict[str, object]) -> None:
    if said["event"] != "case.released":
        raise NotVerified("the entry is no release: it answers nothing")
    row, reasons = int(record["row"]), record["reasons"]
    refused = record["answer"] == "refused"
    if record["answer"] not in ("confirmed", "not_confirmed", "refused") or refused != bool(
        reasons
    ):
        raise NotVerified("the answer is not one that a gate gives")
    named = hashlib.sha256(str(record["record_id"]).encode()).hexdigest()
    canonical = f"{row}\n{named}\n{record['answer']}\n{','.join(reasons)}".encode()
    salt = _bytes(record["salt"])
    if len(salt) != 32:
        raise NotVerified("the salt has not 32 bytes")
    commitment = hashlib.sha256(b"narrowgate/answer/1\n" + salt + canonical).digest()
    path = [_bytes(node) for node in record["path"]]
    size, root = int(str(said["answers_size"])), _bytes(said["answers_root"])
    if merkle.root_from_path(merkle.leaf_hash(commitment), row, size, path) != root:
        raise NotVerified("the answer is not one of this release")


def _bytes(text: object) -> bytes:
    return base64.b64decode(str(text), validate=True)
