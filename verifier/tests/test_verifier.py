"""The verifier against logs made here by hand, in another way than the gate makes them."""

import base64
import hashlib
import http.server
import json
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from narrowgate_verify import merkle
from narrowgate_verify.main import main
from narrowgate_verify.notes import Checkpoint, NotVerified, VerifierKey, open_checkpoint

ORIGIN = "a.example/log"
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = SIGNER.public_key().public_bytes_raw()
HASH = hashlib.sha256(ORIGIN.encode() + b"\n\x01" + PUBLIC).digest()[:4]
VKEY = ORIGIN + "+" + HASH.hex() + "+" + base64.b64encode(b"\x01" + PUBLIC).decode()


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


def note(size: int, root: bytes) -> bytes:
    text = f"{ORIGIN}\n{size}\n{base64.b64encode(root).decode()}\n"
    signature = base64.b64encode(HASH + SIGNER.sign(text.encode())).decode()
    return f"{text}\n\u2014 {ORIGIN} {signature}\n".encode()


def entry(**fields: Any) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def release(answers: list[bytes], **counts: int) -> bytes:
    given = {"records": len(answers), "refused": 0, "confirmed": 1, "not_confirmed": 0, **counts}
    return entry(
        event="case.released",
        at="2026-01-01T00:00:00Z",
        case="C1",
        counts=given,
        answers_root=base64.b64encode(recursive_root(answers)).decode(),
        answers_size=len(answers),
    )


def write_log(folder: Path, entries: list[bytes]) -> None:
    """A log of at most 256 entries and one of more, by the letter of C2SP tlog-tiles."""
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


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    assert isinstance(left.value.code, int)
    return left.value.code


def plain(count: int) -> list[bytes]:
    return [entry(event="x", at="now", n=n) for n in range(count)]


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 700])
def test_a_sound_log_is_verified(size: int, tmp_path: Path) -> None:
    write_log(tmp_path, plain(size))
    assert run(tmp_path, "--key", VKEY) == 0


def test_any_changed_bit_is_found(tmp_path: Path) -> None:
    write_log(tmp_path, plain(300))
    for path in sorted(tmp_path.rglob("*")):
        if path.is_dir():
            continue
        kept = path.read_bytes()
        for place in range(0, len(kept), max(1, len(kept) // 40)):
            broken = bytearray(kept)
            broken[place] ^= 1 << place % 8
            path.write_bytes(bytes(broken))
            assert run(tmp_path, "--key", VKEY) == 1, (path.name, place)
        for broken in (kept[:-1], kept + b"\0", b""):
            path.write_bytes(bytes(broken))
            assert run(tmp_path, "--key", VKEY) == 1, path.name
        path.write_bytes(kept)
    assert run(tmp_path, "--key", VKEY) == 0


def test_a_missing_part_is_found(tmp_path: Path) -> None:
    write_log(tmp_path, plain(300))
    (tmp_path / "tile/1/000.p/1").unlink()
    assert run(tmp_path, "--key", VKEY) == 1


@pytest.mark.parametrize(
    "bad",
    [
        [entry(event="x", at="now"), b"not json"],
        [b'{"event":"x", "at":"now"}'],
        [entry(at="now")],
        [entry(event="case.released", at="now")],
        [b"[" * 60_000],
        [release([bytes(32)], confirmed=2)],
        [release([bytes(32)], refused=1)],
    ],
)
def test_entries_that_say_what_cannot_be_are_found(bad: list[bytes], tmp_path: Path) -> None:
    write_log(tmp_path, bad)
    assert run(tmp_path, "--key", VKEY) == 1


def test_what_cannot_be_read_is_bad_input(tmp_path: Path) -> None:
    write_log(tmp_path, plain(1))
    assert run(tmp_path / "none", "--key", VKEY) == 3
    assert run(tmp_path, "--key", "no key") == 3
    assert run(tmp_path, "--key", VKEY, "--proof", tmp_path / "none") == 3
    assert run(tmp_path, "--key", VKEY, "--proof", tmp_path / "checkpoint") == 3
    assert run() == 2


def test_the_key_may_stand_in_a_file(tmp_path: Path) -> None:
    write_log(tmp_path, plain(1))
    (tmp_path / "vkey").write_text(VKEY + "\n")
    assert run(tmp_path, "--key", tmp_path / "vkey") == 0


def test_a_log_over_http(tmp_path: Path) -> None:
    write_log(tmp_path, plain(5))

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        assert run(url, "--key", VKEY) == 0
        assert run(url + "/elsewhere", "--key", VKEY) == 3
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def proved(tmp_path: Path) -> dict[str, Any]:
    """A log with a release of three answers, and the proof of the second."""
    salt, canonical = bytes(32), f"1\n{hashlib.sha256(b'R2').hexdigest()}\nconfirmed\n"
    commitment = hashlib.sha256(b"narrowgate/answer/1\n" + salt + canonical.encode()).digest()
    answers = [b"a" * 32, commitment, b"c" * 32]
    entries = [*plain(4), release(answers, not_confirmed=2), *plain(2)]
    write_log(tmp_path, entries)
    place = [base64.b64encode(node).decode() for node in recursive_path(4, entries)]
    text = "\n".join(["c2sp.org/tlog-proof@v1", "index 4", *place])
    return {
        "format": "narrowgate-record-proof/1",
        "case": "C1",
        "entry": base64.b64encode(entries[4]).decode(),
        "log_proof": text + "\n\n" + (tmp_path / "checkpoint").read_bytes().decode(),
        "record": {
            "row": 1,
            "record_id": "R2",
            "answer": "confirmed",
            "reasons": [],
            "salt": base64.b64encode(salt).decode(),
            "path": [base64.b64encode(n).decode() for n in recursive_path(1, answers)],
        },
    }


def check(tmp_path: Path, proof: dict[str, Any]) -> int:
    (tmp_path / "proof.json").write_text(json.dumps(proof))
    return run(tmp_path, "--key", VKEY, "--proof", tmp_path / "proof.json")


def test_one_answer_is_proved_alone(tmp_path: Path) -> None:
    proof = proved(tmp_path)
    assert check(tmp_path, proof) == 0
    assert check(tmp_path, {**proof, "record": None}) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("row", 2),
        ("record_id", "R3"),
        ("answer", "not_confirmed"),
        ("answer", "refused"),
        ("reasons", ["address.missing"]),
        ("salt", base64.b64encode(b"\1" * 32).decode()),
        ("salt", ""),
        ("path", []),
    ],
)
def test_another_answer_is_not_proved(field: str, value: object, tmp_path: Path) -> None:
    proof = proved(tmp_path)
    proof["record"][field] = value
    assert check(tmp_path, proof) == 1


def test_another_entry_case_or_place_is_not_proved(tmp_path: Path) -> None:
    proof = proved(tmp_path)
    forged = release([bytes(32)])
    for change in (
        {"entry": base64.b64encode(forged).decode()},
        {"case": "C2"},
        {"log_proof": proof["log_proof"].replace("index 4", "index 3")},
        {"log_proof": ""},
    ):
        assert check(tmp_path, {**proof, **change}) == 1


def test_a_proof_of_a_fork_is_not_one_of_this(tmp_path: Path) -> None:
    """The same entry at the same place, in another log that the same key has signed."""
    proof = proved(tmp_path)
    entries = [*plain(4), base64.b64decode(proof["entry"]), entry(event="other", at="now")]
    write_log(tmp_path, [*entries, *plain(3)])
    assert check(tmp_path, proof) == 1


def test_a_proof_of_another_log_is_not_one_of_this(tmp_path: Path) -> None:
    proof = proved(tmp_path)
    write_log(tmp_path, plain(9))
    assert check(tmp_path, proof) == 1


@pytest.mark.parametrize("size", range(1, 40))
def test_roots_and_paths_are_the_rfcs(size: int) -> None:
    leaves = [bytes([n]) for n in range(size)]
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    assert merkle.root(merkle.levels(hashes)) == recursive_root(leaves)
    for index in range(size):
        path = recursive_path(index, leaves)
        assert merkle.root_from_path(hashes[index], index, size, path) == recursive_root(leaves)
        assert merkle.root_from_path(hashes[index], index, size, [*path, b""]) is None


def test_the_published_note_of_go_opens() -> None:
    # golang.org/x/mod/sumdb/note: the key; its text is no checkpoint, and is refused as such.
    key = VerifierKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    published = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqd"
        "ngotpRZb6KE6RyyBwJnAM=\n"
    ).encode()
    with pytest.raises(NotVerified, match="not origin, size and root"):
        open_checkpoint(published, key)
    with pytest.raises(NotVerified, match="signature is not"):
        open_checkpoint(published.replace(b"answer", b"anwser"), key)


def test_a_checkpoint_is_read() -> None:
    root = bytes(range(32))
    assert open_checkpoint(note(7, root), VerifierKey.parse(VKEY)) == Checkpoint(ORIGIN, 7, root)
