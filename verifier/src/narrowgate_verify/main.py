"""`narrowgate-verify LOGDIR_OR_URL --key VKEY [--proof FILE] [--json]`.

Exit status: 0 verified, 1 not verified, 2 usage, 3 a file that cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from narrowgate_verify import merkle
from narrowgate_verify.log import source, verify_log
from narrowgate_verify.notes import BadFile, NotVerified, VerifierKey
from narrowgate_verify.proof import read_proof, verify_proof


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; always leaves by SystemExit."""
    parser = argparse.ArgumentParser(prog="narrowgate-verify", description=__doc__)
    parser.add_argument("log", help="a log's folder or URL")
    parser.add_argument("--key", required=True, help="the verifier key, or a file that holds it")
    parser.add_argument("--proof", type=Path, help="a proof to hold against the log")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    asked = parser.parse_args(arguments)
    try:
        result = run(asked.log, asked.key, asked.proof)
    except NotVerified as fault:
        leave({"verified": False, "fault": str(fault)}, 1, as_json=asked.json)
    except BadFile as fault:
        leave({"verified": False, "fault": str(fault)}, 3, as_json=asked.json)
    leave(result, 0, as_json=asked.json)


def run(log: str, key_or_file: str, proof_file: Path | None) -> dict[str, object]:
    """Verify the log, and the proof against it. Raises NotVerified, BadFile."""
    key = VerifierKey.parse(_key(key_or_file))
    head, entries = verify_log(source(log), key)
    result: dict[str, object] = {"verified": True, "origin": head.origin, "size": head.size}
    if proof_file is None:
        return result
    try:
        data = proof_file.read_bytes()
    except OSError:
        raise BadFile(f"{proof_file}: cannot be read") from None
    proved = verify_proof(read_proof(data), key)
    leaves = [merkle.leaf_hash(entry) for entry in entries[: proved.size]]
    forked = merkle.root(merkle.levels(leaves)) != proved.root
    if proved.size > head.size or forked or entries[proved.index] != proved.entry:
        raise NotVerified("the proof is of another log than this one, or of a later state of it")
    result["entry"] = proved.index
    if proved.record is not None:
        shown = ("record_id", "row", "answer", "reasons")
        result["record"] = {name: proved.record[name] for name in shown}
    return result


def leave(result: dict[str, object], status: int, *, as_json: bool) -> None:
    """Print the result and exit."""
    if as_json:
        sys.stdout.write(json.dumps(result) + "\n")
    elif status:
        sys.stderr.write(f"NOT VERIFIED: {result['fault']}\n")
    else:
        lines = [f"verified: {result['origin']}, {result['size']} entries"]
        if "entry" in result:
            lines.append(f"verified: entry {result['entry']} stands in the log")
        if "record" in result:
            lines.append(f"verified: answer {json.dumps(result['record'])}")
        sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(status)


def _key(key_or_file: str) -> str:
    if "+" in key_or_file and not Path(key_or_file).is_file():
        return key_or_file
    try:
        return Path(key_or_file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise BadFile("the key is neither a verifier key nor a file that holds one") from None
