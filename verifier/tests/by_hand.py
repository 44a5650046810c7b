"""A site's story and its log made by hand from docs/log.md, in another way than the gate does."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ORIGIN = "a.example/log"
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = SIGNER.public_key().public_bytes_raw()
HASH = hashlib.sha256(ORIGIN.encode() + b"\n\x01" + PUBLIC).digest()[:4]
VKEY = ORIGIN + "+" + HASH.hex() + "+" + base64.b64encode(b"\x01" + PUBLIC).decode()
AT = "2026-01-01T00:00:00Z"
AGREEMENT = b"# The agreement\n"
FILE = {"name": "f", "sha256": "00"}


def recursive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = recursive_root(leaves[:split]), recursive_root(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def recursive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if index < split:
        return [*recursive_path(index, leaves[:split]), recursive_root(leaves[split:])]
    return [*recursive_path(index - split, leaves[split:]), recursive_root(leaves[:split])]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def entry(**fields: Any) -> bytes:
    return canonical({"v": 1, "at": AT, **fields})


class Party:
    """Somebody with a key."""

    def __init__(self, name: str, seed: int, organisation: str, role: str) -> None:
        self.name, self.organisation, self.role = name, organisation, role
        self.key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)

    @property
    def jwk(self) -> dict[str, str]:
        x = url64(self.key.public_key().public_bytes_raw())
        return {"crv": "Ed25519", "kty": "OKP", "x": x}

    @property
    def thumbprint(self) -> str:
        return url64(hashlib.sha256(canonical(self.jwk)).digest())

    def added(self) -> bytes:
        return entry(
            event="person.added",
            person=self.name,
            organisation=self.organisation,
            roles=[self.role],
            key=self.jwk,
        )

    def signs(self, statement: object) -> dict[str, str]:
        signature = b64(self.key.sign(canonical(statement)))
        return {"person": self.name, "key": self.thumbprint, "signature": signature}


GATE = Party("the gate", 1, "c", "")
AGREES = Party("officer", 2, "c", "agreement-officer")
FIRST = Party("first", 3, "c", "release-officer")
SECOND = Party("second", 4, "c", "release-officer")
ASKS = Party("signatory", 5, "r", "signatory")
DIGEST = f"sha256:{hashlib.sha256(AGREEMENT).hexdigest()}"
MANIFEST_PAYLOAD = canonical({"request_id": "1"})


def manifest() -> bytes:
    protected = url64(canonical({"alg": "EdDSA"}))
    signature = ASKS.key.sign(f"{protected}.{url64(MANIFEST_PAYLOAD)}".encode())
    signed = {"protected": protected, "signature": url64(signature)}
    return json.dumps({"payload": url64(MANIFEST_PAYLOAD), "signatures": [signed]}).encode()


def commitment(tag: bytes, name: str, value: str) -> bytes:
    return hashlib.sha256(tag + salt(name) + f"{name}={value}".encode()).digest()


def salt(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()[:16]


ASKED = [{"record_id": f"R{n}", "city": f"CITY {n}"} for n in range(3)]
ANSWERED = [
    {"record_id": "R0", "answer": "not_confirmed", "reasons": ""},
    {"record_id": "R1", "answer": "confirmed", "reasons": ""},
    {"record_id": "R2", "answer": "refused", "reasons": "tin.invalid"},
]


def leaves(rows: list[dict[str, str]], tag: bytes) -> list[bytes]:
    return [b"".join(commitment(tag, name, row[name]) for name in row) for row in rows]


ASKED_LEAVES = leaves(ASKED, b"ng/asked/2\n")
ANSWERED_LEAVES = leaves(ANSWERED, b"ng/answered/2\n")


def story(**changes: Any) -> list[bytes]:
    """The entries of a site with one released case of three records; `changes` to the release."""
    authority = {"agreement": DIGEST, "snapshot": "s", "model": "m", "software": "x", "at": AT}
    screened = {"records": 3, "refused": 1, "open": 2, "confirmed": 0, "not_confirmed": 0}
    adopted = {"adopt": "a", "digest": DIGEST}
    released = {
        "counts": {"records": 3, "refused": 1, "confirmed": 1, "not_confirmed": 1},
        "answers_root": b64(recursive_root(ANSWERED_LEAVES)),
        "answers_size": 3,
        **changes,
    }
    signed = {
        "release": "C1",
        **{n: released[n] for n in ("answers_root", "answers_size", "counts")},
    }
    officers = changes.get("officers") or [FIRST.signs(signed), SECOND.signs(signed)]
    return [
        entry(
            event="site.created", custodian="c", origin=ORIGIN, software="x", answers_key=GATE.jwk
        ),
        *(party.added() for party in (AGREES, FIRST, SECOND, ASKS)),
        entry(
            event="agreement.adopted", agreement="a", digest=DIGEST,
            signatures=[AGREES.signs(adopted)],
        ),
        entry(event="snapshot.loaded", snapshot="s", people=1, addresses=1, rejected=0),
        entry(
            event="request.received", case="C1", requester="r", request_id="1", records=3,
            request=f"sha256:{hashlib.sha256(MANIFEST_PAYLOAD).hexdigest()}",
            agreement="a", agreement_digest=DIGEST, files={"manifest": FILE},
            records_root=b64(recursive_root(ASKED_LEAVES)),
        ),
        entry(
            event="case.screened", case="C1", files={}, counts={**screened, "review": 0},
            authority={**authority, "snapshot": "", "model": ""},
        ),
        entry(event="case.matched", case="C1", authority=authority, files={}, veiled="x"),
        entry(
            event="case.released", case="C1", authority=authority, files={}, veiled="x",
            **{**released, "officers": officers},
        ),
    ]  # fmt: skip


def plain(count: int) -> list[bytes]:
    """Entries that rest on nothing."""
    return [
        entry(event="snapshot.loaded", snapshot=f"{n}", people=1, addresses=1, rejected=0)
        for n in range(count)
    ]


def note(size: int, root: bytes) -> bytes:
    text = f"{ORIGIN}\n{size}\n{b64(root)}\n"
    return f"{text}\n\u2014 {ORIGIN} {b64(HASH + SIGNER.sign(text.encode()))}\n".encode()


def write_log(folder: Path, entries: list[bytes]) -> None:
    """A log of less than 65,536 entries, by the letter of C2SP tlog-tiles."""
    hashes = [hashlib.sha256(b"\x00" + item).digest() for item in entries]
    for start in range(0, len(entries), 256):
        part = entries[start : start + 256]
        name = f"{start // 256:03}" + (f".p/{len(part)}" if len(part) < 256 else "")
        bundle = b"".join(len(item).to_bytes(2, "big") + item for item in part)
        put(folder / "tile/entries" / name, bundle)
        put(folder / "tile/0" / name, b"".join(hashes[start : start + 256]))
    full = len(entries) // 256
    if full:
        roots = [recursive_root(entries[n * 256 : (n + 1) * 256]) for n in range(full)]
        put(folder / f"tile/1/000.p/{full}", b"".join(roots))
    put(folder / "checkpoint", note(len(entries), recursive_root(entries)))


def put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def proof(entries: list[bytes], checkpoint: bytes) -> dict[str, Any]:
    """The proof of the second record, of which the name of the city stays shut."""

    def place(index: int) -> str:
        path = [b64(node) for node in recursive_path(index, entries)]
        head = "\n".join(["c2sp.org/tlog-proof@v1", f"index {index}", *path])
        return f"{head}\n\n{checkpoint.decode()}"

    def shown(row: dict[str, str], name: str) -> dict[str, str]:
        return {"name": name, "salt": b64(salt(name)), "value": row[name]}

    shut = {"name": "city", "commitment": b64(commitment(b"ng/asked/2\n", "city", "CITY 1"))}
    return {
        "format": "narrowgate-proof/2",
        "case": "C1",
        "entries": [
            {"entry": b64(entries[index]), "proof": place(index)} for index in range(len(story()))
        ],
        "papers": {"agreement": b64(AGREEMENT), "manifest": b64(manifest())},
        "record": {
            "row": 1,
            "asked": {
                "path": [b64(n) for n in recursive_path(1, ASKED_LEAVES)],
                "fields": [shown(ASKED[1], "record_id"), shut],
            },
            "answered": {
                "path": [b64(n) for n in recursive_path(1, ANSWERED_LEAVES)],
                "fields": [shown(ANSWERED[1], name) for name in ANSWERED[1]],
            },
        },
    }
