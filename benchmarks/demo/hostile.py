"""Requests as they should not be: one with every fault a record can have, and the demand for all.

Every record is made up but those near the truth (near.py). Beside each stands what must become of
it: answer and exactly which codes. A group of records stands for a fault that only several show
together. Shapes are those of facts/law.md, section 7.
"""

from __future__ import annotations

import base64
import csv
import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Record = dict[str, str]
TODAY = dt.datetime.now(tz=dt.UTC).date()


@dataclass(frozen=True)
class Asked:
    """A record, what must become of it, and the shape it stands for."""

    record: Record
    answer: str
    codes: tuple[str, ...] = ()
    shape: str = ""


def ago(days: int) -> str:
    """The date so many days ago (UTC)."""
    return str(TODAY - dt.timedelta(days=days))


# Codes, and against a lawful record one change or two: what is wrong with each can be read off.
SINGLE: list[tuple[str, Record]] = [
    ("record.id_missing", {"record_id": ""}),
    ("record.text_invalid", {"family_name": "GARC*"}),
    ("record.text_invalid", {"family_name": "G\u0410RCIA"}),
    ("record.text_invalid", {"family_name": "\u202eAICRAG"}),
    ("record.text_invalid", {"reason": "<script>alert(1)</script>"}),
    ("record.text_invalid", {"given_name": "=1+1"}),
    ("name.placeholder", {"given_name": "FNU"}),
    ("name.placeholder", {"family_name": "LNU"}),
    ("name.placeholder", {"given_name": "John", "family_name": "Doe"}),
    ("name.missing", {"given_name": ""}),
    ("name.incomplete", {"given_name": "J", "family_name": "Q"}),
    ("birth_date.invalid", {"date_of_birth": "1990-02-30"}),
    ("birth_date.implausible", {"date_of_birth": "1850-01-01"}),
    ("identifier.insufficient", {"tin": "", "date_of_birth": ""}),
    ("tin.invalid", {"tin": "666-12-3456"}),
    ("tin.invalid", {"tin": "401-00-3456"}),
    ("tin.invalid", {"tin": "912-93-3456", "tin_kind": "itin"}),
    ("tin.invalid", {"tin": "3456"}),
    ("tin.placeholder", {"tin": "078-05-1120"}),
    ("tin.placeholder", {"tin": "123-45-6789"}),
    ("tin.kind_mismatch", {"tin": "912-70-3456", "tin_kind": "ssn"}),
    ("address.missing", {"address_line1": ""}),
    ("address.missing", {"address_line1": "", "postal_code": ""}),
    ("address.placeholder", {"address_line1": "Failed to Provide"}),
    ("address.placeholder", {"address_line1": "Unknown Address"}),
    ("address.not_an_address", {"address_line1": "Don't Care 12345"}),
    ("address.not_an_address", {"address_line1": "00000"}),
    ("address.not_an_address", {"address_line1": "Corner of Oak St and 5th Ave"}),
    ("address.multiple", {"address_line1": "100-298 Oak St"}),
    ("address.multiple", {"address_line1": "123 Oak St or 125 Elm St"}),
    ("address.incomplete", {"address_line1": "100 Main St Apt"}),
    ("address.incomplete", {"address_line1": "1200 Main Tower Apts"}),
    ("address.incomplete", {"address_line1": "Oak Street"}),
    ("address.po_box", {"address_line1": "PO Box 77"}),
    ("address.general_delivery", {"address_line1": "General Delivery"}),
    ("address.institution", {"address_line1": "Spokane County Jail, 1100 W Mallon Ave"}),
    (
        "address.institution",
        {
            "address_line1": "7714 Sample Parkway",
            "city": "Chicago",
            "state": "IL",
            "postal_code": "60605",
        },
    ),
    ("address.zip_mismatch", {"state": "NY"}),
    (
        "address.foreign",
        {"country": "Mexico", "city": "Tijuana", "state": "", "postal_code": ""},
    ),
    ("address.too_old", {"address_as_of": ago(3000)}),
    ("order.date_missing", {"order_date": ""}),
    ("order.date_invalid", {"order_date": "2025-02-30"}),
    ("order.date_in_future", {"order_date": ago(-9)}),
    ("order.period_not_run", {"order_date": ago(40)}),
    ("order.period_not_run", {"order_date": ago(90)}),
    ("order.too_old", {"order_date": "1999-01-01"}),
    ("order.before_birth", {"order_date": "2010-05-05", "date_of_birth": "2011-01-01"}),
    ("order.ground_missing", {"order_ground": ""}),
    ("order.ground_not_listed", {"order_ground": "8 U.S.C. 1182(a)(6)(A)(i)"}),
    ("case.number_missing", {"case_number": ""}),
    ("statute.missing", {"offense_statute": ""}),
    ("statute.not_specific", {"offense_statute": "Title 8"}),
    ("statute.not_specific", {"offense_statute": "8 U.S.C. 1253(a)(1)"}),
    ("statute.civil", {"offense_statute": "8 U.S.C. 1324d"}),
    ("statute.not_listed", {"offense_statute": "26 U.S.C. 7201"}),
    ("officer.missing", {"engaged_officer": ""}),
    ("officer.not_a_person", {"engaged_officer": "Field Office Team"}),
    ("period.missing", {"tax_periods": ""}),
    ("period.invalid", {"tax_periods": "all years"}),
    ("period.out_of_range", {"tax_periods": "1998"}),
    ("period.out_of_range", {"tax_periods": str(TODAY.year + 1)}),
    ("reason.missing", {"reason": ""}),
    ("reason.boilerplate", {"reason": "enforcement"}),
    (
        "address.missing order.date_missing reason.missing tin.invalid",
        {"address_line1": "", "order_date": "", "reason": "", "tin": "000-12-3456"},
    ),
]
ALMA: Record = {
    "given_name": "Alma",
    "family_name": "Verdugo",
    "tin": "402-33-4444",
    "date_of_birth": "1980-03-04",
}
GROUPS: list[tuple[str, list[Record]]] = [
    ("record.id_duplicate", [{"record_id": "SAME"}] * 2),
    ("tin.conflict", [{"tin": "401-22-3333", "date_of_birth": ""}] * 2),
    ("case.number_reused", [{"case_number": "INV-77"}] * 2),
    ("address.shared", [{"address_line1": "77 Shelter Cross Rd"}] * 11),
    ("reason.boilerplate", [{"reason": "Subject failed to depart after the order."}] * 11),
    ("subject.repeated", [{**ALMA, "address_line1": f"{n} Guess St"} for n in range(1, 6)]),
    (
        "subject.repeated",  # respelt, under another number of the investigation
        [
            {"given_name": "Tomas", "family_name": "Quintanilla", "date_of_birth": "1979-07-08",
             "tin": "", "address_line1": "12 Respelt Ave"},
            {"given_name": "Thomas", "family_name": "Quintanila", "date_of_birth": "1979-07-08",
             "tin": "", "address_line1": "14 Respelt Ave"},
        ],
    ),
]  # fmt: skip
TWINS: list[Record] = [  # one step away, and lawful: the ninety-first day; limb (B) has no days
    {"order_date": ago(91)},
    {"order_date": ago(40), "offense_statute": "8 U.S.C. 1253(a)(1)(B)"},
]
SURNAMES = ("Arbuckle", "Benavidez", "Castellan", "Dubrovsky", "Eastwick", "Fontaine", "Gallardo")
FORENAMES = ("Ines", "Jonah", "Katia", "Leif", "Mabel", "Nadir", "Odette", "Pavel")
TAILS = ("la", "son", "man", "ez", "ov", "ini", "ard", "ell", "stein", "aux")  # one a digit
STREETS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Grove", "Hazel")


def hostile_records(near: Iterable[Mapping[str, str | None]], guess: Record) -> list[Asked]:
    """Every fault, among enough lawful records that the request is not refused as a whole.

    `near`: rows of near.py. `guess`: a subject asked about before, now at another address.
    """
    groups = [(codes, change) for codes, changes in GROUPS for change in changes]
    asked = [
        Asked(record(n, change), "refused", tuple(sorted(codes.split())))
        for n, (codes, change) in enumerate([*groups, *SINGLE])
    ]
    asked += [Asked(record(500 + n, change), "not_confirmed") for n, change in enumerate(TWINS)]
    asked.append(Asked(record(600, guess), "not_confirmed"))
    for n, row in enumerate(near):
        change = {name: value or "" for name, value in row.items() if name in COLUMNS}
        asked.append(Asked(record(700 + n, change), row["answer"] or "", (), row["shape"] or ""))
    filler = range(9000, 9000 + 4 * (len(groups) + len(SINGLE)))
    return asked + [Asked(record(n, {}), "not_confirmed") for n in filler]


def record(number: int, change: Record) -> Record:
    """A lawful record about nobody in particular, with a change."""
    return {
        "record_id": f"H-{number:05}",
        "given_name": FORENAMES[number % len(FORENAMES)],
        "middle_name": "",
        # Nobody bears another's name: a namesake without a number may be the same person.
        "family_name": SURNAMES[number % len(SURNAMES)]
        + "".join(TAILS[int(digit)] for digit in str(number)),
        "date_of_birth": f"{1950 + number % 50}-{1 + number % 12:02}-{1 + number % 28:02}",
        "tin": f"{410 + number // 9000:03}-{10 + number % 89:02}-{1000 + number % 9000:04}",
        "tin_kind": "",
        "address_line1": f"{100 + number} {STREETS[number % len(STREETS)]} St",
        "address_line2": "",
        "city": "Spokane",
        "state": "WA",
        "postal_code": "99201",
        "country": "",
        "address_as_of": ago(30),
        "order_date": ago(200),
        "order_ground": "8 U.S.C. 1227(a)(1)(B)",
        "case_number": f"HOST-{number:05}",
        "offense_statute": "8 U.S.C. 1253(a)(1)(A)",
        "reason": f"Case HOST-{number:05} turns on whether the subject still lives there.",
        "engaged_officer": f"Special Agent {number // 60:04}",
        "tax_periods": str(TODAY.year - 2),
        **change,
    }


COLUMNS = tuple(record(0, {}))


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


def write_csv(path: Path, rows: Sequence[Record]) -> None:
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
