"""Keys are read strictly and sign as RFC 8032 and RFC 7518 say."""

import base64
import json
from pathlib import Path

import pytest

from narrowgate.errors import BadInput
from narrowgate.keys.custody import signer
from narrowgate.keys.jwk import Key

# RFC 8037 appendix A.1 to A.3: key and its thumbprint.
RFC8037 = {
    "kty": "OKP",
    "crv": "Ed25519",
    "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}


def test_the_rfcs_key_has_the_rfcs_thumbprint() -> None:
    key = Key.of(dict(RFC8037))
    assert key.thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert key.public().thumbprint == key.thumbprint


def test_the_rfcs_signature_is_made() -> None:
    # RFC 8037 appendix A.4.
    signed = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    expected = (
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )
    signature = Key.of(dict(RFC8037)).sign(signed)
    assert base64.urlsafe_b64encode(signature).rstrip(b"=").decode() == expected


@pytest.mark.parametrize("curve", ["Ed25519", "P-256"])
def test_a_key_reads_back_and_verifies_its_own_signatures_only(curve: str, tmp_path: Path) -> None:
    key = Key.generate(curve, kid="k")  # type: ignore[arg-type]
    key.write(tmp_path / "k.jwk")
    again = Key.read(tmp_path / "k.jwk")
    assert again == key
    assert (tmp_path / "k.jwk").stat().st_mode & 0o077 == 0
    signature = again.sign(b"data")
    assert key.public().verify(signature, b"data")
    assert not key.verify(signature, b"other")
    assert not Key.generate(curve).verify(signature, b"data")  # type: ignore[arg-type]
    flipped = bytes([signature[0] ^ 1]) + signature[1:]
    assert not key.verify(flipped, b"data")
    assert not key.verify(signature + b"\0", b"data")


def test_the_public_half_cannot_sign() -> None:
    with pytest.raises(BadInput):
        Key.generate("Ed25519").public().sign(b"")


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "RSA"},
        {**RFC8037, "x": "AAAA"},
        {**RFC8037, "x": RFC8037["x"][::-1]},
        {**RFC8037, "crv": "X25519"},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"},
    ],
)
def test_what_is_no_key_is_named_by_its_file(jwk: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "x.jwk"
    path.write_text(json.dumps(jwk))
    with pytest.raises(BadInput) as caught:
        Key.read(path)
    assert caught.value.place == str(path)


def test_what_cannot_sign_is_refused_at_the_option(tmp_path: Path) -> None:
    Key.generate("Ed25519").public().write(tmp_path / "public.jwk")
    Key.generate("oct").write(tmp_path / "secret.jwk")
    for name in (tmp_path / "public.jwk", tmp_path / "secret.jwk", tmp_path / "none.jwk"):
        with pytest.raises(BadInput):
            signer(str(name))
    with pytest.raises(BadInput):
        signer("pkcs11:token=x?pin-value=1234")


def test_a_name_that_a_database_cannot_hold_is_no_name() -> None:
    jwk = {**Key.generate("Ed25519").as_json(), "kid": "a\x00b"}
    with pytest.raises(BadInput):
        Key.of(jwk)
