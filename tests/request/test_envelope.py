"""A request folder: nothing outside it is followed, everything wrong with it is a value."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from foreign import encode, save
from narrowgate.errors import BadInput
from narrowgate.keys import jws
from narrowgate.keys.jwk import Key
from narrowgate.reasons import Code
from narrowgate.request import documents as document_room
from narrowgate.request import envelope as envelope_room
from narrowgate.request.envelope import open_envelope
from narrowgate.request.received import Received, receive_envelope
from narrowgate.request.records import Fault
from narrowgate.standard.columns import REQUEST_COLUMNS

KEY, OTHER = Key.generate("Ed25519"), Key.generate("P-256")
ROWS: list[dict[str, str | None]] = [
    {"record_id": f"R{number}", "given_name": "MARIA"} for number in range(3)
]


def folder(
    root: Path,
    *,
    name: str = "records.csv",
    kind: str = "csv",
    data: bytes | None = None,
    documents: dict[str, bytes] | None = None,
    change: Callable[[dict[str, Any]], object] = lambda manifest: None,
) -> Path:
    """A request folder signed by KEY."""
    records = encode(ROWS, kind) if data is None else data
    save(root, name, records)
    attached = documents or {}
    for each, content in attached.items():
        save(root, each, content)
    manifest: dict[str, Any] = {
        "request_id": "0b6c2f0e-8f0a-4d0c-9d3e-000000000001",
        "agreement": "a",
        "agreement_digest": "sha256:" + "a" * 64,
        "requester": "requester",
        "purpose": "p",
        "statutes": ["s"],
        "attributes": ["name"],
        "attestations": [],
        "documents": [
            {"name": each, "sha256": hashlib.sha256(content).hexdigest()}
            for each, content in attached.items()
        ],
        "records": {
            "file": name,
            "format": kind,
            "sha256": hashlib.sha256(records).hexdigest(),
            "count": 3,
        },
        "created_at": "2026-11-20T12:00:00Z",
        "expires_at": "2026-12-20T12:00:00Z",
        "contract": "1",
    }
    change(manifest)
    save(root, "manifest.json", json.dumps(jws.sign(json.dumps(manifest).encode(), [KEY])).encode())
    return root


def received(root: Path) -> Received:
    return receive_envelope(
        open_envelope(root), who=lambda signature: ("me", signature.verified_by(KEY))
    )


def codes(faults: tuple[Fault, ...]) -> list[str]:
    return [fault.code.value for fault in faults]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_a_request_as_it_should_be(tmp_path: Path, kind: str) -> None:
    got = received(folder(tmp_path, name=f"records.{kind}", kind=kind, documents={"o.pdf": b"%"}))
    assert got.faults == ()
    assert [(signer.person, signer.valid) for signer in got.signers] == [("me", True)]
    assert got.records is not None
    assert got.records.column_names == list(REQUEST_COLUMNS)
    assert got.records["record_id"].to_pylist() == ["R0", "R1", "R2"]
    assert got.count == 3
    assert sorted(got.columns) == ["given_name", "record_id"]
    assert got.manifest is not None
    assert got.records_sha256 == got.manifest.records.sha256
    assert dict(got.manifest.documents) == got.documents


def test_what_was_received_is_kept_and_read_again_the_same(tmp_path: Path) -> None:
    got = received(folder(tmp_path, data=b"record_id,phone\n1,2\n", documents={"o.pdf": b"%"}))
    again = Received.from_bytes(got.to_bytes(), got.records)
    for name in ("manifest", "signers", "faults", "columns", "documents", "records_sha256"):
        assert getattr(again, name) == getattr(got, name)
    assert codes(again.faults) == ["request.column_unknown"]


def test_a_signature_by_another_key_is_not_valid(tmp_path: Path) -> None:
    root = folder(tmp_path)
    signed = json.loads((root / "manifest.json").read_bytes())
    forged = jws.sign(jws.parse((root / "manifest.json").read_bytes()).payload, [OTHER])
    signed["signatures"] += forged["signatures"]
    save(root, "manifest.json", json.dumps(signed).encode())
    assert [signer.valid for signer in received(root).signers] == [True, False]


@pytest.mark.parametrize("name", ["", "manifest.json/x"])
def test_no_folder_and_no_manifest(tmp_path: Path, name: str) -> None:
    for place in (tmp_path, tmp_path / "none"):
        with pytest.raises(BadInput) as caught:
            open_envelope(place / name if name else place)
        assert caught.value.mend


def test_a_manifest_that_is_a_link_or_a_pipe_is_none(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    root = folder(tmp_path)
    (inner / "manifest.json").symlink_to(root / "manifest.json")
    with pytest.raises(BadInput):
        open_envelope(inner)
    (inner / "manifest.json").unlink()
    os.mkfifo(inner / "manifest.json")
    with pytest.raises(BadInput):
        open_envelope(inner)


def test_a_manifest_without_end(tmp_path: Path) -> None:
    save(tmp_path, "manifest.json", b"{" * (2 << 20))
    with pytest.raises(BadInput):
        open_envelope(tmp_path)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff\xfe", b"[]", b'{"payload":"x"}', b"{" * 100_000,
     b'{"payload":"","signatures":[],"payload":""}', b'{"payload":"e30","signatures":[]}'],
)  # fmt: skip
def test_a_manifest_that_cannot_be_read_is_a_fault(tmp_path: Path, data: bytes) -> None:
    envelope = open_envelope(save(folder(tmp_path), "manifest.json", data).parent)
    assert codes(envelope.faults) == ["request.unreadable"]
    assert envelope.faults[0].place == "manifest.json"
    assert (envelope.manifest, envelope.manifest_bytes) == (None, data)


@pytest.mark.parametrize("target", ["../outside.csv", "/etc/hostname", "sub/records.csv", ".."])
def test_records_outside_the_folder_are_not_named(tmp_path: Path, target: str) -> None:
    root = tmp_path / "request"
    root.mkdir()
    (root / "sub").mkdir()
    save(root / "sub", "records.csv", encode(ROWS, "csv"))
    save(tmp_path, "outside.csv", encode(ROWS, "csv"))
    got = received(folder(root, change=lambda manifest: manifest["records"].update(file=target)))
    assert codes(got.faults) == ["request.unreadable"]
    assert (got.manifest, got.records, got.records_sha256) == (None, None, "")


def test_links_in_the_folder_are_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "request"
    root.mkdir()
    folder(root, documents={"order.pdf": b"%"})
    for name in ("records.csv", "order.pdf"):
        outside = save(tmp_path, name, (root / name).read_bytes())
        (root / name).unlink()
        (root / name).symlink_to(outside)
    got = received(root)
    assert codes(got.faults) == ["request.unreadable"]
    assert (got.records, got.documents) == (None, {})
    assert [label for label, _ in open_envelope(root).contents()] == ["manifest"]


def test_records_that_are_not_there(tmp_path: Path) -> None:
    root = folder(tmp_path)
    (root / "records.csv").unlink()
    got = received(root)
    assert [(fault.code, fault.place) for fault in got.faults] == [
        (Code.REQUEST_UNREADABLE, "records.csv")
    ]


def test_records_that_cannot_be_read_are_named_by_their_place(tmp_path: Path) -> None:
    got = received(folder(tmp_path, data=b"record_id,given_name\n1,A\n2\n"))
    assert [(fault.code, fault.place) for fault in got.faults] == [
        (Code.REQUEST_UNREADABLE, "records.csv line 3")
    ]
    assert (got.records, got.count) == (None, 0)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", Code.REQUEST_EMPTY),
        (b"record_id\n", Code.REQUEST_EMPTY),
        (b"record_id,email\n1,2\n", Code.REQUEST_COLUMN_UNKNOWN),
    ],
)
def test_each_fault_has_its_code(tmp_path: Path, data: bytes, code: Code) -> None:
    assert [fault.code for fault in received(folder(tmp_path, data=data)).faults] == [code]


def test_a_number_that_may_have_lost_a_zero(tmp_path: Path) -> None:
    got = received(
        folder(tmp_path, name="r.jsonl", kind="jsonl", data=b'{"record_id":7,"postal_code":2139}\n')
    )
    assert [(fault.code, fault.place) for fault in got.faults] == [
        (Code.REQUEST_COLUMN_TYPE, "r.jsonl line 1, column postal_code")
    ]


def test_a_format_that_is_not_the_files(tmp_path: Path) -> None:
    got = received(
        folder(tmp_path, change=lambda manifest: manifest["records"].update(format="parquet"))
    )
    assert [(fault.code, fault.place) for fault in got.faults] == [
        (Code.REQUEST_UNREADABLE, "manifest.json records.format")
    ]


def test_what_is_too_large_is_neither_read_nor_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = folder(tmp_path, documents={"order.pdf": b"%" * 100})
    with (root / "records.csv").open("ab") as stream:
        stream.truncate(3 << 30)  # sparse: it takes no room
    monkeypatch.setattr(document_room, "MOST_BYTES", 99)
    got = received(root)
    assert [(fault.code, fault.place) for fault in got.faults] == [
        (Code.REQUEST_TOO_LARGE, "records.csv"),
        (Code.REQUEST_TOO_LARGE, "order.pdf"),
    ]
    assert [label for label, _ in open_envelope(root).contents()] == ["manifest"]


def test_the_bounds_are_those_of_the_reader() -> None:
    assert envelope_room.LIMITS.plain_bytes < 1 << 31
