"""The requester's side: packed whole or not at all, signed, checked by the gate's own rules."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from demand import TERMS, lawful
from foreign import PACKED, PLAIN, encode, save
from foreign import pack as packed
from narrowgate.agreement.terms import Terms
from narrowgate.catalogue.lawful import AT
from narrowgate.errors import BadInput, Conflict, NotFound
from narrowgate.keys import jws
from narrowgate.keys.jwk import Key
from narrowgate.request.manifest import Manifest, read_manifest
from narrowgate.requester.agreements import named_terms
from narrowgate.requester.check import Checked, check
from narrowgate.requester.pack import Packed, pack
from narrowgate.requester.sign import sign, sign_with

KEY, SECOND = Key.generate("Ed25519"), Key.generate("P-256")
ALL = [attestation.id for attestation in TERMS.attestations]
Rows = Sequence[Mapping[str, str | None]]


def rows(count: int = 12, **changes: str | None) -> list[dict[str, str | None]]:
    """Lawful records; `changes` to the first."""
    return [lawful(0, **changes), *(lawful(number) for number in range(1, count))]


def make(
    root: Path,
    records: Rows | None = None,
    *,
    name: str = "our own name (1).csv",
    data: bytes | None = None,
    attestations: Sequence[str] = ALL,
    documents: Sequence[Path] = (),
    purpose: str = TERMS.purposes[0],
    terms: Terms = TERMS,
    out: str = "request",
) -> Packed:
    source = save(root, name, encode(records or rows(), "csv") if data is None else data)
    return pack(
        source,
        terms,
        purpose=purpose,
        attestations=attestations,
        documents=documents,
        out=root / out,
        now=AT,
    )


def manifest_of(folder: Path) -> Manifest:
    return read_manifest(jws.parse((folder / "manifest.json").read_bytes()).payload)


def checked(folder: Path) -> Checked:
    return check(folder, TERMS, AT)


def found(result: Checked) -> list[str]:
    return [reason.code.value for reason in result.reasons]


@pytest.mark.parametrize("ending", PACKED)
@pytest.mark.parametrize("kind", PLAIN)
def test_packed_signed_and_found_without_fault(tmp_path: Path, kind: str, ending: str) -> None:
    data = packed(encode(rows(), kind), ending)
    made = make(tmp_path, name=f"demand.{kind}{ending}", data=data)
    sign(made.folder, [KEY])
    manifest = manifest_of(made.folder)
    assert (made.folder / f"records.{kind}{ending}").read_bytes() == data
    assert manifest.records.file == f"records.{kind}{ending}"
    assert manifest.records.format == kind
    assert manifest.records.sha256 == hashlib.sha256(data).hexdigest()
    assert manifest.records.count == made.records == 12
    result = checked(made.folder)
    assert (found(result), result.docket.counts["open"]) == ([], 12)
    assert result.passes


def test_what_the_manifest_says(tmp_path: Path) -> None:
    document = save(tmp_path, "delegation.pdf", b"%PDF")
    made = make(tmp_path, documents=[document])
    manifest = manifest_of(made.folder)
    assert manifest.request_id == made.request_id
    assert (manifest.agreement, manifest.agreement_digest) == (TERMS.id, TERMS.digest)
    assert manifest.requester == TERMS.requester
    assert manifest.attributes == ("name", "address")
    assert manifest.attestations == tuple(ALL)
    assert manifest.documents == (("delegation.pdf", hashlib.sha256(b"%PDF").hexdigest()),)
    assert manifest.created_at == AT
    assert manifest.expires_at == AT + timedelta(days=30)
    assert jws.parse((made.folder / "manifest.json").read_bytes()).signatures == ()
    assert sorted(path.name for path in made.folder.iterdir()) == [
        "delegation.pdf", "manifest.json", "records.csv"
    ]  # fmt: skip


def test_statutes_are_the_authority_and_the_listed_crimes_of_the_records(tmp_path: Path) -> None:
    records = [
        lawful(1, offense_statute="8 USC § 1253(a)(1)(C)"),
        lawful(2, offense_statute="26 U.S.C. 7201"),
        lawful(3, offense_statute=None),
    ]
    assert manifest_of(make(tmp_path, records).folder).statutes == (
        "26 U.S.C. 6103(i)(2)",
        "8 U.S.C. 1253(a)(1)(C)",
    )


def left(root: Path) -> list[str]:
    """All that is there, hidden files too, but for what the test itself wrote."""
    return sorted(path.name for path in root.iterdir() if path.suffix not in (".csv", ".pdf"))


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"", "our own name (1).csv"),
        (b"record_id\n", "our own name (1).csv"),
        (b"record_id,given_name\n1,A\n2\n", "our own name (1).csv line 3"),
        (b"record_id,phone\n1,2\n", "our own name (1).csv line 1"),
        (b"record_id\n\xff\n", "our own name (1).csv line 2"),
    ],
)
def test_bad_records_leave_nothing(tmp_path: Path, data: bytes, place: str) -> None:
    with pytest.raises(BadInput) as caught:
        make(tmp_path, data=data)
    assert caught.value.exit_status == 3
    assert caught.value.place == place
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    "documents",
    [["none.pdf"], ["é.pdf"], ["a.pdf", "sub/a.pdf"], ["records.csv"], ["manifest.json"], ["sub"]],
)
def test_bad_documents_leave_nothing(tmp_path: Path, documents: list[str]) -> None:
    home = tmp_path / "documents"
    (home / "sub").mkdir(parents=True)
    for name in ("é.pdf", "a.pdf", "sub/a.pdf", "records.csv", "manifest.json"):
        (home / name).write_bytes(b"%")
    work = tmp_path / "work"
    work.mkdir()
    with pytest.raises(BadInput):
        make(work, documents=[home / name for name in documents])
    assert left(work) == []


def test_an_attestation_that_the_agreement_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        make(tmp_path, attestations=["whatever"])
    assert caught.value.place == "--attest"
    assert left(tmp_path) == []


def test_a_folder_in_use_is_left_as_it_is(tmp_path: Path) -> None:
    made = make(tmp_path)
    before = (made.folder / "manifest.json").read_bytes()
    with pytest.raises(Conflict):
        make(tmp_path)
    assert (made.folder / "manifest.json").read_bytes() == before
    save(tmp_path, "file", b"")
    with pytest.raises(Conflict):
        make(tmp_path, out="file")
    (tmp_path / "empty").mkdir()
    assert make(tmp_path, out="empty").records == 12


def test_no_such_records(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        pack(tmp_path / "none.csv", TERMS, purpose="x", attestations=[], documents=[],
             out=tmp_path / "request", now=AT)  # fmt: skip
    assert left(tmp_path) == []


def test_each_key_signs_once(tmp_path: Path) -> None:
    folder = make(tmp_path).folder
    assert sign(folder, [KEY]) == [KEY.thumbprint]
    sign(folder, [SECOND])
    sign(folder, [KEY, SECOND])
    parsed = jws.parse((folder / "manifest.json").read_bytes())
    assert sorted(signature.kid or "" for signature in parsed.signatures) == sorted(
        [KEY.thumbprint, SECOND.thumbprint]
    )
    assert all(
        sum(signature.verified_by(key) for signature in parsed.signatures) == 1
        for key in (KEY, SECOND)
    )
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_signing_with_key_files(tmp_path: Path) -> None:
    folder = make(tmp_path).folder
    KEY.write(tmp_path / "key.jwk")
    KEY.public().write(tmp_path / "public.jwk")
    assert sign_with(folder, [str(tmp_path / "key.jwk")]) == [KEY.thumbprint]
    for name in ("public.jwk", "none.jwk"):
        with pytest.raises(BadInput):
            sign_with(folder, [str(tmp_path / name)])


def test_signing_what_is_no_request(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        sign(tmp_path, [KEY])
    folder = make(tmp_path).folder
    save(folder, "manifest.json", b"{}")
    with pytest.raises(BadInput) as caught:
        sign(folder, [KEY])
    assert caught.value.exit_status == 3


def test_an_agreement_by_file_by_id_or_by_neither(tmp_path: Path) -> None:
    assert named_terms("removal-order-address").digest == TERMS.digest
    with pytest.raises(NotFound):
        named_terms("removal-order-adress")
    with pytest.raises(BadInput):
        named_terms(str(save(tmp_path, "other.md", b"# Nothing\n")))


def test_unsigned_and_unattested_is_found_beside_the_records_own_faults(tmp_path: Path) -> None:
    records = [*rows(60), lawful(90, address_line1=None), lawful(91, order_date="2026-02-30")]
    made = make(tmp_path, records, attestations=ALL[:1], purpose="gossip")
    result = checked(made.folder)
    assert found(result) == [
        "request.signature_missing",
        "request.purpose_not_allowed",
        "request.attestation_missing",
    ]
    codes = {
        row: [reason.code.value for reason in result.docket.reasons_of(row)] for row in (0, 60, 61)
    }
    assert codes == {0: [], 60: ["address.missing"], 61: ["order.date_invalid"]}
    assert result.record_ids[60] == "R90"
    assert not result.passes


def test_every_reason_says_its_clause_and_mend(tmp_path: Path) -> None:
    result = checked(make(tmp_path, rows(60, tin="078-05-1120")).folder)
    told = [*result.reasons, *result.docket.reasons_of(0)]
    assert len(told) == 2
    assert all(reason.clause and reason.fault and reason.mend for reason in told)


def test_records_changed_after_packing(tmp_path: Path) -> None:
    folder = make(tmp_path).folder
    sign(folder, [KEY])
    save(folder, "records.csv", encode(rows(13), "csv"))
    assert found(checked(folder)) == [
        "request.records_digest_mismatch",
        "request.records_count_mismatch",
    ]


def test_records_that_cannot_be_read_after_packing(tmp_path: Path) -> None:
    folder = make(tmp_path).folder
    sign(folder, [KEY])
    save(folder, "records.csv", b'record_id\n"1')
    result = checked(folder)
    assert "request.unreadable" in found(result)
    assert len(result.docket) == 0


def test_a_manifest_that_cannot_be_read(tmp_path: Path) -> None:
    folder = make(tmp_path).folder
    save(folder, "manifest.json", b"{")
    assert found(checked(folder)) == ["request.unreadable"]


def test_a_request_that_has_run_out(tmp_path: Path) -> None:
    folder = make(tmp_path).folder
    sign(folder, [KEY])
    assert found(check(folder, TERMS, AT + timedelta(days=31))) == ["request.stale"]


def test_whatever_signs_with_no_known_algorithm_is_not_valid(tmp_path: Path) -> None:
    folder = make(tmp_path).folder
    sign(folder, [KEY])
    signed = json.loads((folder / "manifest.json").read_bytes())
    signed["signatures"][0] = {"protected": "eyJhbGciOiJub25lIn0", "signature": ""}
    save(folder, "manifest.json", json.dumps(signed).encode())
    assert found(checked(folder)) == ["request.signature_invalid"]


def test_too_few_signatures(tmp_path: Path) -> None:
    strict = replace(TERMS, signatures_required=2)
    folder = make(tmp_path).folder
    sign(folder, [KEY])
    few = [reason.code.value for reason in check(folder, strict, AT).reasons]
    assert few == ["request.signatures_too_few"]
    sign(folder, [SECOND])
    assert check(folder, strict, AT).passes


def test_it_runs_without_the_custodians_rooms() -> None:
    script = (
        "import sys, narrowgate.requester.pack, narrowgate.requester.sign\n"
        "import narrowgate.requester.check, narrowgate.requester.agreements\n"
        "print(*(name for name in sys.modules if name.startswith(('narrowgate', 'django'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    rooms = {name.split(".")[1] for name in loaded if "." in name}
    assert "screening" in rooms
    assert not rooms & {"register", "matching", "store", "ledger", "people", "review", "release",
                        "gateway"}  # fmt: skip
    assert "django" not in loaded
    assert "narrowgate.case.evidence" not in loaded
