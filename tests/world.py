"""A test world: a custodian's site, an agency that asks, a small register, all of it real.

One line changes one thing: `world.request(records, sign_with=["outsider"])`. Manifests are signed
here by hand, not by `request pack`, so that anything can be sent.
"""

from __future__ import annotations

import csv
import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from narrowgate.agreement.bundled import bundled
from narrowgate.gateway.adopt import adopt
from narrowgate.gateway.answers import fetch_answers
from narrowgate.gateway.enrol import create_site
from narrowgate.gateway.load import load_register
from narrowgate.gateway.places import USUAL, Places
from narrowgate.gateway.process import Progress, process
from narrowgate.gateway.receive import Receipt, receive
from narrowgate.gateway.release import Released, release
from narrowgate.instants import stamp
from narrowgate.keys import jws
from narrowgate.keys.jwk import Key

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

Record = dict[str, str]

STREETS = ("OAK ST", "MAPLE AVE", "CEDAR RD", "ELM DR", "PINE LN", "BIRCH CT", "WALNUT BLVD")
GIVEN = ("MARIA", "JAMES", "ANA", "ROBERT", "LUCIA", "DAVID", "ELENA", "THOMAS", "ROSA", "PETER")
FAMILY = ("MORALES", "NGUYEN", "WALKER", "OKAFOR", "LINDQVIST", "HADDAD", "PEREIRA", "KOWALSKI")


def person(number: int) -> Record:
    """The synthetic person `number` as the register holds them."""
    return {
        "person_id": f"P{number:06}",
        "tin": f"{401 + number // 9000:03}-{10 + number % 89:02}-{1000 + number % 9000:04}",
        "given_name": GIVEN[number % len(GIVEN)],
        "middle_name": "",
        "family_name": FAMILY[number % len(FAMILY)] + _letters(number),
        "date_of_birth": f"{1950 + number % 50}-{1 + number % 12:02}-{1 + number % 28:02}",
        "address_line1": f"{100 + number} {STREETS[number % len(STREETS)]}",
        "city": "SPOKANE",
        "state": "WA",
        "postal_code": "99201",
        "address_from": "2020-01-01",
        "address_to": "",
        "sealed": "false",
        "name_kind": "legal",
    }


def record(number: int, now: datetime = NOW, **changes: str) -> Record:
    """A lawful record about `person(number)`, with `changes`."""
    about = person(number)
    return {
        "record_id": f"R{number:06}",
        "given_name": about["given_name"],
        "family_name": about["family_name"],
        "date_of_birth": about["date_of_birth"],
        "tin": about["tin"],
        "address_line1": about["address_line1"],
        "city": about["city"],
        "state": about["state"],
        "postal_code": about["postal_code"],
        "order_date": f"{(now - timedelta(days=400)).date()}",
        "order_ground": "8 U.S.C. 1227(a)(1)(B)",
        "case_number": f"INV-{number:06}",
        "offense_statute": "8 U.S.C. 1253(a)(1)(A)",
        "reason": f"Investigation {number} concerns failure to depart after the order.",
        "engaged_officer": f"OFFICER {number // 50:04}",
        "tax_periods": "2023",
        **changes,
    }


class World:
    """A site with test parties, the bundled agreement adopted and a register loaded."""

    def __init__(
        self,
        home: Path,
        *,
        people: Iterable[Record],
        now: datetime = NOW,
        agreement: str = "removal-order-address",
        places: Places = USUAL,
    ) -> None:
        self.root, self.now = home, now
        self.site = create_site(
            home / "site",
            custodian="custodian",
            origin="custodian.example/narrowgate",
            test_parties=True,
            clock=lambda: self.now,
            places=places,
        )
        self.register(people)
        source = bundled(agreement)
        assert source is not None
        self.terms = self.adopt(source)

    def key(self, party: str) -> Key:
        """The private key of a test party."""
        return Key.read(self.site.home / "parties" / f"{party}.jwk")

    def adopt(self, source: bytes) -> Any:
        """Adopt an agreement under the signatures of both parties."""
        officers = [self.key("agreement-officer-1"), self.key("agreement-officer-2")]
        return adopt(self.site, source, "agreement.md", officers)

    def register(self, people: Iterable[Record]) -> Any:
        """Load these rows as the register."""
        source = self.root / f"register-{uuid.uuid4().hex}.csv"
        write_csv(source, list(people))
        return load_register(self.site, [source], mapping=None, partitions=None)

    def request(
        self,
        records: Sequence[Mapping[str, str]],
        *,
        sign_with: Sequence[str] = ("signatory-1",),
        change: Callable[[dict[str, Any]], object] | None = None,
        after_signing: Callable[[Path], object] | None = None,
        data: bytes | None = None,
        name: str = "records.csv",
    ) -> Path:
        """A signed request folder. `change` edits the manifest before it is signed."""
        folder = self.root / f"request-{uuid.uuid4().hex}"
        folder.mkdir()
        if data is None:
            write_csv(folder / name, records)
        else:
            (folder / name).write_bytes(data)
        manifest = {
            "contract": "1",
            "request_id": str(uuid.uuid4()),
            "agreement": self.terms.id,
            "agreement_digest": self.terms.digest,
            "requester": "requester",
            "purpose": self.terms.purposes[0],
            "statutes": [self.terms.statutes[0]],
            "attributes": ["name", "address"],
            "attestations": [attestation.id for attestation in self.terms.attestations],
            "documents": [],
            "records": {
                "file": name,
                "format": "csv",
                "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest(),
                "count": len(records),
            },
            "created_at": stamp(self.now),
            "expires_at": stamp(self.now + timedelta(days=7)),
        }
        if change is not None:
            change(manifest)
        payload = json.dumps(manifest).encode()
        signed = jws.sign(payload, [self.key(party) for party in sign_with])
        (folder / "manifest.json").write_text(json.dumps(signed))
        if after_signing is not None:
            after_signing(folder)
        return folder

    def receive(self, records: Sequence[Mapping[str, str]], **changes: Any) -> Receipt:
        """Send a request made by `request`."""
        return receive(self.site, self.request(records, **changes))

    def process(self, records: Sequence[Mapping[str, str]], **changes: Any) -> Progress:
        """Send a request and process its case."""
        return process(self.site, self.receive(records, **changes).case)

    def release(self, case: str, *, settle_undecided: bool = True) -> Released:
        """Release a case by both release officers."""
        officers = [self.key("release-officer-1"), self.key("release-officer-2")]
        return release(self.site, case, officers, settle_undecided=settle_undecided)

    def answers(self, case: str) -> list[dict[str, Any]]:
        """The released answers of a case."""
        fetched = fetch_answers(self.site, case, self.root / f"{case}.jsonl")
        return [json.loads(line) for line in fetched.answers.read_text().splitlines()]


def write_csv(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Write rows as RFC 4180 CSV with a header of all columns that any of them has."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def _letters(number: int) -> str:
    """A pronounceable tail, so that no two people share a name by accident."""
    syllables = ("", "SON", "MAN", "EZ", "OV", "INI", "ARD", "ELL", "STEIN", "AUX")
    tail = ""
    while number:
        number, digit = divmod(number, len(syllables))
        tail = syllables[digit] + tail
    return tail
