"""A site: the only wiring. Configuration, keys, files, database and log are joined here."""

from __future__ import annotations

import contextlib
import secrets
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from narrowgate import __version__, clock
from narrowgate.case.evidence import Evidence
from narrowgate.case.keyring import Keyring
from narrowgate.errors import BadInput, Conflict, NotFound
from narrowgate.gateway.places import USUAL, Places, check_unused
from narrowgate.gateway.waiting import Waiting
from narrowgate.keys.custody import custody, signer, site_key
from narrowgate.keys.jwk import Key
from narrowgate.keys.veil import KeyedVeil
from narrowgate.ledger.log import Log
from narrowgate.ledger.note import verifier_key
from narrowgate.people.directory import Directory, Person
from narrowgate.people.roles import Role
from narrowgate.store import database, reading
from narrowgate.store.files import Files
from narrowgate.store.locks import Held, site_lock
from narrowgate.store.store import open_store

CONFIG = "narrowgate.toml"
REGISTER = "register"
"""The folder of the evidence in which the key of the snapshots lies."""
SOFTWARE = f"narrowgate {__version__}"

_TEMPLATE = """\
# A narrowgate site. Paths are relative to this file.

[site]
custodian = "{custodian}"          # organisation id, as agreements name it
origin = "{origin}"    # name of the log and of its key: a host and path that the custodian owns

{places}
[keys]
log = "keys/log.jwk"                 # Ed25519, signs checkpoints; or a pkcs11: URI
answers = "keys/answers.jwk"         # Ed25519, signs answer manifests; or pkcs11:
custody = "keys/custody.jwk"         # 256 bits, wraps the keys of cases; or pkcs11:
pseudonyms = "keys/pseudonyms.jwk"   # 256 bits, keys the counting of attempts
"""


@dataclass(frozen=True, slots=True)
class Config:
    """narrowgate.toml, read."""

    custodian: str
    origin: str
    places: Places
    snapshots: Path
    keys: dict[str, str]


class Site:
    """An open site. `clock` is handed in, so that nothing below reads the time by itself."""

    def __init__(self, home: Path, *, clock: clock.Clock = clock.now) -> None:
        self.home, self.clock = home, clock
        self.config = _read_config(home)
        self.files = Files(home)
        places = self.config.places
        self.log_store = open_store(places.log, home, places.s3)
        evidence = open_store(places.evidence, home, places.s3)
        self.custody = custody(self.config.keys["custody"], home)
        self.keyring = Keyring(evidence, self.custody)
        self.evidence = Evidence(evidence, self.keyring)
        self.db = database.connect(places.database, home)
        self._lock = site_lock(self.files, self.db)
        self.waiting = Waiting()

    @classmethod
    def create(
        cls,
        home: Path,
        *,
        custodian: str,
        origin: str,
        clock: clock.Clock,
        places: Places = USUAL,
    ) -> Site:
        """Make a site in an empty folder. Raises Conflict where one stands already, also where its
        log or its database does.
        """
        if (home / CONFIG).exists():
            raise Conflict("a site stands here already", place=str(home))
        home.mkdir(parents=True, exist_ok=True)
        check_unused(places, home)
        files = Files(home)
        for name in ("log", "answers"):
            Key.generate("Ed25519", kid=f"{origin}#{name}").write(home / f"keys/{name}.jwk")
        for name in ("custody", "pseudonyms"):
            Key.generate("oct", kid=f"{origin}#{name}").write(home / f"keys/{name}.jwk")
        Key.read(home / "keys/answers.jwk").public().write(home / "answers-key.jwk")
        config = _TEMPLATE.format(custodian=custodian, origin=origin, places=places.as_toml())
        files.write(CONFIG, config.encode())
        site = cls(home, clock=clock)
        vkey = (site.vkey + "\n").encode()
        files.write("log/vkey", vkey)
        site.log_store.write("vkey", vkey)
        site.keyring.make(REGISTER)
        database.migrate(site.db)
        return site

    def key(self, name: str) -> Key:
        """One of the site's own signing keys."""
        return site_key(self.config.keys[name], self.home)

    @property
    def pseudonyms_key(self) -> bytes:
        """32 bytes that key the counting of attempts."""
        return Key.read(self.home / self.config.keys["pseudonyms"]).secret

    def check_custody(self) -> None:
        """Raise Conflict where narrowgate.toml names another custody key by now."""
        if _read_config(self.home).keys["custody"] != self.config.keys["custody"]:
            raise Conflict(
                "the site's custody key was changed meanwhile",
                mend="Do it again: nothing was done.",
            )

    @property
    def vkey(self) -> str:
        """The log's verifier key, as a signed note's reader wants it."""
        return verifier_key(self.config.origin, self.key("log"))

    @cached_property
    def log(self) -> Log:
        """The log of this site."""
        writer = Held(self.log_store, self._lock)
        return Log(self.log_store, writer, self.key("log"), self.config.origin)

    @cached_property
    def veil(self) -> KeyedVeil:
        """What hides the fields of entries that only the custodian may read."""
        return KeyedVeil(self.pseudonyms_key)

    @property
    def snapshot_key(self) -> bytes:
        """32 bytes that seal snapshots."""
        return self.keyring.key(REGISTER)

    @property
    def directory(self) -> Directory:
        """Everybody known here."""
        return Directory(
            Person(
                row.id,
                row.organisation,
                frozenset(Role(role) for role in row.roles),
                Key.of(dict(row.key)),
                row.since,
                row.revoked_at,
            )
            for row in reading.people(self.db)
        )

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the site's one write lock (store/locks.py). While another holds it, wait."""
        with self._lock.held():
            yield

    def new_case_id(self) -> str:
        """A fresh case number: C, the day, six characters by chance."""
        letters = "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTUVWXYZ") for _ in range(6))
        return f"C{self.clock():%Y%m%d}-{letters}"


def signers(names: Sequence[str]) -> list[Key]:
    """The keys that --key names: JWK files or pkcs11: URIs. Raises BadInput."""
    return [signer(name) for name in names]


def _read_config(home: Path) -> Config:
    path = home / CONFIG
    if not path.exists():
        raise NotFound(
            "there is no site here",
            place=str(home),
            mend="Make one with `narrowgate init`, or name it with --home or NARROWGATE_HOME.",
        )
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        return Config(
            custodian=str(raw["site"]["custodian"]),
            origin=str(raw["site"]["origin"]),
            places=Places.of(raw["database"], raw["storage"]),
            snapshots=home / raw["storage"]["snapshots"],
            keys={
                name: str(raw["keys"][name]) for name in ("log", "answers", "custody", "pseudonyms")
            },
        )
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"not TOML: {error}", place=str(path)) from None
    except KeyError as error:
        raise BadInput(f"the setting {error} is missing", place=str(path)) from None
    except TypeError:
        raise BadInput("a setting that is not known", place=f"{path}, storage.s3") from None
