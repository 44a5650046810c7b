"""A request as screening sees it, made by hand: records, manifest facts, history and the hour.

One argument changes one thing; everything else is lawful.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from narrowgate.agreement.bundled import bundled
from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import Terms
from narrowgate.agreement.worked import WorkedRequest
from narrowgate.case.history import AgreementStanding, History
from narrowgate.catalogue.lawful import AT, LAWFUL
from narrowgate.request.manifest import Manifest, RecordsFile
from narrowgate.request.received import Received, Signer
from narrowgate.screening.screen import Screened, screen
from narrowgate.screening.specimen import columns_of
from narrowgate.standard.columns import REQUEST_COLUMNS

Record = Mapping[str, str | None]
NATIONAL = Path(__file__).parents[1] / "benchmarks" / "agreements" / "national-scale.md"


def _bundled() -> Terms:
    data = bundled("removal-order-address")
    assert data is not None
    return read_agreement(data, "removal-order-address.md")


TERMS = _bundled()
_GIVEN = (
    *("Obadiah", "Wilhelmina", "Chidi", "Zofia", "Lucrecia", "Thaddeus", "Emeka", "Birgitta"),
    *("Quang", "Rosalind", "Ximena", "Hyacinth", "Pavel", "Demetrio", "Svetlana", "Ignacio"),
    "Mfon",
)
_SYLLABLES = ("ba", "do", "fe", "gi", "lu", "mo", "na", "pe", "ri", "so", "tu", "va", "ke", "chi")


def lawful(number: int, **changes: str | None) -> dict[str, str | None]:
    """A lawful record about the made-up person `number`, who shares nothing with another."""
    born = date(1984, 1, 1) + timedelta(days=number % 3989)
    return {
        **LAWFUL,
        "record_id": f"R{number}",
        "given_name": _name(number),
        "date_of_birth": f"{born}",
        "tin": f"{734 + number // 890_000}-{10 + number % 89:02}-{1000 + number % 8999:04}",
        "address_line1": f"{1000 + number} Alder St",
        "case_number": f"CHI-2026-A{number}",
        "reason": f"Subject of case A{number}; the address decides where service is attempted",
        "engaged_officer": f"officer-{number // 50}",
        **{name: value or None for name, value in changes.items()},
    }


def _name(number: int) -> str:
    """A given name for each number, unlike that of the next number."""
    rest, name = divmod(number, len(_GIVEN))
    tail = ""
    while rest:
        rest, syllable = divmod(rest, len(_SYLLABLES))
        tail += _SYLLABLES[syllable]
    return _GIVEN[name] + tail


def table(records: Iterable[Record]) -> pa.Table:
    """Records as the reader gives them."""
    rows = list(records)
    return pa.table(
        {
            name: pa.array([row.get(name) or None for row in rows], type=pa.string())
            for name in REQUEST_COLUMNS
        }
    )


def demand(records: Iterable[Record], *, terms: Terms = TERMS, **changes: Any) -> Received:
    """A lawful request with these records; `changes` go to the manifest."""
    rows = table(records)
    manifest = Manifest(
        request_id="0b6c2f0e-8f0a-4d0c-9d3e-000000000001",
        agreement=terms.id,
        agreement_digest=terms.digest,
        requester=terms.requester,
        purpose=terms.purposes[0],
        statutes=(terms.statutes[0],),
        attributes=("name", "address"),
        attestations=tuple(attestation.id for attestation in terms.attestations),
        documents=(),
        records=RecordsFile(
            file="records.csv", format="csv", sha256="sha256:" + "0" * 64, count=rows.num_rows
        ),
        created_at=AT - timedelta(hours=1),
        expires_at=AT + timedelta(days=7),
        contract="1",
    )
    return Received(
        manifest=replace(manifest, **changes),
        signers=(Signer(0, "signatory-1", True),),
        faults=(),
        records=rows,
        columns=columns_of(terms, WorkedRequest()),
        documents={},
        records_sha256=manifest.records.sha256,
        count=rows.num_rows,
    )


def history(**changes: Any) -> History:
    """A requester without a past, under an agreement in force."""
    lawful_past = History(
        version=1,
        key=b"k" * 32,
        agreement=AgreementStanding(datetime(2026, 3, 1, tzinfo=UTC)),
        requester_people={"signatory-1": None, "signatory-2": None},
    )
    return replace(lawful_past, **changes)


def screened(
    records: Iterable[Record], *, terms: Terms = TERMS, past: History | None = None
) -> Screened:
    """Screen a lawful request with these records."""
    return screen(demand(records, terms=terms), terms, past or history(), AT)


def codes(found: Screened) -> list[list[str]]:
    """Codes by row, sorted."""
    docket = found.docket
    return [
        sorted(reason.code.value for reason in docket.reasons_of(row)) for row in range(len(docket))
    ]


def whole(found: Screened) -> list[str]:
    """Codes against the request as a whole."""
    return [reason.code.value for reason in found.reasons]


def among(records: Sequence[Record], first: int = 700_000) -> list[Record]:
    """The records with enough lawful ones behind them that quality is no question."""
    return [*records, *(lawful(first + number) for number in range(4 * len(records) + 20))]
