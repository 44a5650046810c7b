"""Keys in a hardware module (PKCS#11), named by an RFC 7512 URI.

    pkcs11:token=NAME;object=LABEL?module-path=/path/to/module.so&pin-source=file:/path/to/pin

`id=%01` may stand for or beside `object`. The PIN is read from pin-source, else from the variable
NARROWGATE_PIN of the environment; in the URI itself (`pin-value`) it would be in every list of
processes, and is refused. NARROWGATE_PKCS11_MODULE serves where the URI has no module-path.

Signing keys are Ed25519 (CKM_EDDSA) or P-256 (CKM_ECDSA over SHA-256, r || s as ES256 wants it).
The wrapping key is an AES-256 key that never leaves the module; keys are wrapped by AES-GCM with a
random 96-bit nonce (CKM_AES_GCM), because modules wrap by CKM_AES_KEY_WRAP only what lies in them.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, unquote_to_bytes

from narrowgate.errors import BadInput, Internal
from narrowgate.keys.jwk import Key

_NONCE, _TAG = 12, 16
_ED25519, _P256 = b"\x04\x20", b"\x04\x41\x04"
_KNOWN = {"token", "object", "id", "type"}
_LOCK = threading.Lock()
_SESSIONS: dict[tuple[str, str], Any] = {}


@dataclass(frozen=True, slots=True)
class Uri:
    """An RFC 7512 URI, as far as it is used here."""

    token: str
    object: str | None
    id: bytes | None
    module: str
    pin_source: str | None

    @classmethod
    def parse(cls, text: str) -> Uri:
        """Raises BadInput for what is none, or says more or less than is used."""
        path, _, query = text.removeprefix("pkcs11:").partition("?")
        parts = dict(each.split("=", 1) for each in path.split(";") if "=" in each)
        asked = {name: values[-1] for name, values in parse_qs(query).items()}
        module = asked.get("module-path") or os.environ.get("NARROWGATE_PKCS11_MODULE", "")
        unknown = (set(parts) - _KNOWN) | (set(asked) - {"module-path", "pin-source"})
        if unknown or "token" not in parts or not {"object", "id"} & set(parts) or not module:
            raise BadInput(
                "not the name of a key in a module"
                + (f": {', '.join(sorted(unknown))} is not taken" if unknown else ""),
                place=path,
                mend="pkcs11:token=NAME;object=LABEL?module-path=FILE&pin-source=file:FILE",
            )
        return cls(
            unquote(parts["token"]),
            unquote(parts["object"]) if "object" in parts else None,
            unquote_to_bytes(parts["id"]) if "id" in parts else None,
            module,
            asked.get("pin-source"),
        )

    @property
    def place(self) -> str:
        """For messages: no PIN and no path of one."""
        return f"pkcs11:token={self.token}"

    def pin(self) -> str:
        """Raises BadInput where there is none."""
        if self.pin_source is not None:
            path = Path(self.pin_source.removeprefix("file:"))
            try:
                return path.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                raise BadInput("the file with the PIN cannot be read", place=self.place) from None
        pin = os.environ.get("NARROWGATE_PIN")
        if pin is None:
            raise BadInput(
                "the module wants a PIN",
                place=self.place,
                mend="Name a file by pin-source=file:..., or set NARROWGATE_PIN.",
            )
        return pin


@dataclass(frozen=True)
class TokenKey(Key):
    """A signing key in a module: it has no private bytes, and signs all the same."""

    signing: Callable[[bytes], bytes] = field(repr=False, compare=False, default=lambda data: b"")

    def sign(self, data: bytes) -> bytes:
        """64 bytes: Ed25519, or ES256 as r || s. Raises Internal where the module fails."""
        return self.signing(data)


def token_key(name: str) -> TokenKey:
    """The signing key that a URI names. Raises BadInput where there is none that can be used."""
    uri = Uri.parse(name)
    library = _library()
    kinds = library.KeyType
    public = _object(uri, library.ObjectClass.PUBLIC_KEY)
    private = _object(uri, library.ObjectClass.PRIVATE_KEY)
    kind = private[library.Attribute.KEY_TYPE]
    point = bytes(public[library.Attribute.EC_POINT])
    if kind == kinds.EC_EDWARDS and point.startswith(_ED25519):
        mechanism, digest, raw, curve = library.Mechanism.EDDSA, False, point[2:], "Ed25519"
    elif kind == kinds.EC and point.startswith(_P256):
        mechanism, digest, raw, curve = library.Mechanism.ECDSA, True, point[3:], "P-256"
    else:
        raise BadInput("a signing key is Ed25519 or P-256", place=uri.place)

    def sign(data: bytes) -> bytes:
        over = hashlib.sha256(data).digest() if digest else data
        with _LOCK, _faults(uri):
            return bytes(private.sign(over, mechanism=mechanism))

    label = uri.object or ""
    return TokenKey(curve, raw, None, label, signing=sign)  # type: ignore[arg-type]


class TokenCustody:
    """A wrapping key in a module."""

    def __init__(self, name: str) -> None:
        self._uri = Uri.parse(name)
        library = _library()
        self._mechanism = library.Mechanism.AES_GCM
        self._key = _object(self._uri, library.ObjectClass.SECRET_KEY)
        named = f"{self._uri.token}/{self._uri.object or ''}/{(self._uri.id or b'').hex()}"
        self.id = f"pkcs11-{hashlib.sha256(named.encode()).hexdigest()[:20]}"

    def wrap_bare(self, key: bytes) -> bytes:
        """Nonce, ciphertext, tag."""
        nonce = secrets.token_bytes(_NONCE)
        with _LOCK, _faults(self._uri):
            return nonce + bytes(self._key.encrypt(key, **self._how(nonce)))

    def unwrap_bare(self, wrapped: bytes) -> bytes:
        """Raises Internal for a changed bit, or another key of that name."""
        with _LOCK, _faults(self._uri):
            opened = self._key.decrypt(wrapped[_NONCE:], **self._how(wrapped[:_NONCE]))
        return bytes(opened)

    def _how(self, nonce: bytes) -> dict[str, Any]:
        from pkcs11 import GCMParams  # noqa: PLC0415

        params = GCMParams(nonce, b"narrowgate custody 1", _TAG * 8)
        return {"mechanism": self._mechanism, "mechanism_param": params}


def _library() -> Any:
    try:
        import pkcs11  # noqa: PLC0415  (an extra: most sites have no module)
    except ImportError:
        raise BadInput(
            "keys in a module need a library that is not installed",
            place="pkcs11:",
            mend="Install narrowgate[pkcs11].",
        ) from None
    return pkcs11


def _session(uri: Uri) -> Any:
    """One open session a token and process."""
    known = (uri.module, uri.token)
    with _LOCK:
        if known not in _SESSIONS:
            library = _library()
            with _faults(uri):
                token = library.lib(uri.module).get_token(token_label=uri.token)
                _SESSIONS[known] = token.open(user_pin=uri.pin())
        return _SESSIONS[known]


def _object(uri: Uri, kind: Any) -> Any:
    with _faults(uri):
        return _session(uri).get_key(object_class=kind, label=uri.object, id=uri.id)


class _faults:  # noqa: N801  (a context manager, used like a function)
    """Turns the module's errors into ours; they never quote anything."""

    def __init__(self, uri: Uri) -> None:
        self._uri = uri

    def __enter__(self) -> None:
        """Nothing."""

    def __exit__(self, kind: Any, error: BaseException | None, trace: object) -> None:
        library = _library()
        named = (library.exceptions.NoSuchKey, library.exceptions.NoSuchToken)
        if isinstance(error, named):
            raise BadInput("the module has no such token or key", place=self._uri.place) from None
        if isinstance(error, library.exceptions.PKCS11Error | RuntimeError):
            raise Internal(
                f"the module did not do it ({type(error).__name__})", place=self._uri.place
            ) from None
