"""`narrowgate-witness`: cosign a custodian's log.

    init STATE --name NAME [--ml-dsa]     make a witness; prints its verifier key
    cosign STATE LOG --key VKEY --out F   verify the whole log and cosign its head, by files
    serve STATE --key VKEY [--port P]     cosign over HTTP (C2SP tlog-witness)

Exit status: 0 cosigned, 1 refused (the log does not hold, or is no continuation), 3 bad arguments.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from narrowgate_verify.findings import BadFile, Findings, NotVerified
from narrowgate_verify.notes import COSIGNER, ML_DSA_44, VerifierKey, key_text
from narrowgate_verify.witness import Witness, cosign_log, durable
from narrowgate_verify.witness_server import server


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; always leaves by SystemExit."""
    parser = argparse.ArgumentParser(
        prog="narrowgate-witness", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    commands = parser.add_subparsers(dest="command", required=True)
    init = commands.add_parser("init", help="make a witness")
    init.add_argument("state", type=Path)
    init.add_argument("--name", required=True, help="such as witness.example/inspector")
    init.add_argument("--ml-dsa", action="store_true", help="ML-DSA-44 (FIPS 204), not Ed25519")
    cosign = commands.add_parser("cosign", help="verify a log and cosign its checkpoint")
    cosign.add_argument("state", type=Path)
    cosign.add_argument("log", help="a log's folder or URL")
    cosign.add_argument("--key", required=True, help="the log's verifier key")
    cosign.add_argument("--out", type=Path, required=True, help="the cosigned checkpoint")
    serve = commands.add_parser("serve", help="cosign over HTTP (C2SP tlog-witness)")
    serve.add_argument("state", type=Path)
    serve.add_argument("--key", action="append", required=True, help="a log's verifier key")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8093)
    asked = parser.parse_args(arguments)
    try:
        sys.exit(_COMMANDS[asked.command](asked))
    except BadFile as fault:
        sys.stderr.write(f"narrowgate-witness: {fault}\n")
        sys.exit(3)
    except NotVerified as fault:
        sys.stderr.write(f"REFUSED: {fault}\n")
        sys.exit(1)


def _init(asked: argparse.Namespace) -> int:
    kind = ML_DSA_44 if asked.ml_dsa else COSIGNER
    sys.stdout.write(f"{Witness.make(asked.state, asked.name, kind).vkey}\n")
    return 0


def _cosign(asked: argparse.Namespace) -> int:
    findings = Findings()
    note = cosign_log(
        Witness(asked.state), asked.log, VerifierKey.parse(key_text(asked.key)), findings
    )
    if note is None:
        for finding in findings.found:
            sys.stderr.write(f"REFUSED: {finding.where}: {finding.what}\n")
        return 1
    durable(asked.out, note)
    sys.stdout.write(f"cosigned: {asked.out}\n")
    return 0


def _serve(asked: argparse.Namespace) -> int:
    keys = [VerifierKey.parse(key_text(each)) for each in asked.key]
    with server(Witness(asked.state), keys, asked.host, asked.port) as running:
        sys.stderr.write(f"listening on {asked.host}:{running.server_port}\n")
        running.serve_forever()
    return 0


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "init": _init,
    "cosign": _cosign,
    "serve": _serve,
}
