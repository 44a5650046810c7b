"""A proof that travels: who asked and who answered, on what ground, and one record alone.

docs/log.md, "Proofs", is the definition. The file is judged by itself, against the custodian's key;
where the log is at hand too, it is held against it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from narrowgate_verify import merkle
from narrowgate_verify.entries import Said, walk
from narrowgate_verify.findings import BadFile, Findings, NotVerified
from narrowgate_verify.jws import read_jws
from narrowgate_verify.log import Log
from narrowgate_verify.notes import (
    Checkpoint,
    VerifierKey,
    cosigned_by,
    open_checkpoint,
    strict_base64,
)
from narrowgate_verify.rows import ANSWERED, ASKED, open_row

FORMAT = "narrowgate-proof/2"
_HEAD = "c2sp.org/tlog-proof@v1"
_WORDS = ("confirmed", "not_confirmed", "refused")


@dataclass
class Proved:
    """What a proof shows. `entries` by index; `asked`, `answered`: the fields that were shown."""

    head: Checkpoint | None = None
    entries: dict[int, bytes] = field(default_factory=dict)
    index: int = -1
    row: int | None = None
    asked: dict[str, str | None] = field(default_factory=dict)
    answered: dict[str, str | None] = field(default_factory=dict)
    requested_by: list[str] = field(default_factory=list)
    released_by: list[str] = field(default_factory=list)


def read_proof(data: bytes, where: str) -> dict[str, Any]:
    """A proof document. Raises BadFile for what is none."""
    try:
        proof = json.loads(data)
    except (ValueError, RecursionError):
        proof = None
    if not isinstance(proof, dict) or proof.get("format") != FORMAT:
        raise BadFile(f"{where}: it is not a {FORMAT} document")
    return proof


def verify_proof(
    proof: dict[str, Any],
    key: VerifierKey,
    witnesses: Sequence[VerifierKey],
    required: int,
    findings: Findings,
) -> Proved:
    """What the proof shows, with a finding for each part that does not hold."""
    proved = Proved()
    try:
        _entries(proof, key, witnesses, required, proved)
        said = walk(sorted(proved.entries.items()), findings)
        proved.index = max(proved.entries)
        answer = json.loads(proved.entries[proved.index])
        if answer.get("case") != proof["case"]:
            raise NotVerified("its last entry speaks of another case")
        asked = said.cases[proof["case"]]
        _papers(proof["papers"], asked, said, proved)
        proved.released_by = [each["person"] for each in answer.get("officers", [])]
        if proof["record"] is not None:
            _record(proof["record"], asked, answer, proved)
    except NotVerified as fault:
        findings.failed("proof", str(fault))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError):
        findings.failed("proof", "it lacks a part, or has one that cannot be read")
    return proved


def verify_same_log(proved: Proved, log: Log, findings: Findings) -> None:
    """Hold what was proved against the log: the same entries under the same root."""
    if proved.head is None:
        return
    if proved.head.size > log.head.size:
        findings.failed("proof", "it is of a later state of the log than this one, or of another")
        return
    root = log.root_at(proved.head.size)
    if root is None:
        findings.cannot_tell("proof", "leaves of the log are missing")
    elif root != proved.head.root:
        findings.failed("proof", "it is of another log than this one: a fork")
    for index, entry in proved.entries.items():
        if log.entries[index] not in (None, entry):
            findings.failed("proof", f"the log has another entry {index}")


def _entries(
    proof: dict[str, Any],
    key: VerifierKey,
    witnesses: Sequence[VerifierKey],
    required: int,
    proved: Proved,
) -> None:
    notes = set()
    for each in proof["entries"]:
        entry = strict_base64(str(each["entry"]), "an entry")
        head, mark, note = str(each["proof"]).partition("\n\n")
        lines = [line for line in head.split("\n") if not line.startswith("extra ")]
        if not mark or lines[0] != _HEAD or not lines[1].startswith("index "):
            raise NotVerified("an entry's proof is not a C2SP tlog-proof")
        signed = open_checkpoint(note.encode(), key)
        index = int(lines[1].removeprefix("index "))
        path = [strict_base64(line, "a path") for line in lines[2:]]
        leaf = merkle.leaf_hash(entry)
        if merkle.root_from_path(leaf, index, signed.size, path) != signed.root:
            raise NotVerified(f"entry {index} does not stand where the proof says")
        proved.head, proved.entries[index] = signed, entry
        notes.add(note)
    if len(notes) != 1 or proved.head is None:
        raise NotVerified("its entries are not all under one checkpoint")
    by = cosigned_by(notes.pop().encode(), proved.head, witnesses)
    if len(by) < required:
        raise NotVerified(f"its checkpoint has {len(by)} cosignatures of {required} needed")


def _papers(papers: dict[str, str], asked: dict[str, Any], said: Said, proved: Proved) -> None:
    """The agreement is the one that was asked under; the request is signed by persons known."""
    if "agreement" in papers:
        text = base64.b64decode(papers["agreement"], validate=True)
        if f"sha256:{hashlib.sha256(text).hexdigest()}" != asked["agreement_digest"]:
            raise NotVerified("the agreement in it is not the one that was asked under")
    if "manifest" in papers:
        manifest = read_jws(base64.b64decode(papers["manifest"], validate=True))
        if f"sha256:{hashlib.sha256(manifest.payload).hexdigest()}" != asked["request"]:
            raise NotVerified("the manifest in it is not the one that was received")
        proved.requested_by = [
            person for person, known in said.people.items() if manifest.signed_by(known["public"])
        ]
        if asked["event"] == "request.received" and not proved.requested_by:
            raise NotVerified("nobody whom the log knows has signed the request")


def _record(
    record: dict[str, Any], asked: dict[str, Any], answer: dict[str, Any], proved: Proved
) -> None:
    if answer["event"] != "case.released":
        raise NotVerified("its last entry is no release: it answers nothing")
    row = record["row"]
    if not isinstance(row, int):
        raise NotVerified("the row is no number")
    root = strict_base64(answer["answers_root"], "the answers' root")
    proved.answered = open_row(record["answered"], ANSWERED, row, answer["answers_size"], root)
    root = strict_base64(asked["records_root"], "the records' root")
    proved.asked = open_row(record["asked"], ASKED, row, asked["records"], root)
    proved.row = row
    word, reasons = proved.answered.get("answer"), proved.answered.get("reasons")
    if "answer" in proved.answered and word not in _WORDS:
        raise NotVerified("the answer is not one that a gate gives")
    both = {"answer", "reasons"} <= set(proved.answered)
    if both and (word == "refused") != bool(reasons):
        raise NotVerified("a refusal has reasons, and nothing else has")
    names = [
        shown["record_id"] for shown in (proved.asked, proved.answered) if "record_id" in shown
    ]
    if len(set(names)) > 1:
        raise NotVerified("the record asked about is not the record answered")
