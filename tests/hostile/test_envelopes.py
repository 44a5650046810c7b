"""Hostile requests of facts/law.md section 7: each refused whole, with all its codes, and the
register untouched. The B-number stands at each case.
"""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from narrowgate.errors import BadInput
from narrowgate.gateway.desk import CaseDesk
from narrowgate.gateway.process import process
from narrowgate.gateway.receive import receive
from narrowgate.reasons import Code, Reason
from narrowgate.register.snapshot import Snapshot
from narrowgate.store import reading
from narrowgate.way import STAGES
from world import World, person, record, write_csv

Edit = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"), people=[person(n) for n in range(20)])


@pytest.fixture
def world(shared: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world with a register that must not be opened, on a day of its own."""

    def never(*arguments: object, **named: object) -> None:
        raise AssertionError("the register was touched while screening")

    monkeypatch.setattr(Snapshot, "open", never)
    shared.now += timedelta(days=1)
    return shared


def codes(reasons: tuple[Reason, ...]) -> list[str]:
    return sorted(reason.code.value for reason in reasons)


def setting(name: str, value: object) -> Edit:
    return lambda manifest: manifest.__setitem__(name, value)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        pytest.param(setting("attributes", ["name", "address", "phone"]),
                     [Code.REQUEST_ATTRIBUTE_NOT_ALLOWED], id="B3 asks for phone"),
        pytest.param(setting("attributes", ["filed"]),
                     [Code.REQUEST_ATTRIBUTE_NOT_ALLOWED], id="B48 asks whether one has filed"),
        pytest.param(setting("attributes", ["household"]),
                     [Code.REQUEST_ATTRIBUTE_NOT_ALLOWED], id="B47 anyone at this address"),
        pytest.param(setting("purpose", "civil-removal"),
                     [Code.REQUEST_PURPOSE_NOT_ALLOWED], id="B24 purpose"),
        pytest.param(setting("statutes", ["26 U.S.C. 6103(l)(7)"]),
                     [Code.REQUEST_STATUTE_NOT_ALLOWED], id="statute"),
        pytest.param(setting("requester", "elsewhere"),
                     [Code.REQUEST_REQUESTER_NOT_PARTY], id="B54 not a party"),
        pytest.param(setting("agreement", "voter-roll"),
                     [Code.REQUEST_AGREEMENT_UNKNOWN], id="agreement unknown"),
        pytest.param(setting("agreement_digest", "sha256:" + "0" * 64),
                     [Code.REQUEST_AGREEMENT_DIGEST_MISMATCH], id="another text"),
        pytest.param(setting("attestations", []),
                     [Code.REQUEST_ATTESTATION_MISSING], id="B34 B50 no attestation"),
        pytest.param(lambda m: m["records"].update(count=5),
                     [Code.REQUEST_RECORDS_COUNT_MISMATCH], id="B56 count"),
        pytest.param(lambda m: m["records"].update(sha256="0" * 64),
                     [Code.REQUEST_RECORDS_DIGEST_MISMATCH], id="B20 digest"),
        pytest.param(setting("documents", [{"name": "order.pdf", "sha256": "0" * 64}]),
                     [Code.REQUEST_DOCUMENT_MISSING], id="document"),
    ],
)  # fmt: skip
def test_a_fault_of_the_manifest_refuses_the_whole(
    world: World, edit: Edit, expected: list[Code]
) -> None:
    receipt = world.receive([record(1), record(2)], change=edit)
    assert receipt.state == "refused"
    assert codes(receipt.reasons) == sorted(code.value for code in expected)


def test_all_faults_of_a_request_are_listed(world: World) -> None:
    def edit(manifest: dict[str, Any]) -> None:
        manifest |= {"purpose": "gossip", "attributes": ["email"], "attestations": []}

    receipt = world.receive([record(1)], change=edit, sign_with=["outsider"])
    assert codes(receipt.reasons) == [
        "request.attestation_missing",
        "request.attribute_not_allowed",
        "request.purpose_not_allowed",
        "request.signatory_not_named",
    ]


@pytest.mark.parametrize("party", ["outsider", "receiving-officer", "release-officer-1"])
def test_b17_b54_signed_by_somebody_not_named(world: World, party: str) -> None:
    receipt = world.receive([record(1)], sign_with=[party])
    assert Code.REQUEST_SIGNATORY_NOT_NAMED.value in codes(receipt.reasons)


def test_unsigned(world: World) -> None:
    def strip(folder: Path) -> None:
        signed = json.loads((folder / "manifest.json").read_text())
        signed["signatures"] = []
        (folder / "manifest.json").write_text(json.dumps(signed))

    receipt = world.receive([record(1)], after_signing=strip)
    assert "request.signature_missing" in codes(receipt.reasons)


def test_b20_manifest_altered_after_signing(world: World) -> None:
    other = world.request([record(1)], change=setting("purpose", "x"))

    def exchange(folder: Path) -> None:
        mine = json.loads((folder / "manifest.json").read_text())
        theirs = json.loads((other / "manifest.json").read_text())
        mine["payload"] = theirs["payload"]
        (folder / "manifest.json").write_text(json.dumps(mine))

    receipt = world.receive([record(1)], after_signing=exchange)
    assert "request.signature_invalid" in codes(receipt.reasons)


def test_b20_record_appended_after_signing(world: World) -> None:
    def append(folder: Path) -> None:
        write_csv(folder / "records.csv", [record(1), record(2)])

    receipt = world.receive([record(1)], after_signing=append)
    assert codes(receipt.reasons) == [
        "request.records_count_mismatch",
        "request.records_digest_mismatch",
    ]


def test_b21_the_same_envelope_again(world: World) -> None:
    folder = world.request([record(1)])
    assert receive(world.site, folder).state == "received"
    again = receive(world.site, folder)
    assert codes(again.reasons) == ["request.replayed"]


def test_a_stranger_cannot_use_up_a_request_id(world: World) -> None:
    folder = world.request([record(1)])
    stolen = world.root / "stolen"
    shutil.copytree(folder, stolen)
    signed = json.loads((stolen / "manifest.json").read_text())
    signed["signatures"] = []
    (stolen / "manifest.json").write_text(json.dumps(signed))
    assert receive(world.site, stolen).state == "refused"
    assert receive(world.site, folder).state == "received"


@pytest.mark.parametrize(
    ("days", "code"), [(-31, "request.stale"), (1, "request.in_future")], ids=["stale", "future"]
)
def test_b22_out_of_its_time(world: World, days: int, code: str) -> None:
    def edit(manifest: dict[str, Any]) -> None:
        made = world.now + timedelta(days=days)
        manifest["created_at"] = made.isoformat()
        manifest["expires_at"] = (made + timedelta(days=60)).isoformat()

    assert codes(world.receive([record(1)], change=edit).reasons) == [code]


def test_b23_the_term_has_run_out(tmp_path: Path) -> None:
    world = World(tmp_path, people=[person(1)])  # its own: no clock of a site goes back
    world.now += timedelta(days=600)
    refused = world.receive([record(1, world.now)])
    assert codes(refused.reasons) == ["request.agreement_not_in_force"]


def test_b1_more_persons_than_the_agreement_bears(world: World) -> None:
    receipt = world.receive([record(n) for n in range(10_001)])
    assert codes(receipt.reasons) == ["request.volume_exceeded"]


def test_b2_the_day_is_counted_over_all_requests(world: World) -> None:
    for start in (20_000, 30_000):
        assert world.receive([record(n) for n in range(start, start + 10_000)]).reasons == ()
    assert codes(world.receive([record(1)]).reasons) == ["request.volume_exceeded"]


def test_b3_columns_that_ask_for_more(world: World) -> None:
    receipt = world.receive([{**record(1), "phone": "", "email": ""}])
    assert "request.column_unknown" in codes(receipt.reasons)


def test_b28_no_column_for_the_date_of_the_order(world: World) -> None:
    rows = [{name: value for name, value in record(1).items() if name != "order_date"}]
    assert codes(world.receive(rows).reasons) == ["request.column_missing"]


def test_b57_a_fishing_expedition(world: World) -> None:
    rows = [record(n, address_line1="" if n % 5 else record(n)["address_line1"]) for n in range(50)]
    progress = world.process(rows)
    assert (progress.state, codes(progress.reasons)) == ("refused", ["request.quality_too_low"])
    assert progress.docket.counts["refused"] == 50


def test_b35_one_officer_for_all(world: World) -> None:
    progress = world.process([record(n, engaged_officer="OFFICER 7") for n in range(101)])
    assert codes(progress.reasons) == ["request.officer_overload"]


def by_row(world: World, rows: list[dict[str, str]]) -> list[list[str]]:
    """Codes by row; lawful filler keeps the request from being refused for its quality."""
    filler = [record(5000 + n) for n in range(4 * len(rows))]
    case = world.receive([*rows, *filler]).case
    docket = process_refused(world, case)
    assert all(not docket.reasons_of(row) for row in range(len(rows), len(docket)))
    return [sorted(r.code.value for r in docket.reasons_of(row)) for row in range(len(rows))]


def process_refused(world: World, case: str) -> Any:
    """Screening's docket; matching may open the register for the lawful filler."""
    desk = CaseDesk(world.site, reading.case(world.site.db, case), world.now)
    return STAGES[0].run(desk).docket


def test_b12_b14_one_address_and_many_names(world: World) -> None:
    rows = [record(n, address_line1="77 SHELTER CROSS RD") for n in range(30)]
    assert set(map(tuple, by_row(world, rows))) == {("address.shared",)}


def test_b13_one_person_and_many_addresses(world: World) -> None:
    rows = [
        record(
            1,
            record_id=f"G{n}",
            address_line1=f"{n + 1} GUESS ST",
            case_number=f"G-{n}",
            reason=f"Investigation G-{n} needs the residence of its subject.",
        )
        for n in range(40)
    ]
    assert set(map(tuple, by_row(world, rows))) == {("subject.repeated",)}


def test_b15_respelt_with_a_new_case_number(world: World) -> None:
    name = record(1)["family_name"]
    rows = [
        record(1, tin=""),
        record(1, tin="", record_id="G2", family_name=name + "E", case_number="G-2",
               address_line1="2 GUESS ST"),
    ]  # fmt: skip
    assert by_row(world, rows) == [["subject.repeated"]] * 2


def test_b13_guesses_are_counted_across_requests(world: World) -> None:
    def ask(line: str, **changes: str) -> list[str]:
        rows = [record(8, address_line1=line, **changes), *[record(n) for n in range(60, 66)]]
        case = world.receive(rows).case
        docket = process_refused(world, case)
        process_screen_only(world, case)
        return sorted(reason.code.value for reason in docket.reasons_of(0))

    assert ask("1 GUESS ST") == []
    assert ask("2 GUESS ST") == []
    assert ask("3 GUESS ST") == ["subject.attempts_exceeded"]
    assert ask("1 GUESS ST") == []
    assert ask("4 GUESS ST", family_name=record(8)["family_name"] + "S") == [
        "subject.attempts_exceeded"
    ]


def process_screen_only(world: World, case: str) -> None:
    """Commit the screen stage, then stop where the register would be opened."""
    with pytest.raises(AssertionError, match="register was touched"):
        process(world.site, case)


def test_b37_the_same_reason_for_everybody(world: World) -> None:
    rows = [record(n, reason="Under investigation for failure to depart.") for n in range(12)]
    assert set(map(tuple, by_row(world, rows))) == {("reason.boilerplate",)}


def test_b46_one_number_on_several_names(world: World) -> None:
    rows = [record(n, tin=record(1)["tin"], date_of_birth="") for n in (1, 2, 3)]
    assert all("tin.conflict" in found for found in by_row(world, rows))


def test_b56_duplicate_record_ids(world: World) -> None:
    rows = [record(n, record_id="SAME") for n in (1, 2)]
    assert by_row(world, rows) == [["record.id_duplicate"]] * 2


def test_one_case_number_for_two_people(world: World) -> None:
    rows = [record(n, case_number="INV-1") for n in (1, 2)]
    assert by_row(world, rows) == [["case.number_reused"]] * 2


def test_a_folder_that_is_no_request_leaves_nothing(world: World) -> None:
    before = world.site.log.size
    folders = sorted((world.site.home / "evidence").iterdir())
    empty = world.root / "empty"
    empty.mkdir(exist_ok=True)
    with pytest.raises(BadInput):
        receive(world.site, empty)
    assert world.site.log.size == before
    assert sorted((world.site.home / "evidence").iterdir()) == folders


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe\x00", b"[]", b'{"payload":"x"}'])
def test_b55_a_manifest_that_cannot_be_read(world: World, data: bytes) -> None:
    folder = world.request([record(1)])
    (folder / "manifest.json").write_bytes(data)
    receipt = receive(world.site, folder)
    assert receipt.state == "refused"
    assert "request.unreadable" in codes(receipt.reasons)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "request.empty"),
        (b'record_id,given_name\n"open', "request.unreadable"),
        (b"\xff\xfe\x00\x01", "request.unreadable"),
        (",".join(record(1)).encode() + b"\n", "request.empty"),
    ],
)
def test_b55_records_that_cannot_be_read(world: World, data: bytes, code: str) -> None:
    receipt = world.receive([], data=data)
    assert receipt.state == "refused"
    assert code in codes(receipt.reasons)
