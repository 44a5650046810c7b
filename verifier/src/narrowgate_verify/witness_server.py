"""C2SP tlog-witness: `POST /add-checkpoint` answered by a witness.

The body is `old N`, a consistency proof from there a node a line, an empty line, and the
checkpoint. 200 brings the cosignature line; 409 the size that was seen last, from which the proof
must begin; 422 means that the log is no continuation; 403 a signature that is not the log's; 404 a
log that is not known here.
"""

from __future__ import annotations

import http.server
from collections.abc import Sequence

from narrowgate_verify import merkle
from narrowgate_verify.findings import NotVerified
from narrowgate_verify.notes import VerifierKey, open_checkpoint, strict_base64
from narrowgate_verify.witness import Fork, OtherSize, Witness

_MOST_BODY = 1 << 16


class Answer(Exception):
    """An answer of another status than 200."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def add_checkpoint(witness: Witness, body: bytes, keys: Sequence[VerifierKey]) -> tuple[int, str]:
    """C2SP tlog-witness: status and text for the body of an add-checkpoint request."""
    try:
        old, proof, note = _read(body)
        head = open_checkpoint(note.encode(), _key_of(note, keys))
        if old > head.size:
            raise Answer(400, "it begins after the checkpoint")
        line = witness.cosign(
            head,
            old,
            lambda seen: merkle.consistent(seen.size, head.size, seen.root, head.root, proof),
        )
    except Answer as answer:
        return answer.status, f"{answer}\n"
    except OtherSize as other:
        return 409, f"{other.size}\n"
    except Fork as fault:
        return 422, f"{fault}\n"
    except NotVerified as fault:
        return 403, f"{fault}\n"
    return 200, f"{line}\n"


def _read(body: bytes) -> tuple[int, list[bytes], str]:
    """Old size, proof and checkpoint of a request."""
    try:
        head, mark, note = body.decode().partition("\n\n")
        lines = head.split("\n")
        if mark and lines[0].startswith("old ") and lines[0][4:].isdecimal():
            return int(lines[0][4:]), [strict_base64(line, "a node") for line in lines[1:]], note
    except (UnicodeDecodeError, NotVerified):
        pass
    raise Answer(400, "not an add-checkpoint request")


def _key_of(note: str, keys: Sequence[VerifierKey]) -> VerifierKey:
    key = next((key for key in keys if note.startswith(f"{key.name}\n")), None)
    if key is None:
        raise Answer(404, "a log that is not known here")
    return key


def server(
    witness: Witness, keys: Sequence[VerifierKey], host: str, port: int
) -> http.server.ThreadingHTTPServer:
    """A server that answers POST /add-checkpoint; whoever calls it starts and stops it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
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

        def log_message(self, *arguments: object) -> None:
            """Nothing: nobody's address is kept."""

    return http.server.ThreadingHTTPServer((host, port), Handler)
