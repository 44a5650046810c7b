"""JWS in the general JSON serialization, held against another implementation both ways."""

import json
import warnings

import pytest
from joserfc import jws as other
from joserfc.jwk import ECKey, KeySet, OKPKey

from narrowgate.canonical import canonical
from narrowgate.errors import BadInput
from narrowgate.keys import jws
from narrowgate.keys.jwk import Key

PAYLOAD = canonical({"request_id": "x"})


def theirs(key: Key) -> OKPKey | ECKey:
    kind = OKPKey if key.curve == "Ed25519" else ECKey
    return kind.import_key({**key.as_json(), "kid": key.thumbprint})  # type: ignore[dict-item]


@pytest.mark.parametrize("curve", ["Ed25519", "P-256"])
def test_another_library_verifies_what_we_sign(curve: str) -> None:
    key = Key.generate(curve)  # type: ignore[arg-type]
    signed = jws.sign(PAYLOAD, [key, Key.generate("Ed25519")])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        signed["signatures"] = signed["signatures"][:1]  # type: ignore[index]
        found = other.deserialize_json(
            signed,
            KeySet([theirs(key)]),
            algorithms=["EdDSA", "ES256"],  # type: ignore[arg-type]
        )
    assert found.payload == PAYLOAD


@pytest.mark.parametrize(
    ("curve", "alg"), [("Ed25519", "EdDSA"), ("Ed25519", "Ed25519"), ("P-256", "ES256")]
)
@pytest.mark.parametrize("kid", [True, False])
def test_we_verify_what_another_library_signs(curve: str, alg: str, kid: bool) -> None:
    key = Key.generate(curve)  # type: ignore[arg-type]
    header = {"alg": alg, **({"kid": key.thumbprint} if kid else {})}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        signed = other.serialize_json(
            [{"protected": header}], PAYLOAD, theirs(key), algorithms=[alg]
        )
    found = jws.parse(json.dumps(signed).encode())
    assert found.payload == PAYLOAD
    assert [one.verified_by(key) for one in found.signatures] == [True]
    assert found.signatures[0].kid == (key.thumbprint if kid else None)


def test_two_sign_one_payload() -> None:
    one, two = Key.generate("Ed25519"), Key.generate("P-256")
    found = jws.parse(json.dumps(jws.sign(PAYLOAD, [one, two])).encode())
    assert [[s.verified_by(k) for k in (one, two)] for s in found.signatures] == [
        [True, False],
        [False, True],
    ]


def altered(change: dict[str, object], header: dict[str, object] | None = None) -> jws.Jws:
    signed = jws.sign(PAYLOAD, [KEY])
    signature = signed["signatures"][0]  # type: ignore[index]
    if header is not None:
        signature["protected"] = jws._b64(canonical(header))  # type: ignore[index,arg-type,call-overload]
    return jws.parse(json.dumps({**signed, **change}).encode())


KEY = Key.generate("Ed25519")


def test_a_changed_payload_is_found() -> None:
    other_payload = jws.sign(b"{}", [])["payload"]
    assert not altered({"payload": other_payload}).signatures[0].verified_by(KEY)


@pytest.mark.parametrize(
    "header",
    [{"alg": "none"}, {"alg": "HS256"}, {"alg": "ES256"}, {"alg": "EdDSA", "crit": ["x"]}],
)
def test_other_algorithms_and_critical_headers_are_nobodys(header: dict[str, object]) -> None:
    assert not altered({}, header).signatures[0].verified_by(KEY)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"payload": "e30"}',
        b'{"payload": "e30", "payload": "e30", "signatures": []}',
        b'{"payload": "e30", "signatures": [{}]}',
        b'{"payload": "!!", "signatures": []}',
        b'{"payload": "e30", "signatures": [{"protected": "e30", "signature": ""}]}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_jws_is_bad_input(data: bytes) -> None:
    with pytest.raises(BadInput):
        jws.parse(data)
