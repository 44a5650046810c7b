"""Each case of adversarial.toml gets its decision, whatever the number of partitions."""

import tomllib
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from narrowgate.agreement.bundled import bundled
from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import Terms
from narrowgate.docket import Docket, State
from narrowgate.matching.match import Matched, match
from narrowgate.matching.model import bundled_model
from narrowgate.register.blocking import HEAVY
from narrowgate.register.load import load
from narrowgate.register.snapshot import Snapshot
from narrowgate.screening.screen import RECORDS, Screened
from narrowgate.standard.columns import RAW_COLUMNS
from narrowgate.standard.form import standardise
from world import write_csv

TABLE = tomllib.loads((Path(__file__).parent / "adversarial.toml").read_text())
BASE: dict[str, str] = TABLE["base"]
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
KEY = bytes(32)


def terms() -> Terms:
    source = bundled("removal-order-address")
    assert source is not None
    return read_agreement(source, "removal-order-address")


TERMS = terms()


def screened(records: list[dict[str, str]]) -> Screened:
    """Records as screening would leave them, all open."""
    columns = {
        name: pa.array([record.get(name) or None for record in records], pa.string())
        for name in RAW_COLUMNS
    }
    standard = standardise(duckdb.connect(), pa.table(columns)).cast(RECORDS)
    return Screened.restore(Docket.issue(len(records)), standard)


def snapshot(tmp_path: Path, rows: list[dict[str, str]], partitions: int = 1) -> Snapshot:
    source = tmp_path / "register.csv"
    write_csv(source, rows)
    loaded = load([source], mapping=None, partitions=partitions, target=tmp_path / "s", key=KEY)
    return Snapshot.open(loaded.path, KEY)


def matched(where: Snapshot, records: list[dict[str, str]]) -> Matched:
    return match(screened(records), where, bundled_model("strict"), TERMS, NOW)


@pytest.mark.parametrize("case", TABLE["case"], ids=[case["name"] for case in TABLE["case"]])
def test_decision(case: dict[str, Any], tmp_path: Path) -> None:
    where = snapshot(tmp_path, [{**BASE, **row} for row in case["register"]])
    docket = matched(where, [{**BASE, **case["record"]}]).docket
    assert State(docket.states[0]).word == case["decision"]


def elsewhere(values: dict[str, str], number: int) -> dict[str, str]:
    """The same row in a town, and with numbers, of its own."""
    merged = {**BASE, **values}
    moved = merged["postal_code"] != BASE["postal_code"]
    group = f"{10 + number % 80:02}"
    return merged | {
        "person_id": f"{merged['person_id']}-{number}",
        "tin": merged["tin"].replace("-52-", f"-{group}-").replace("-11-", f"-{group}-"),
        "postal_code": "60999" if moved else f"{60001 + number}",
        "family_name": merged["family_name"] + "ABCDEFGHIJKLMNOP"[number // 80 % 16] * 2,
    }


def everybody(copies: int) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The registers and records of all cases in one, each in a town and with numbers of its own."""
    rows, records = [], []
    for copy in range(copies):
        for number, case in enumerate(TABLE["case"]):
            own = partial(elsewhere, number=copy * 100 + number)
            rows += [own(row) for row in case["register"]]
            records.append(own(case["record"]))
    return rows, records


def test_answers_are_the_same_for_any_number_of_partitions(tmp_path: Path) -> None:
    rows, records = everybody(3)
    outcomes = []
    for partitions in (1, 2, 7):
        folder = tmp_path / str(partitions)
        folder.mkdir()
        where = snapshot(folder, rows, partitions)
        assert len(where.partitions) == partitions
        outcomes.append((where.digest, matched(where, records)))
    first_digest, first = outcomes[0]
    for digest, other in outcomes[1:]:
        assert digest == first_digest
        assert other.docket.same_as(first.docket)
        for column in first.findings.column_names:
            assert other.findings[column].equals(first.findings[column]), column


def test_the_order_of_the_register_changes_nothing(tmp_path: Path) -> None:
    rows, records = everybody(2)
    results = []
    for name, ordered in (("there", rows), ("back", rows[::-1])):
        (tmp_path / name).mkdir()
        where = snapshot(tmp_path / name, ordered)
        results.append((where.digest, matched(where, records).docket))
    assert results[0][0] == results[1][0]
    assert results[0][1].same_as(results[1][1])


def crowd(count: int) -> list[dict[str, str]]:
    """People of one name at one address, with numbers and birth dates of their own."""
    return [
        {**BASE, "person_id": f"C{n}", "tin": f"{401 + n // 90:03}-{10 + n % 89:02}-{1000 + n}",
         "date_of_birth": f"{1950 + n % 30}-01-01"}
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("partitions", [1, 5])
def test_a_key_too_heavy_to_ask_makes_nobody_unique(
    partitions: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = snapshot(tmp_path, [*crowd(60), BASE], partitions)
    records = [BASE, {**BASE, "tin": ""}]
    assert matched(where, records).docket.counts["confirmed"] == 1
    monkeypatch.setitem(HEAVY, "home", 60)
    assert matched(where, records).docket.counts["not_confirmed"] == 2


@pytest.mark.parametrize("partitions", [1, 3])
def test_an_address_of_very_many_is_weak_evidence(partitions: int, tmp_path: Path) -> None:
    where = snapshot(tmp_path, [*crowd(2000), BASE], partitions)
    found = matched(where, [BASE])
    assert found.docket.counts["review"] == 1
    (weight,) = found.findings["residence_weight"].to_pylist()
    assert 10 < weight < TERMS.answer.residence_threshold


def test_refused_rows_never_open_the_register(tmp_path: Path) -> None:
    nowhere = Snapshot.open(tmp_path / "sha256-none", KEY)
    records = screened([BASE])
    docket = records.docket.decide(records.docket.rows(State.OPEN), State.NOT_CONFIRMED)
    decided = Screened.restore(docket, records.records)
    result = match(decided, nowhere, bundled_model("strict"), TERMS, NOW)
    assert result.docket.same_as(docket)


def test_findings_hold_what_is_on_file_for_open_pairs_only(tmp_path: Path) -> None:
    where = snapshot(tmp_path, [BASE])
    typo = {**BASE, "tin": "", "date_of_birth": "1984-03-08"}
    findings = matched(where, [BASE, typo]).findings.to_pylist()
    assert [row["candidate_family"] for row in findings] == [None, "QUINTANILLA"]
