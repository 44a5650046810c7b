"""Signed notes against the example that Go's sumdb/note publishes."""

import pytest

from narrowgate.keys.jwk import Key
from narrowgate.ledger.note import open_note, read_verifier_key, sign_note, verifier_key

# golang.org/x/mod/sumdb/note, package documentation.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqd"
    "ngotpRZb6KE6RyyBwJnAM=\n"
).encode()


def verify(public: bytes, signature: bytes, data: bytes) -> bool:
    return Key("Ed25519", public, None).verify(signature, data)


def test_the_published_note_opens_under_the_published_key() -> None:
    key = read_verifier_key(VKEY)
    assert open_note(NOTE, key, verify).startswith("If you think")


@pytest.mark.parametrize("place", range(0, len(NOTE), 7))
def test_a_changed_byte_is_found(place: int) -> None:
    broken = bytearray(NOTE)
    broken[place] ^= 0x01
    with pytest.raises(ValueError, match=r"note|line|UTF-8"):
        open_note(bytes(broken), read_verifier_key(VKEY), verify)


def test_our_own_notes_open_under_our_own_vkey() -> None:
    key = Key.generate("Ed25519")
    vkey = read_verifier_key(verifier_key("a.example/log", key))
    note = sign_note("text\n", "a.example/log", key)
    assert open_note(note, vkey, verify) == "text\n"
    with pytest.raises(ValueError, match="not signed by this key"):
        open_note(note, read_verifier_key(VKEY), verify)


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_names_that_no_reader_could_parse_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        verifier_key(name, Key.generate("Ed25519"))
