"""`narrowgate-verify [LOGDIR_OR_URL] --key VKEY`: a log, and proofs and answers from it.

Checks that every file of the log follows from its entries, that the entries follow each other, that
counts add up and officers signed; that the log continues a checkpoint seen before (--since); that a
proof holds (--proof, also without the log); that answers are those that the log commits to
(--answers); that witnesses have cosigned (--witness, --required).

Exit status: 0 verified, 1 failed, 2 usage, 3 cannot tell, or an argument that cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from narrowgate_verify.answers import verify_answers
from narrowgate_verify.entries import walk
from narrowgate_verify.findings import CANNOT_TELL, VERIFIED, BadFile, Findings
from narrowgate_verify.log import verify_cosigned, verify_log, verify_since
from narrowgate_verify.notes import COSIGNER, ML_DSA_44, VerifierKey, key_text
from narrowgate_verify.proof import Proved, read_proof, verify_proof, verify_same_log
from narrowgate_verify.source import source

STATUS = {VERIFIED: 0, CANNOT_TELL: 3}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; always leaves by SystemExit."""
    parser = argparse.ArgumentParser(
        prog="narrowgate-verify", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("log", nargs="?", help="a log's folder or URL")
    parser.add_argument("--key", required=True, help="the log's verifier key, or a file with it")
    parser.add_argument("--proof", type=Path, help="a proof to be checked")
    parser.add_argument("--answers", type=Path, help="an answers file, or the folder it lies in")
    parser.add_argument("--since", type=Path, help="a checkpoint of this log seen earlier")
    parser.add_argument("--witness", action="append", default=[], help="a witness's verifier key")
    parser.add_argument("--required", type=int, help="cosignatures needed; by default all")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    asked = parser.parse_args(arguments)
    if asked.log is None and (asked.proof is None or asked.answers or asked.since):
        parser.error("a log is needed, unless a proof alone is checked")
    findings = Findings()
    try:
        result = run(asked, findings)
    except BadFile as fault:
        result = {}
        findings.cannot_tell("arguments", str(fault))
    leave(result, findings, as_json=asked.json)


def run(asked: argparse.Namespace, findings: Findings) -> dict[str, object]:
    """Verify all that was asked for; what was seen, for people to read. Raises BadFile."""
    key = VerifierKey.parse(key_text(asked.key))
    witnesses = [VerifierKey.parse(key_text(each), COSIGNER, ML_DSA_44) for each in asked.witness]
    required = len(witnesses) if asked.required is None else asked.required
    result: dict[str, object] = {"origin": key.name}
    proved = None
    if asked.proof is not None:
        document = read_proof(_read(asked.proof), str(asked.proof))
        proved = verify_proof(document, key, witnesses, required, findings)
        result |= _shown(proved)
    if asked.log is None:
        return result
    where = source(asked.log)
    log = verify_log(where, key, findings)
    if log is None:
        return result
    result["size"] = log.head.size
    said = walk(enumerate(log.entries), findings)
    result["released"] = len(said.released)
    if witnesses:
        verify_cosigned(where, log, key, witnesses, required, findings)
    elif said.required:
        findings.note(f"releases need {said.required} cosignatures; name witnesses by --witness")
    if asked.since is not None:
        verify_since(log, _read(asked.since), key, str(asked.since), findings)
    if proved is not None:
        verify_same_log(proved, log, findings)
    if asked.answers is not None:
        payload = verify_answers(asked.answers, log, said, key, findings)
        result["answers"] = {"case": payload["case"], **payload["counts"]} if payload else None
    return result


def leave(result: dict[str, object], findings: Findings, *, as_json: bool) -> None:
    """Print what was found and exit."""
    status = findings.status
    if as_json:
        found = [{"status": f.status, "where": f.where, "what": f.what} for f in findings.found]
        said = {"verified": status == VERIFIED, "status": status, **result}
        sys.stdout.write(json.dumps(said | {"findings": found, "notes": findings.notes}) + "\n")
    else:
        for finding in findings.found:
            word = "CANNOT TELL" if finding.status == CANNOT_TELL else "FAILED"
            sys.stderr.write(f"{word}: {finding.where}: {finding.what}\n")
        for note in findings.notes:
            sys.stdout.write(f"note: {note}\n")
        for name, value in result.items():
            sys.stdout.write(f"{name}: {value if isinstance(value, str) else json.dumps(value)}\n")
        sys.stdout.write(f"{status.replace('_', ' ')}\n")
    sys.exit(STATUS.get(status, 1))


def _shown(proved: Proved) -> dict[str, object]:
    shown: dict[str, object] = {
        "entry": proved.index,
        "requested_by": proved.requested_by,
        "released_by": proved.released_by,
    }
    if proved.row is not None:
        reasons = proved.answered.get("reasons")
        answered: dict[str, object] = dict(proved.answered)
        if reasons is not None:
            answered["reasons"] = [code for code in reasons.split(",") if code]
        shown["record"] = {"row": proved.row, **answered}
        shown["asked"] = proved.asked
    return shown


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise BadFile(f"{path}: it cannot be read") from None
