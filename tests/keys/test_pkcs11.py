"""Keys in a module: a real SoftHSM token, with keys made in it."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pkcs11 as library
import pytest
from pkcs11.util.ec import encode_named_curve_parameters

from narrowgate.errors import BadInput, Internal
from narrowgate.gateway.rotation import rotate
from narrowgate.gateway.site import Site
from narrowgate.keys import jws, pkcs11
from narrowgate.keys.custody import custody, signer, unwrap, wrap
from narrowgate.keys.jwk import Key
from narrowgate.oversight.replay import replay
from narrowgate_verify.main import main
from world import NOW, World, person, record

MODULES = [Path(f"/usr/lib/{part}softhsm/libsofthsm2.so") for part in ("", "x86_64-linux-gnu/")]
MODULE = next((path for path in MODULES if path.exists()), None)
pytestmark = pytest.mark.skipif(MODULE is None, reason="needs SoftHSM (Debian: softhsm2)")


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file with the PIN of a token `gate`. The module reads its configuration once."""
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    (folder / "pin").write_text("2468\n")
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "gate", "--pin", "2468",
         "--so-pin", "1357"], check=True, capture_output=True,
    )  # fmt: skip
    _make_keys(str(MODULE))
    return folder / "pin"


def _make_keys(module: str) -> None:
    """As an administrator would, with the library alone."""
    opened: Any = library.lib(module).get_token(token_label="gate").open(user_pin="2468", rw=True)
    with opened as session:
        session.generate_key(library.KeyType.AES, 256, label="custody", id=b"\x01", store=True,
                             template={library.Attribute.EXTRACTABLE: False})  # fmt: skip
        for label, kind, name in (
            ("p256", library.KeyType.EC, "secp256r1"),
            ("ed", library.KeyType.EC_EDWARDS, "1.3.101.112"),
        ):
            parameters = session.create_domain_parameters(
                kind, {library.Attribute.EC_PARAMS: encode_named_curve_parameters(name)},
                local=True,
            )  # fmt: skip
            parameters.generate_keypair(label=label, store=True)


def uri(label: str, pin: Path) -> str:
    return f"pkcs11:token=gate;object={label}?module-path={MODULE}&pin-source=file:{pin}"


@pytest.mark.parametrize("label", ["p256", "ed"])
def test_a_key_in_a_module_signs_as_one_in_a_file_does(label: str, token: Path) -> None:
    key = signer(uri(label, token))
    assert key.private_bytes is None
    public = Key.of(key.public().as_json())
    assert public.verify(key.sign(b"data"), b"data")
    assert not public.verify(key.sign(b"data"), b"date")
    (signature,) = jws.parse(json.dumps(jws.sign(b"{}", [key])).encode()).signatures
    assert signature.verified_by(public)
    assert key.thumbprint == public.thumbprint


def test_a_wrapping_key_in_a_module(token: Path, tmp_path: Path) -> None:
    held = custody(uri("custody", token), tmp_path)
    wrapped = wrap(held, bytes(range(32)))
    assert unwrap(held, wrapped, "x") == bytes(range(32))
    assert wrap(held, bytes(range(32))) != wrapped
    for place in (0, 12, len(wrapped) - 1, len(wrapped) - 20):
        broken = bytearray(wrapped)
        broken[place] ^= 1
        with pytest.raises(Internal):
            unwrap(held, bytes(broken), "x")


@pytest.mark.parametrize(
    "name",
    [
        "pkcs11:object=custody",
        "pkcs11:token=gate",
        "pkcs11:token=gate;object=none?module-path=MODULE&pin-source=file:PIN",
        "pkcs11:token=none;object=custody?module-path=MODULE&pin-source=file:PIN",
        "pkcs11:token=gate;object=custody?module-path=MODULE&pin-value=2468",
        "pkcs11:token=gate;object=custody;colour=red?module-path=MODULE",
    ],
)
def test_what_cannot_be_used_is_named_without_the_pin(name: str, token: Path) -> None:
    with pytest.raises(BadInput) as raised:
        custody(name.replace("MODULE", str(MODULE)).replace("PIN", str(token)), token.parent)
    assert "2468" not in str(raised.value)


def test_without_a_pin_nothing_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"pkcs11:token=gate;object=custody?module-path={MODULE}"
    monkeypatch.delenv("NARROWGATE_PIN", raising=False)
    for text in (name, f"{name}&pin-source=file:/none"):
        with pytest.raises(BadInput, match="PIN"):
            pkcs11.Uri.parse(text).pin()
    monkeypatch.setenv("NARROWGATE_PIN", "2468")
    assert pkcs11.Uri.parse(name).pin() == "2468"


def test_a_site_with_its_keys_in_a_module(token: Path, tmp_path: Path) -> None:
    world = World(tmp_path, people=[person(n) for n in range(4)])
    before = world.process([record(0)]).case
    officers = [world.key("agreement-officer-1"), world.key("agreement-officer-2")]
    assert rotate(world.site, uri("custody", token), officers) == 2
    (world.site.home / "keys/custody.jwk").unlink()
    world.site = Site(world.site.home, clock=lambda: NOW)
    after = world.process([record(1)]).case
    for case in (before, after):
        world.release(case)
        assert replay(world.site, case).same
        assert [row["answer"] for row in world.answers(case)] == ["confirmed"]


def test_a_log_signed_by_a_module(token: Path, tmp_path: Path) -> None:
    world = World(tmp_path / "world", people=[person(0)])
    config = world.site.home / "narrowgate.toml"
    text = config.read_text().replace('"keys/answers.jwk"', f'"{uri("ed", token)}"')
    config.write_text(text)
    site = Site(world.site.home, clock=lambda: NOW)
    assert site.key("answers").curve == "Ed25519"
    assert site.key("answers").verify(site.key("answers").sign(b"x"), b"x")
    with pytest.raises(SystemExit) as left:
        main([str(site.home / "log"), "--key", site.vkey])
    assert left.value.code == 0
