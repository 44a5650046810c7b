"""`narrowgate-witness`: a second party that cosigns a log's checkpoints, and only consistent ones.

    narrowgate-witness init STATE --name NAME [--ml-dsa]     make a key; prints the verifier key
    narrowgate-witness cosign STATE LOG --key VKEY --out FILE   verify the whole log, cosign its head
    narrowgate-witness serve STATE --key VKEY... [--port P]   answer C2SP tlog-witness add-checkpoint

STATE is a folder: the witness's private key, its verifier key, and for each log the last checkpoint
that it cosigned. That memory is all the worth of a witness: it is durable before a cosignature is
given out, and a witness that has lost it must not be started again under the same key.

Exit status: 0 cosigned, 1 refused (the log does not hold, or is no continuation), 3 bad arguments.
"""

from __future__ import annotations

import argparse
import base64
import fcntl
import hashlib
import http.server
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from narrowgate_verify import merkle
from narrowgate_verify.entries import walk
from narrowgate_verify.findings import VERIFIED, BadFile, Findings, NotVerified
from narrowgate_verify.log import verify_log
from narrowgate_verify.notes import (
    COSIGNER,
    ML_DSA_44,
    Checkpoint,
    VerifierKey,
    open_checkpoint,
    strict_base64,
    subtree_message,
)
from narrowgate_verify.source import source

_MOST_BODY = 1 << 16


class OtherSize(Exception):
    """The request begins at another size than the witness has seen last: `size`."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class Witness:
    """A witness's state in a folder. `clock`: seconds since 1970."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self.folder, self._clock = folder, clock
        try:
            kept = json.loads((folder / "key.json").read_text(encoding="utf-8"))
            self.name, self._seed = str(kept["name"]), bytes.fromhex(kept["seed"])
            self._kind = int(kept["kind"])
        except (OSError, ValueError, KeyError, TypeError):
            raise BadFile(f"{folder}: no state of a witness; make one with init") from None

    @classmethod
    def make(cls, folder: Path, name: str, kind: int) -> Witness:
        """A witness with a fresh key in a new folder. Raises BadFile."""
        if not name or any(letter in "+" or letter.isspace() for letter in name):
            raise BadFile("a witness's name holds no spaces and no plus signs")
        if folder.exists() and any(folder.iterdir()):
            raise BadFile(f"{folder}: it is not empty")
        folder.mkdir(parents=True, exist_ok=True)
        body = {"name": name, "kind": kind, "seed": os.urandom(32).hex()}
        _durable(folder / "key.json", json.dumps(body).encode())
        witness = cls(folder)
        _durable(folder / "vkey", f"{witness.vkey}\n".encode())
        return witness

    @property
    def vkey(self) -> str:
        """The verifier key, as custodians and verifiers take it."""
        data = bytes([self._kind]) + self._key().public_key().public_bytes_raw()
        return f"{self.name}+{self._hash().hex()}+{base64.b64encode(data).decode()}"

    def seen(self, origin: str) -> Checkpoint:
        """The last head of the log that was cosigned; that of the empty log before the first."""
        try:
            kept = json.loads(self._memory(origin).read_text(encoding="utf-8"))
            return Checkpoint(origin, int(kept["size"]), bytes.fromhex(kept["root"]))
        except FileNotFoundError:
            return Checkpoint(origin, 0, hashlib.sha256(b"").digest())

    def cosign(
        self, head: Checkpoint, old: int | None, consistent: Callable[[Checkpoint], bool]
    ) -> str:
        """The cosignature line over `head`, if `consistent` says that it continues what was seen.

        `old`: the size from which the caller's proof begins, None for one that begins anywhere.
        Raises OtherSize, NotVerified; the memory is durable before the line is handed out.
        """
        with self._locked():
            seen = self.seen(head.origin)
            if old not in (None, seen.size):
                raise OtherSize(seen.size)
            if head.size < seen.size:
                raise NotVerified(f"the log had {seen.size} entries and has {head.size} now")
            if not consistent(seen):
                raise NotVerified("the log is not a continuation of what was cosigned: a fork")
            kept = {"size": head.size, "root": head.root.hex()}
            _durable(self._memory(head.origin), json.dumps(kept).encode())
        return self._line(head)

    def _line(self, head: Checkpoint) -> str:
        at = int(self._clock())
        key = self._key()
        if isinstance(key, Ed25519PrivateKey):
            signature = key.sign(f"cosignature/v1\ntime {at}\n{head.text}".encode())
        else:
            signature = key.sign(subtree_message(self.name.encode(), at, head))
        data = self._hash() + at.to_bytes(8, "big") + signature
        return f"\u2014 {self.name} {base64.b64encode(data).decode()}"

    def _key(self) -> Ed25519PrivateKey | MLDSA44PrivateKey:
        if self._kind == COSIGNER:
            return Ed25519PrivateKey.from_private_bytes(self._seed)
        return MLDSA44PrivateKey.from_seed_bytes(self._seed)

    def _hash(self) -> bytes:
        public = self._key().public_key().public_bytes_raw()
        data = self.name.encode() + b"\n" + bytes([self._kind]) + public
        return hashlib.sha256(data).digest()[:4]

    def _memory(self, origin: str) -> Path:
        return self.folder / f"log-{hashlib.sha256(origin.encode()).hexdigest()[:32]}.json"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder / "lock").open("ab") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield


def cosign_log(witness: Witness, where: str, key: VerifierKey, findings: Findings) -> bytes | None:
    """Verify a whole log, and give back its checkpoint with the cosignature; None where it does not
    hold. Raises BadFile, NotVerified.
    """
    place = source(where)
    log = verify_log(place, key, findings)
    if log is None or log.tree is None:
        return None
    walk(enumerate(log.entries), findings)
    if findings.status != VERIFIED:
        return None
    line = witness.cosign(log.head, None, lambda seen: log.root_at(seen.size) == seen.root)
    note = place.read("checkpoint")
    if open_checkpoint(note, key) != log.head:
        raise NotVerified("the log grew meanwhile: ask again")
    return note + f"{line}\n".encode()


def add_checkpoint(witness: Witness, body: bytes, keys: Sequence[VerifierKey]) -> tuple[int, str]:
    """C2SP tlog-witness: status and text for the body of an add-checkpoint request."""
    try:
        head, mark, note = body.decode().partition("\n\n")
        lines = head.split("\n")
        if not mark or not lines[0].startswith("old ") or not lines[0][4:].isdecimal():
            return 400, "not an add-checkpoint request\n"
        old = int(lines[0][4:])
        proof = [strict_base64(line, "a node") for line in lines[1:]]
    except (UnicodeDecodeError, NotVerified):
        return 400, "not an add-checkpoint request\n"
    key = next((key for key in keys if note.startswith(f"{key.name}\n")), None)
    if key is None:
        return 404, "a log that is not known here\n"
    try:
        opened = open_checkpoint(note.encode(), key)
    except NotVerified as fault:
        return 403, f"{fault}\n"
    if old > opened.size:
        return 400, "it begins after the checkpoint\n"
    try:
        line = witness.cosign(
            opened,
            old,
            lambda seen: merkle.consistent(seen.size, opened.size, seen.root, opened.root, proof),
        )
    except OtherSize as other:
        return 409, f"{other.size}\n"
    except NotVerified as fault:
        return 422, f"{fault}\n"
    return 200, f"{line}\n"


def server(
    witness: Witness, keys: Sequence[VerifierKey], host: str, port: int
) -> http.server.ThreadingHTTPServer:
    """A server that answers POST /add-checkpoint; whoever calls it starts and stops it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802  (the library's own name)
            size = int(self.headers.get("Content-Length") or 0)
            if self.path != "/add-checkpoint" or not 0 < size <= _MOST_BODY:
                status, text = 404, "POST /add-checkpoint\n"
            else:
                status, text = add_checkpoint(witness, self.rfile.read(size), keys)
            data = text.encode()
            self.send_response(status)
            kind = "text/x.tlog.size" if status == 409 else "text/plain; charset=utf-8"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing: nobody's address is kept."""

    return http.server.ThreadingHTTPServer((host, port), Handler)


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
    note = cosign_log(Witness(asked.state), asked.log, VerifierKey.parse(asked.key), findings)
    if note is None:
        for finding in findings.found:
            sys.stderr.write(f"REFUSED: {finding.where}: {finding.what}\n")
        return 1
    _durable(asked.out, note)
    sys.stdout.write(f"cosigned: {asked.out}\n")
    return 0


def _serve(asked: argparse.Namespace) -> int:
    keys = [VerifierKey.parse(each) for each in asked.key]
    with server(Witness(asked.state), keys, asked.host, asked.port) as running:
        sys.stderr.write(f"listening on {asked.host}:{running.server_port}\n")
        running.serve_forever()
    return 0


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "init": _init,
    "cosign": _cosign,
    "serve": _serve,
}


def _durable(path: Path, data: bytes) -> None:
    """Write whole under another name, make durable, rename."""
    temporary = path.with_name(f".{path.name}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
