"""Requests as they should not be: one with every fault a record can have, and the demand for all.

Every record is made up. A group of records stands for a fault that only several show together.
"""

from __future__ import annotations

import base64
import csv
import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterator
from pathlib import Path

Record = dict[str, str]
TODAY = dt.datetime.now(tz=dt.UTC).date()

# Against a lawful record, one change or two: what is wrong with each can be read off.
SINGLE: list[Record] = [
    {"record_id": ""},
    {"given_name": "FNU"},
    {"family_name": "LNU"},
    {"given_name": ""},
    {"given_name": "J", "family_name": "Q"},
    {"family_name": "GARC*"},
    {"family_name": "G\u0410RCIA"},
    {"reason": "<script>alert(1)</script>"},
    {"date_of_birth": "1990-02-30"},
    {"date_of_birth": "1850-01-01"},
    {"tin": "", "date_of_birth": ""},
    {"tin": "666-12-3456"},
    {"tin": "3456"},
    {"tin": "078-05-1120"},
    {"tin": "912-70-3456", "tin_kind": "ssn"},
    {"address_line1": ""},
    {"address_line1": "Failed to Provide"},
    {"address_line1": "Don't Care 12345"},
    {"address_line1": "100-298 Oak St"},
    {"address_line1": "100 Main St Apt"},
    {"address_line1": "PO Box 77"},
    {"address_line1": "General Delivery"},
    {"address_line1": "Spokane County Jail, 1100 W Mallon Ave"},
    {"state": "NY"},
    {"country": "Mexico", "city": "Tijuana", "state": "", "postal_code": ""},
    {"address_as_of": str(TODAY - dt.timedelta(days=3000))},
    {"order_date": ""},
    {"order_date": "2025-02-30"},
    {"order_date": str(TODAY + dt.timedelta(days=9))},
    {"order_date": str(TODAY - dt.timedelta(days=90))},
    {"order_date": "1999-01-01"},
    {"order_date": "2010-05-05", "date_of_birth": "2011-01-01"},
    {"order_ground": ""},
    {"order_ground": "8 U.S.C. 1182(a)(6)(A)(i)"},
    {"case_number": ""},
    {"offense_statute": ""},
    {"offense_statute": "Title 8"},
    {"offense_statute": "8 U.S.C. 1253(a)(1)"},
    {"offense_statute": "8 U.S.C. 1324d"},
    {"offense_statute": "26 U.S.C. 7201"},
    {"engaged_officer": ""},
    {"engaged_officer": "Field Office Team"},
    {"tax_periods": ""},
    {"tax_periods": "all years"},
    {"tax_periods": "1998"},
    {"reason": ""},
    {"reason": "enforcement"},
]
GROUPS: list[list[Record]] = [
    [{"record_id": "SAME"}, {"record_id": "SAME"}],
    [{"tin": "401-22-3333", "date_of_birth": ""}] * 2,
    [{"case_number": "INV-77"}] * 2,
    [{"address_line1": "77 Shelter Cross Rd"}] * 11,
    [{"reason": "Subject failed to depart after the order."}] * 11,
    [
        {
            "given_name": "Alma",
            "family_name": "Verdugo",
            "tin": "402-33-4444",
            "date_of_birth": "1980-03-04",
            "address_line1": f"{number} Guess St",
        }
        for number in range(1, 6)
    ],
]
SURNAMES = ("Arbuckle", "Benavidez", "Castellan", "Dubrovsky", "Eastwick", "Fontaine", "Gallardo")
FORENAMES = ("Ines", "Jonah", "Katia", "Leif", "Mabel", "Nadir", "Odette", "Pavel")


def hostile_records() -> list[Record]:
    """Every fault, among enough lawful records that the request is not refused as a whole."""
    rows = [change for group in GROUPS for change in group]
    rows += SINGLE
    faulty = [record(number, change) for number, change in enumerate(rows)]
    return faulty + [record(9000 + number, {}) for number in range(4 * len(faulty))]


def record(number: int, change: Record) -> Record:
    """A lawful record about nobody in particular, with a change."""
    return {
        "record_id": f"H-{number:05}",
        "given_name": FORENAMES[number % len(FORENAMES)],
        "family_name": SURNAMES[number % len(SURNAMES)] + "xyzabcdefgh"[number % 11] * 2,
        "date_of_birth": f"{1950 + number % 50}-{1 + number % 12:02}-{1 + number % 28:02}",
        "tin": f"{410 + number // 9000:03}-{10 + number % 89:02}-{1000 + number % 9000:04}",
        "tin_kind": "",
        "address_line1": f"{100 + number} Alder St",
        "city": "Spokane",
        "state": "WA",
        "postal_code": "99201",
        "country": "",
        "address_as_of": str(TODAY - dt.timedelta(days=30)),
        "order_date": str(TODAY - dt.timedelta(days=200)),
        "order_ground": "8 U.S.C. 1227(a)(1)(B)",
        "case_number": f"HOST-{number:05}",
        "offense_statute": "8 U.S.C. 1253(a)(1)(A)",
        "reason": f"Case HOST-{number:05} turns on whether the subject still lives there.",
        "engaged_officer": f"Special Agent {number // 60:04}",
        "tax_periods": str(TODAY.year - 2),
        **change,
    }


def demand(count: int) -> Iterator[Record]:
    """Names and nothing that the law asks; columns for what is wanted back."""
    for number in range(count):
        yield {
            "record_id": f"D-{number:06}",
            "given_name": FORENAMES[number % len(FORENAMES)],
            "family_name": SURNAMES[number % len(SURNAMES)],
            "address_line1": "",
            "phone": "",
            "email": "",
        }


def write_csv(path: Path, rows: list[Record]) -> None:
    """RFC 4180, with all columns that any row has."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)


def write_demand(folder: Path, count: int, agreement: str, digest: str) -> None:
    """The demand's folder, made by hand: `request pack` would not make it."""
    folder.mkdir(parents=True)
    write_csv(folder / "people.csv", list(demand(count)))
    now = dt.datetime.now(tz=dt.UTC).replace(microsecond=0)
    manifest = {
        "contract": "1",
        "request_id": str(uuid.uuid4()),
        "agreement": agreement,
        "agreement_digest": digest,
        "requester": "requester",
        "purpose": "immigration-enforcement",
        "statutes": ["26 U.S.C. 6103(i)(2)"],
        "attributes": ["name", "address", "phone", "email"],
        "attestations": [],
        "documents": [],
        "records": {
            "file": "people.csv",
            "format": "csv",
            "sha256": hashlib.sha256((folder / "people.csv").read_bytes()).hexdigest(),
            "count": count,
        },
        "created_at": now.isoformat(),
        "expires_at": (now + dt.timedelta(days=7)).isoformat(),
    }
    payload = base64.urlsafe_b64encode(json.dumps(manifest).encode()).rstrip(b"=").decode()
    unsigned = {"payload": payload, "signatures": []}
    (folder / "manifest.json").write_text(json.dumps(unsigned))
