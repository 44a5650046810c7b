"""The gate itself, in process: its register loaded, its screening and matching run on a chunk."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path

import numpy as np
import pyarrow as pa
from benchmarks.world.block import block_of, blocks_of
from benchmarks.world.generate import Rows
from benchmarks.world.register import register_of

from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import Terms
from narrowgate.case.history import AgreementStanding, History
from narrowgate.docket import State
from narrowgate.matching.match import match
from narrowgate.matching.model import bundled_model
from narrowgate.register.load import load
from narrowgate.register.snapshot import Snapshot
from narrowgate.request.manifest import Manifest, RecordsFile
from narrowgate.request.received import Received, Signer
from narrowgate.screening.screen import screen
from narrowgate.standard.columns import REQUEST_COLUMNS

from .chunk import RATES

AGREEMENT = Path(__file__).parents[1] / "agreements" / "national-scale.md"
KEY = bytes(32)


def write_register(people: int, seed: int, path: Path) -> None:
    """The register that the chunks of this seed are made against."""
    with Rows(path) as rows:
        for number in range(blocks_of(people)):
            rows.add(register_of(block_of(number, people, seed, RATES), RATES.former_names))


class Gate:
    """A loaded register and the terms of national-scale.md; every chunk is a request of its own by
    a requester without a past.
    """

    def __init__(self, register: Path, folder: Path) -> None:
        loaded = load([register], mapping=None, partitions=None, target=folder, key=KEY)
        self.snapshot = Snapshot.open(loaded.path, KEY)
        self.terms = read_agreement(AGREEMENT.read_bytes(), AGREEMENT.name)
        self.now = dt.datetime.now(tz=dt.UTC)

    def decide(self, records: pa.Table) -> pa.Table:
        """One row a record, in order: `state` (its word in the docket), `person_key`: whom the
        gate took for the subject (binary(16), null where nobody came near), `reason`: the first
        code of a refusal.
        """
        asked = received(records, self.terms, self.now)
        screened = screen(asked, self.terms, history(self.terms, self.now), self.now)
        assert not screened.reasons, screened.reasons
        model = bundled_model(self.terms.answer.model)
        matched = match(screened, self.snapshot, model, self.terms, self.now)
        docket = matched.docket
        rows = matched.findings["row"].to_numpy().astype(np.int64)
        place = np.full(len(docket), -1)
        place[rows] = np.arange(len(rows))
        keys = matched.findings["person_key"].combine_chunks()
        words = pa.array([State(code).word for code in range(int(docket.states.max()) + 1)])
        return pa.table(
            {
                "state": words.take(pa.array(docket.states)),
                "person_key": keys.take(pa.array(place, mask=place < 0)),
            }
        )


def received(records: pa.Table, terms: Terms, now: dt.datetime) -> Received:
    """A lawful request with these records."""
    columns = {
        name: records[name]
        if name in records.column_names
        else pa.nulls(records.num_rows, pa.string())
        for name in REQUEST_COLUMNS
    }
    sha256 = "0" * 64
    manifest = Manifest(
        request_id=str(uuid.uuid4()),
        agreement=terms.id,
        agreement_digest=terms.digest,
        requester=terms.requester,
        purpose=terms.purposes[0],
        statutes=(terms.statutes[0],),
        attributes=("name", "address"),
        attestations=tuple(attestation.id for attestation in terms.attestations),
        documents=(),
        records=RecordsFile("records.parquet", "parquet", f"sha256:{sha256}", records.num_rows),
        created_at=now - dt.timedelta(hours=1),
        expires_at=now + dt.timedelta(days=7),
        contract="1",
    )
    signer = Signer(0, terms.signatories[0].person, True)
    return Received(
        manifest, (signer,), (), pa.table(columns), REQUEST_COLUMNS, {},
        manifest.records.sha256, records.num_rows,
    )  # fmt: skip


def history(terms: Terms, now: dt.datetime) -> History:
    """Of a requester without a past."""
    return History(
        version=1,
        key=KEY,
        agreement=AgreementStanding(now - dt.timedelta(days=2)),
        requester_people={signatory.person: None for signatory in terms.signatories},
    )
