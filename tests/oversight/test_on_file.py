"""The truth of a trial, by the register's own rows: who lives at the very address that counts."""

from datetime import UTC, date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from narrowgate.agreement.bundled import bundled
from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import AnswerTerms
from narrowgate.engine.duck import connect
from narrowgate.oversight.on_file import OnFile, on_file
from narrowgate.standard.columns import RAW_COLUMNS
from narrowgate.standard.form import standardise
from world import NOW, person, record, write_csv

TODAY = NOW.astimezone(UTC).date()
NEW = {"address_line1": "9 QUARRY WAY", "address_from": "2024-05-01"}


def terms(**changes: Any) -> AnswerTerms:
    source = bundled("removal-order-address")
    assert source is not None
    return read_agreement(source, "x").answer.model_copy(update=changes)


def asked(
    tmp_path: Path,
    rows: list[dict[str, str]],
    records: list[dict[str, str]],
    people: list[str | None],
    answer: AnswerTerms | None = None,
    today: date = TODAY,
) -> OnFile:
    source = tmp_path / "register.csv"
    write_csv(source, rows)
    raw = pa.table(
        {
            name: pa.array([r.get(name) or None for r in records], pa.string())
            for name in RAW_COLUMNS
        }
    )
    standard = standardise(connect(), raw)
    return on_file([source], standard, pa.array(people, pa.string()), answer or terms(), today)


def lives_there(tmp_path: Path, rows: list[dict[str, str]], **changes: Any) -> bool:
    answer = changes.pop("answer", None)
    found = asked(tmp_path, rows, [record(1, **changes)], ["P000001"], answer)
    (answered,) = found.lives_there.to_pylist()
    return bool(answered)


def test_the_very_address_in_any_writing(tmp_path: Path) -> None:
    about = person(1)
    assert lives_there(tmp_path, [about])
    assert lives_there(tmp_path, [about], address_line1="101 Maple Avenue")
    assert lives_there(tmp_path, [about], postal_code="")
    assert not lives_there(tmp_path, [about], address_line1="102 MAPLE AVE")
    assert not lives_there(tmp_path, [about], postal_code="99202")
    assert not lives_there(tmp_path, [about], address_line2="APT 2")
    assert not lives_there(tmp_path, [person(2)])


@pytest.mark.parametrize(
    ("old", "new", "current", "last_known"),
    [
        ({}, NEW, False, False),
        ({"address_to": "2024-05-01"}, NEW, False, False),
        ({"address_to": "2024-05-01"}, {"address_from": "2099-01-01"}, False, True),
        ({}, {**NEW, "address_to": "2025-01-01"}, True, False),
        ({}, {**NEW, "address_from": "2099-01-01"}, True, True),
        ({"address_from": ""}, {**NEW, "address_from": ""}, True, True),
        ({"address_from": ""}, NEW, False, False),
        # Whoever moved to where nobody can read has moved.
        ({}, {"address_line1": "SOMEWHERE", "address_from": "2024-05-01"}, False, False),
    ],
)
def test_what_counts_of_two_addresses(
    tmp_path: Path, old: dict[str, str], new: dict[str, str], current: bool, last_known: bool
) -> None:
    rows = [person(1) | old, person(1) | NEW | new]
    assert lives_there(tmp_path, rows) is current
    assert lives_there(tmp_path, rows, answer=terms(addresses="last_known")) is last_known


def test_a_period_counts_every_address_in_it(tmp_path: Path) -> None:
    rows = [person(1) | {"address_to": "2024-05-01"}, person(1) | NEW]
    long, short = (terms(addresses="period", period_months=months) for months in (36, 12))
    assert lives_there(tmp_path, rows, answer=long)
    assert not lives_there(tmp_path, rows, answer=short)
    assert lives_there(tmp_path, rows, answer=short, address_line1="9 QUARRY WAY")


def test_a_unit_on_one_side_counts_where_the_agreement_says_so(tmp_path: Path) -> None:
    answer = terms(unit="missing_on_one_side")
    rows = [person(1) | {"address_line2": "APT 4"}]
    assert lives_there(tmp_path, rows, answer=answer)
    assert not lives_there(tmp_path, rows)
    assert not lives_there(tmp_path, rows, answer=answer, address_line2="APT 5")


@pytest.mark.parametrize(("seal", "there"), [("false", True), ("true", False), ("maybe", False)])
def test_nobody_who_is_sealed_lives_anywhere(tmp_path: Path, seal: str, there: bool) -> None:
    # One row's seal is the person's, and a seal that cannot be read protects.
    rows = [person(1), person(1) | NEW | {"address_to": "2025-01-01", "sealed": seal}]
    assert lives_there(tmp_path, rows) is there


def test_rows_stay_beside_their_records(tmp_path: Path) -> None:
    rows = [person(number) for number in range(60)]
    crowd = [person(n) | {"address_line1": "1 TOWER PL", "address_line2": f"APT {n}"}
             for n in range(60, 85)]  # fmt: skip
    records = [record(n) for n in (7, 3, 59, 3)]
    records.append(record(70, address_line1="1 Tower Place", address_line2="#70"))
    people = ["P000007", "P000004", None, "P000003", "P000070"]
    found = asked(tmp_path, [*rows, *crowd], records, people)
    assert found.lives_there.to_pylist() == [True, False, False, True, True]
    assert found.residents.to_pylist() == [1, 1, 1, 1, 25]
    assert [str(born) for born in found.born.to_pylist()] == [
        *(person(7)["date_of_birth"], person(4)["date_of_birth"], "None"),
        *(person(3)["date_of_birth"], person(70)["date_of_birth"]),
    ]


def test_it_is_of_the_day_it_is_asked(tmp_path: Path) -> None:
    rows = [person(1) | {"address_to": "2026-12-01"}]
    for today, there in ((date(2026, 11, 30), True), (date(2026, 12, 1), False)):
        found = asked(tmp_path, rows, [record(1)], ["P000001"], today=today)
        assert found.lives_there.to_pylist() == [there]
