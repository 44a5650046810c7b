"""S3-compatible storage, seen as a folder: the counterpart of files.py.

S3 answers a PUT when the object is durable, shows the old object or the new one and never half of
one, and reads what was written last. What a file system's lock and rename give, the condition of a
PUT gives here: `If-Match` with the ETag that was read, or `If-None-Match: *`.

Credentials come from the environment (AWS_ACCESS_KEY_ID and its kin, or the machine's role), never
from narrowgate.toml. No message shows a request, a header or a server's answer.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from narrowgate.errors import BadInput, Conflict, Internal, Uncertain

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config, S3Store

RETRIES = 4  # of a request that the server could not answer, within the time below
RETRY_WITHIN = timedelta(seconds=60)
REQUEST_TAKES = timedelta(minutes=10)  # a sealed file of 700,000 records over a slow line


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where S3 is: `[storage.s3]` of narrowgate.toml. Empty `endpoint`: Amazon's own, by region."""

    endpoint: str = ""
    region: str = ""
    path_style: bool = True
    allow_http: bool = False


class Buckets:
    """A prefix of a bucket, seen as names (with `/`) to bytes: a `store.Store`."""

    def __init__(self, store: S3Store, url: str) -> None:
        self._store, self._url = store, url

    @classmethod
    def open(cls, url: str, at: Endpoint) -> Buckets:
        """The prefix that `s3://BUCKET/PREFIX` names; asks the server nothing. Raises BadInput."""
        parts = urlsplit(url)
        prefix = parts.path.strip("/")
        if parts.scheme != "s3" or not parts.hostname or parts.netloc != parts.hostname:
            raise BadInput("not of the form s3://BUCKET/PREFIX", place="narrowgate.toml, storage")
        settings: S3Config = {"virtual_hosted_style_request": not at.path_style}
        if at.endpoint:
            settings["endpoint"] = at.endpoint
        if at.region:
            settings["region"] = at.region
        options: ClientConfig = {"timeout": REQUEST_TAKES, "connect_timeout": "10s"}
        if at.allow_http:
            options["allow_http"] = True
        store = _s3()(
            parts.hostname,
            prefix=prefix or None,
            config=settings,
            client_options=options,
            retry_config={"max_retries": RETRIES, "retry_timeout": RETRY_WITHIN},
        )
        return cls(store, f"s3://{parts.hostname}/{prefix}".rstrip("/"))

    def read(self, name: str) -> bytes | None:
        """The bytes under `name`, None where there are none. Raises Internal."""
        found = self._get(name)
        return None if found is None else found[0]

    def write(self, name: str, data: bytes) -> None:
        """Put `data` under `name`, durable when this returns; replaces what stood there."""
        with self._faults(name):
            self._store.put(name, data, use_multipart=False)

    def replace(self, name: str, data: bytes, expected: bytes | None) -> None:
        """Like `write`, but only over the bytes `expected` (None: over nothing).

        Raises Conflict where other bytes stand by now. An answer that was lost says nothing of
        what was done, and a request that was sent again meets its own first sending: so after any
        fault what stands is read. `data` stands: done. Anything else but `expected`: Conflict. Else
        Uncertain: the PUT may still arrive late, unless another comes first and ends its condition.
        """
        found = self._get(name)
        if (found and found[0]) != expected:
            raise _changed(name)
        mode: Any = "create" if found is None else {"e_tag": found[1]}
        try:
            self._store.put(name, data, use_multipart=False, mode=mode)
        except _errors():
            stands = self._after(name)
            if stands == data:
                return
            if stands != expected:
                raise _changed(name) from None
            raise _uncertain(self._place(name)) from None

    def check_conditions(self) -> None:
        """Raises BadInput where the server overlooks the conditions of a PUT: `replace` rests on
        them. Asked with a file of its own, which is gone afterwards.
        """
        name = f"condition-{secrets.token_hex(8)}"
        self.write(name, b"first")
        wrong: tuple[Any, ...] = ("create", {"e_tag": '"00000000000000000000000000000000"'})
        for mode in wrong:
            with contextlib.suppress(*_errors()):
                self._store.put(name, b"second", use_multipart=False, mode=mode)
        kept = self.read(name)
        self.delete(name)
        if kept != b"first":
            raise BadInput(
                "this storage overlooks If-Match or If-None-Match of a PUT: a log could fork on it",
                place=self._url,
                mend="Take a storage that honours both, or keep the log in a folder.",
            )

    def delete(self, name: str) -> None:
        """Remove `name` if it is there."""
        with self._faults(name), contextlib.suppress(FileNotFoundError):
            self._store.delete(name)

    def names(self, folder: str) -> list[str]:
        """Names of what lies directly in `folder`, in order."""
        with self._faults(folder):
            found = self._store.list_with_delimiter(f"{folder}/")["objects"]
        return sorted(meta["path"].rpartition("/")[2] for meta in found)

    def clear(self, folder: str) -> None:
        """Remove everything under `folder`."""
        with self._faults(folder):
            found = [meta["path"] for batch in self._store.list(f"{folder}/") for meta in batch]
        for path in found:
            self.delete(path)

    def _get(self, name: str) -> tuple[bytes, str] | None:
        """The bytes and their ETag."""
        with self._faults(name):
            try:
                answer = self._store.get(name)
                return bytes(answer.bytes()), str(answer.meta["e_tag"])
            except FileNotFoundError:
                return None

    def _after(self, name: str) -> bytes | None:
        try:
            return self.read(name)
        except Internal:
            raise _uncertain(self._place(name)) from None

    def _place(self, name: str) -> str:
        return f"{self._url}/{name}"

    @contextlib.contextmanager
    def _faults(self, name: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except _errors() as error:
            raise Internal(
                f"the storage did not do it ({type(error).__name__})",
                place=self._place(name),
                mend="Mend the storage or its credentials, then `narrowgate case resume`.",
            ) from None


def _s3() -> type[S3Store]:
    try:
        from obstore.store import S3Store  # noqa: PLC0415  (an extra: sites on files lack it)
    except ImportError:
        raise BadInput(
            "S3 storage needs a client that is not installed",
            place="narrowgate.toml, storage",
            mend="Install narrowgate[s3].",
        ) from None
    return S3Store


def _errors() -> tuple[type[Exception], ...]:
    from obstore.exceptions import BaseError  # noqa: PLC0415

    # The client raises Python's own for some faults.
    return (BaseError, OSError, ValueError)


def _changed(name: str) -> Conflict:
    return Conflict("it was changed by another process meanwhile", place=name)


def _uncertain(place: str) -> Uncertain:
    return Uncertain(
        "the storage did not say whether it was written",
        place=place,
        mend="Nothing was answered. When the storage is back, `narrowgate case resume` goes on.",
    )
