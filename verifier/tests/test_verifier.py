"""The verifier against logs made by hand (by_hand.py): sound ones pass, no others do."""

import http.server
import json
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from by_hand import (
    AGREES,
    AT,
    FIRST,
    ORIGIN,
    SECOND,
    VKEY,
    b64,
    canonical,
    entry,
    note,
    plain,
    proof,
    recursive_path,
    recursive_root,
    story,
    write_log,
)

from narrowgate_verify import merkle
from narrowgate_verify.findings import NotVerified
from narrowgate_verify.main import main
from narrowgate_verify.notes import Checkpoint, VerifierKey, open_checkpoint


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    assert isinstance(left.value.code, int)
    return left.value.code


def found(capsys: pytest.CaptureFixture[str], *words: object) -> list[tuple[str, str]]:
    """Where and what of each finding."""
    capsys.readouterr()
    run(*words, "--json")
    said = json.loads(capsys.readouterr().out)
    return [(finding["where"], finding["what"]) for finding in said["findings"]]


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 700])
def test_a_sound_log_is_verified(size: int, tmp_path: Path) -> None:
    write_log(tmp_path, plain(size))
    assert run(tmp_path, "--key", VKEY) == 0


def test_a_sound_story_is_verified(tmp_path: Path) -> None:
    write_log(tmp_path, story())
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


def test_everything_that_is_wrong_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_log(tmp_path, plain(600))
    (tmp_path / "tile/1/000.p/2").unlink()
    (tmp_path / "tile/0/001").write_bytes(bytes(8192))
    (tmp_path / "tile/entries/000").write_bytes(b"")
    (tmp_path / "tile/x").write_bytes(b"")
    assert {where for where, _ in found(capsys, tmp_path, "--key", VKEY)} == {
        "tile/1/000.p/2", "tile/0/001", "tile/entries/000", "tile/x",
    }  # fmt: skip


def test_an_older_partial_tile_must_say_the_same(tmp_path: Path) -> None:
    write_log(tmp_path, plain(7))
    whole = (tmp_path / "tile/0/000.p/7").read_bytes()
    (tmp_path / "tile/0/000.p/5").write_bytes(whole[: 5 * 32])
    assert run(tmp_path, "--key", VKEY) == 0
    (tmp_path / "tile/0/000.p/5").write_bytes(whole[32 : 6 * 32])
    assert run(tmp_path, "--key", VKEY) == 1


def broken(index: int, **changes: Any) -> list[bytes]:
    entries = story()
    entries[index] = canonical({**json.loads(entries[index]), **changes})
    return entries


BAD: dict[str, list[bytes]] = {
    "not JSON": [*plain(1), b"not json"],
    "not canonical": [plain(1)[0].replace(b":1", b": 1", 1)],
    "no time": [canonical({"v": 1, "event": "agreement.ended"})],
    "another version": [plain(1)[0].replace(b'"v":1', b'"v":2')],
    "a field too many": [entry(event="snapshot.loaded", snapshot="s", people=1)],
    "deep": [b"[" * 60_000],
    "counts": story(counts={"records": 3, "refused": 1, "confirmed": 2, "not_confirmed": 1}),
    "negative": story(counts={"records": 3, "refused": 1, "confirmed": 3, "not_confirmed": -1}),
    "size": story(answers_size=4),
    "other refusals": story(
        counts={"records": 3, "refused": 2, "confirmed": 1, "not_confirmed": 0}
    ),
    "one officer twice": story(officers=[FIRST.signs({}), FIRST.signs({})]),
    "signed over something else": story(officers=[FIRST.signs({}), SECOND.signs({})]),
    "a stranger's release": story(officers=[AGREES.signs({}), SECOND.signs({})]),
    "another custodian's officers": broken(2, organisation="elsewhere"),
    "not a release officer": broken(2, roles=["signatory"]),
    "an adoption nobody signed": broken(5, signatures=[]),
    "an adoption of another text": broken(5, digest="sha256:00"),
    "released twice": [*story(), story()[-1]],
    "released before it was matched": [*story()[:9], story()[-1]],
    "received twice": [*story(), story()[7]],
    "screened without a receipt": [*story()[:7], *story()[8:]],
    "answered before the register was asked": broken(
        8, counts={"records": 3, "refused": 1, "open": 1, "confirmed": 1, "not_confirmed": 0,
                   "review": 0}
    ),
    "a register that was never loaded": [*story()[:6], *story()[7:]],
    "an agreement that was never adopted": [*story()[:5], *story()[6:]],
    "a site made twice": [story()[0], story()[0]],
    "a person added twice": [*story()[:2], story()[1]],
    "the revoked sign nothing": [
        *story()[:3],
        entry(event="person.revoked", person="first", key="k", since=AT, signatures=[
            AGREES.signs({"v": 1, "at": AT, "event": "person.revoked", "person": "first",
                          "key": "k", "since": AT})]),
        *story()[3:],
    ],
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_entries_that_say_what_cannot_be_are_found(case: str, tmp_path: Path) -> None:
    write_log(tmp_path, BAD[case])
    assert run(tmp_path, "--key", VKEY) == 1


def test_an_entry_of_an_unknown_kind_cannot_be_told(tmp_path: Path) -> None:
    write_log(tmp_path, [*story(), entry(event="moon.landed")])
    assert run(tmp_path, "--key", VKEY) == 3


def test_what_cannot_be_read_is_bad_input(tmp_path: Path) -> None:
    write_log(tmp_path, plain(1))
    assert run(tmp_path / "none", "--key", VKEY) == 3
    assert run(tmp_path, "--key", "no key") == 3
    assert run(tmp_path, "--key", VKEY, "--proof", tmp_path / "none") == 3
    assert run(tmp_path, "--key", VKEY, "--proof", tmp_path / "checkpoint") == 3
    assert run() == 2
    assert run("--key", VKEY) == 2


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
        (tmp_path / "tile/0/000.p/5").unlink()
        assert run(url, "--key", VKEY) == 1
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert run(url, "--key", VKEY) == 3


def test_a_log_continues_what_was_seen_or_is_a_fork(tmp_path: Path) -> None:
    entries = plain(300)
    seen = tmp_path / "seen"
    for size, expected in ((1, 0), (255, 0), (256, 0), (300, 0)):
        write_log(tmp_path / "log", entries)
        seen.write_bytes(note(size, recursive_root(entries[:size])))
        assert run(tmp_path / "log", "--key", VKEY, "--since", seen) == expected
    seen.write_bytes(note(200, recursive_root(entries[1:201])))
    assert run(tmp_path / "log", "--key", VKEY, "--since", seen) == 1
    seen.write_bytes(note(301, recursive_root(entries)))
    assert run(tmp_path / "log", "--key", VKEY, "--since", seen) == 1
    seen.write_bytes(note(200, recursive_root(entries[:200])).replace(b"\n200\n", b"\n201\n"))
    assert run(tmp_path / "log", "--key", VKEY, "--since", seen) == 1


def proved(tmp_path: Path) -> dict[str, Any]:
    entries = [*story(), *plain(2)]
    write_log(tmp_path, entries)
    return proof(entries, (tmp_path / "checkpoint").read_bytes())


def check(tmp_path: Path, document: dict[str, Any], *, alone: bool = False) -> int:
    (tmp_path / "proof.json").write_text(json.dumps(document))
    log = () if alone else (tmp_path,)
    return run(*log, "--key", VKEY, "--proof", tmp_path / "proof.json")


def test_one_answer_is_proved_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = proved(tmp_path)
    assert check(tmp_path, document) == 0
    assert check(tmp_path, {**document, "record": None}) == 0
    capsys.readouterr()
    run("--key", VKEY, "--proof", tmp_path / "proof.json", "--json")
    check(tmp_path, document, alone=True)
    said = capsys.readouterr().out
    assert '"record_id": "R1", "answer": "confirmed"' in said
    assert "CITY" not in said
    assert "signatory" in said


def changed(
    document: dict[str, Any], place: tuple[str | int, ...], value: object
) -> dict[str, Any]:
    made = json.loads(json.dumps(document))
    at = made
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value
    return made  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("record", "row"), 2),
        (("record", "answered", "fields", 0, "value"), "R3"),
        (("record", "answered", "fields", 1, "value"), "not_confirmed"),
        (("record", "answered", "fields", 1, "name"), "reasons"),
        (("record", "answered", "fields", 2, "value"), "tin.invalid"),
        (("record", "answered", "fields", 1, "salt"), b64(bytes(16))),
        (("record", "answered", "fields", 1, "salt"), ""),
        (("record", "answered", "path"), []),
        (("record", "asked", "fields", 0, "value"), "R2"),
        (("record", "asked", "fields", 1, "commitment"), b64(bytes(32))),
        (("record", "asked", "path", 0), b64(bytes(32))),
        (("case",), "C2"),
        (("entries", 3, "entry"), b64(plain(1)[0])),
        (("entries", 3, "proof"), ""),
        (("papers", "agreement"), b64(b"another")),
        (("papers", "manifest"), b64(b"{}")),
        (("papers",), None),
    ],
)
def test_another_proof_is_none(place: tuple[str | int, ...], value: object, tmp_path: Path) -> None:
    document = proved(tmp_path)
    assert check(tmp_path, changed(document, place, value)) == 1
    assert check(tmp_path, changed(document, place, value), alone=True) == 1


def test_a_proof_of_a_fork_is_not_one_of_this(tmp_path: Path) -> None:
    """The same entries at the same places, in another log that the same key has signed."""
    document = proved(tmp_path)
    write_log(tmp_path, [*story(), *plain(5)[2:]])
    assert check(tmp_path, document, alone=True) == 0
    assert check(tmp_path, document) == 1
    write_log(tmp_path, story())
    assert check(tmp_path, document) == 1


@pytest.mark.parametrize("size", range(1, 40))
def test_roots_and_paths_are_the_rfcs(size: int) -> None:
    leaves = [bytes([n]) for n in range(size)]
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    tree = merkle.levels(hashes)
    for old in range(size + 1):
        assert merkle.root(tree, old) == recursive_root(leaves[:old])
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
