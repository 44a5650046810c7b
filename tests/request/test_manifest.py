"""A manifest is read to the letter or not at all, and whatever comes in never breaks the gate."""

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrowgate.canonical import canonical
from narrowgate.errors import BadInput
from narrowgate.request.manifest import Manifest, plain_name, read_manifest

LAWFUL: dict[str, Any] = {
    "request_id": "0b6c2f0e-8f0a-4d0c-9d3e-000000000001",
    "agreement": "removal-order-address",
    "agreement_digest": "sha256:" + "a" * 64,
    "requester": "requester",
    "purpose": "criminal-investigation",
    "statutes": ["26 U.S.C. 6103(i)(2)"],
    "attributes": ["name", "address"],
    "attestations": [],
    "documents": [{"name": "order.pdf", "sha256": "b" * 64}],
    "records": {"file": "records.csv", "format": "csv", "sha256": "c" * 64, "count": 3},
    "created_at": "2026-11-20T12:00:00Z",
    "expires_at": "2026-12-20T12:00:00+01:00",
    "contract": "1",
}


def payload(**changes: object) -> bytes:
    return json.dumps(LAWFUL | changes).encode()


def read(**changes: object) -> Manifest:
    return read_manifest(payload(**changes))


def test_a_lawful_manifest_is_read_and_written_the_same() -> None:
    manifest = read()
    assert manifest.records.count == 3
    assert manifest.expires_at == datetime(2026, 12, 20, 11, tzinfo=UTC)
    assert manifest.documents == (("order.pdf", "b" * 64),)
    assert read_manifest(canonical(manifest.as_json())) == manifest


def test_what_has_one_meaning_has_one_spelling() -> None:
    manifest = read(
        request_id="0B6C2F0E-8F0A-4D0C-9D3E-000000000001",
        created_at="2026-11-20T12:00:00.75Z",
        contract=1,
        documents=[{"name": "order.pdf", "sha256": "sha256:" + "B" * 64}],
    )
    assert manifest.request_id == LAWFUL["request_id"]
    assert manifest.created_at == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert manifest.contract == "1"
    assert manifest.documents == (("order.pdf", "b" * 64),)


def nested(member: str, **changes: object) -> dict[str, object]:
    return {member: LAWFUL[member] | changes}


@pytest.mark.parametrize("member", LAWFUL)
def test_every_member_is_needed(member: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_manifest(json.dumps({k: v for k, v in LAWFUL.items() if k != member}).encode())
    assert member in caught.value.fault


@pytest.mark.parametrize(
    ("member", "changes"),
    [
        ("override", {"override": True}),
        ("request_id", {"request_id": "17"}),
        ("agreement", {"agreement": ""}),
        ("agreement", {"agreement": "a\nb"}),
        ("agreement", {"agreement": "x" * 201}),
        ("purpose", {"purpose": ["criminal-investigation"]}),
        ("requester", {"requester": None}),
        ("requester", {"requester": "\x1b[31m"}),
        ("statutes", {"statutes": "26 U.S.C. 6103(i)(2)"}),
        ("attributes.0", {"attributes": [1]}),
        ("attestations", {"attestations": {"a": "b"}}),
        ("documents.0.name", {"documents": [{"name": "../x", "sha256": "b" * 64}]}),
        ("documents.0.sha256", {"documents": [{"name": "x", "sha256": "b" * 63}]}),
        ("documents.0.path", {"documents": [{"name": "x", "sha256": "b" * 64, "path": "y"}]}),
        ("records.format", nested("records", format="xlsx")),
        ("records.count", nested("records", count=-1)),
        ("records.count", nested("records", count="3")),
        ("records.count", nested("records", count=3.0)),
        ("records.count", nested("records", count=True)),
        ("records.count", nested("records", count=10**30)),
        ("records.file", nested("records", file="a/b.csv")),
        ("created_at", {"created_at": "2026-11-20"}),
        ("created_at", {"created_at": "2026-11-20T12:00:00"}),
        ("created_at", {"created_at": "2026-02-30T12:00:00Z"}),
        ("created_at", {"created_at": "20261120T120000Z"}),
        ("created_at", {"created_at": "0001-01-01T00:00:00+14:00"}),
        ("created_at", {"created_at": "9999-12-31T23:59:59-14:00"}),
        ("expires_at", {"expires_at": 1_800_000_000}),
        ("contract", {"contract": "2"}),
        ("contract", {"contract": True}),
        ("contract", {"contract": 1.0}),
    ],
)
def test_a_member_at_fault_is_named(member: str, changes: dict[str, object]) -> None:
    with pytest.raises(BadInput) as caught:
        read(**changes)
    assert member in caught.value.fault
    assert caught.value.place == "manifest.json"


def test_all_members_at_fault_are_named_and_none_is_quoted() -> None:
    with pytest.raises(BadInput) as caught:
        read(purpose=7, MARKED="MARKED7731", requester="MARKED7731\n")
    assert all(member in caught.value.fault for member in ("purpose", "requester", "MARKED"))
    assert "MARKED7731" not in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"NaN", b"[" * 100_000,
        json.dumps(LAWFUL).encode("utf-16"), b'{"a":1,"a":2}',
        payload().replace(b'"count": 3', b'"count": 3, "count": 4'),
        payload().replace(b'"requester"', b'"\\ud800"'),
        payload(requester="X").replace(b'"X"', b'"\\ud800"'),
        payload(requester="X").replace(b'"X"', b"9" * 5000),
    ],
)  # fmt: skip
def test_what_is_no_manifest(data: bytes) -> None:
    with pytest.raises(BadInput):
        read_manifest(data)


@pytest.mark.parametrize(
    "name",
    ["../records.csv", "/etc/passwd", "a/b", "a\\b", ".", "..", ".hidden", "", "a\0b", "a\nb",
     "manifest.json", "Manifest.JSON", "é.csv", "x" * 201, "~x", "-rf", "C:x", "a\u202eb"],
)  # fmt: skip
def test_a_name_that_could_lead_elsewhere(name: str) -> None:
    with pytest.raises(ValueError, match="plain file name"):
        plain_name(name)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["1", "csv", "records.csv", "2026-11-20T12:00:00Z", "b" * 64]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from([*LAWFUL, "x"]), json_values, max_size=4),
    st.sets(st.sampled_from([*LAWFUL])),
)
@settings(max_examples=300, deadline=None)
def test_any_manifest_is_read_or_refused(changes: dict[str, Any], dropped: set[str]) -> None:
    members = {k: v for k, v in (LAWFUL | changes).items() if k not in dropped or k in changes}
    try:
        manifest = read_manifest(json.dumps(members).encode())
    except BadInput:
        return
    assert read_manifest(canonical(manifest.as_json())) == manifest


@given(st.binary(max_size=40), st.integers(0, len(payload()) - 1))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(noise: bytes, position: int) -> None:
    data = payload()
    with contextlib.suppress(BadInput):
        read_manifest(data[:position] + noise + data[position + len(noise) :])
