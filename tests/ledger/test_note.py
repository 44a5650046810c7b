"""Signed notes against the example that Go's sumdb/note publishes."""

import base64

import pytest

from narrowgate.keys.jwk import Key
from narrowgate.ledger.note import open_note, sign_note, verifier_key

# golang.org/x/mod/sumdb/note, package documentation.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqd"
    "ngotpRZb6KE6RyyBwJnAM=\n"
).encode()


NEUMANN = Key("Ed25519", base64.b64decode(VKEY.rpartition("+")[2])[1:], None)


def test_the_published_key_is_written_as_published() -> None:
    assert verifier_key("PeterNeumann", NEUMANN) == VKEY


def test_the_published_note_opens_under_the_published_key() -> None:
    assert open_note(NOTE, "PeterNeumann", NEUMANN).startswith("If you think")


@pytest.mark.parametrize("bit", range(8))
def test_any_changed_bit_is_found(bit: int) -> None:
    for place in range(len(NOTE)):
        broken = bytearray(NOTE)
        broken[place] ^= 1 << bit
        with pytest.raises(ValueError, match=r"note|line|UTF-8|ase64"):
            open_note(bytes(broken), "PeterNeumann", NEUMANN)


def test_our_own_notes_open_under_our_own_key_and_name_only() -> None:
    key = Key.generate("Ed25519")
    note = sign_note("text\n", "a.example/log", key)
    assert open_note(note, "a.example/log", key.public()) == "text\n"
    for name, other in (("a.example/log", NEUMANN), ("b.example/log", key)):
        with pytest.raises(ValueError, match="not signed by this key"):
            open_note(note, name, other)


def test_lines_of_other_keys_are_passed_over_but_none_of_ones_own_may_fail() -> None:
    key, witness = Key.generate("Ed25519"), Key.generate("Ed25519")
    note = sign_note("text\n", "a.example/log", key)
    line = sign_note("text\n", "w.example", witness).decode().splitlines(keepends=True)[-1]
    assert open_note(note + line.encode(), "a.example/log", key) == "text\n"
    forged = sign_note("other\n", "a.example/log", key).decode().splitlines(keepends=True)[-1]
    with pytest.raises(ValueError, match="not signed by this key"):
        open_note(note + forged.encode(), "a.example/log", key)


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_names_that_no_reader_could_parse_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        verifier_key(name, Key.generate("Ed25519"))
