"""On what a site stands: its database, evidence and log, as narrowgate.toml names them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from narrowgate.errors import Conflict
from narrowgate.store import database
from narrowgate.store.buckets import Buckets, Endpoint
from narrowgate.store.store import open_store

_CHECKPOINT = "checkpoint"  # where one lies, a log stands (C2SP tlog-tiles)

_TOML = """\
[database]
url = {database}   # or postgresql://USER@HOST:PORT/NAME

[storage]
evidence = {evidence}       # sealed files of the cases; or s3://BUCKET/PREFIX
log = {log}                 # the log; or s3://BUCKET/PREFIX
snapshots = "snapshots"     # sealed loads of the register: a folder, read by memory map
"""


@dataclass(frozen=True, slots=True)
class Places:
    """`database`: an URL. `evidence`, `log`: folders, or s3://BUCKET/PREFIX, which is at `s3`."""

    database: str = "sqlite:///narrowgate.sqlite3"
    evidence: str = "evidence"
    log: str = "log"
    s3: Endpoint = field(default_factory=Endpoint)

    @classmethod
    def of(cls, database: Mapping[str, Any], storage: Mapping[str, Any]) -> Places:
        """Of the sections `database` and `storage`. Raises KeyError for what is missing, TypeError
        for what is not known in `storage.s3`.
        """
        return cls(
            database=str(database["url"]),
            evidence=str(storage["evidence"]),
            log=str(storage.get("log", USUAL.log)),
            s3=Endpoint(**storage.get("s3", {})),
        )

    def as_toml(self) -> str:
        """The sections. (A JSON string is a TOML string.)"""
        text = _TOML.format(
            database=json.dumps(self.database),
            evidence=json.dumps(self.evidence),
            log=json.dumps(self.log),
        )
        if self.s3 == Endpoint():
            return text
        given = asdict(self.s3)
        lines = [f"{name} = {json.dumps(value)}" for name, value in given.items()]
        return "\n".join([text, "[storage.s3]", *lines, ""])


USUAL = Places()


def places(database: str, evidence: str, log: str, endpoint: str, region: str) -> Places:
    """Places as `init` is told them. An endpoint that begins with http:// is meant so."""
    s3 = Endpoint(endpoint, region, allow_http=endpoint.startswith("http://"))
    return Places(database, evidence, log, s3)


def check_unused(places: Places, home: Path) -> None:
    """Raises Conflict where a log or a database stands already: a site is made upon nothing; and
    BadInput where the storage cannot keep a log from forking.
    """
    log = open_store(places.log, home, places.s3)
    if log.read(_CHECKPOINT) is not None:
        raise Conflict("a log stands there already", place=places.log)
    if isinstance(log, Buckets):
        log.check_conditions()
    if database.in_use(database.connect(places.database, home)):
        raise Conflict("the database is not empty", place="--database")
