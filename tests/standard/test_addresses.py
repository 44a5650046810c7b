"""Address lines, as tables: which are one delivery point, and which are no address at all."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from narrowgate.standard.columns import RAW_COLUMNS, STANDARD_COLUMNS
from narrowgate.standard.form import standardise

HERE = Path(__file__).parent
VECTORS = HERE.parents[1] / "vectors" / "addresses.toml"
RAW = pa.schema([(name, pa.string()) for name in RAW_COLUMNS])
Row = dict[str, object]


def table(name: str, entry: str) -> list[dict[str, str]]:
    with (HERE / name).open("rb") as file:
        rows: list[dict[str, str]] = tomllib.load(file)[entry]
    return rows


def raw_row(line: str, **place: str) -> dict[str, str | None]:
    line1, _, line2 = line.partition("|")
    cells = {"city": "Springfield", "state": "IL", "zip": "62701", "country": ""} | place
    return dict.fromkeys(RAW_COLUMNS) | {
        "address_line1": line1 or None,
        "address_line2": line2 or None,
        "city": cells["city"] or None,
        "state": cells["state"] or None,
        "postal_code": cells["zip"] or None,
        "country": cells["country"] or None,
    }


def standard_rows(rows: list[dict[str, str | None]]) -> list[Row]:
    with duckdb.connect() as con:
        result = standardise(con, pa.Table.from_pylist(rows, schema=RAW))
    assert result.num_rows == len(rows)
    found: list[Row] = result.to_pylist()
    return found


def one(line: str, **place: str) -> Row:
    return standard_rows([raw_row(line, **place)])[0]


def pairs() -> list[dict[str, Any]]:
    with VECTORS.open("rb") as file:
        kinds = tomllib.load(file)["kind"]
    return [{"kind": kind["name"], "place": {}, **pair} for kind in kinds for pair in kind["pairs"]]


def test_pairs_are_one_delivery_point_or_not() -> None:
    listed = pairs()
    first = standard_rows([raw_row(pair["a"], **pair["place"]) for pair in listed])
    second = standard_rows([raw_row(pair["b"], **pair["place"]) for pair in listed])
    assert len(listed) >= 650
    wrong = [
        (pair["kind"], pair["a"], pair["b"], a["delivery_point"], b["delivery_point"])
        for pair, a, b in zip(listed, first, second, strict=True)
        if (a["delivery_point"] is not None and a["delivery_point"] == b["delivery_point"])
        is not pair["same"]
        or (a["delivery_point"] is None) is not ("a" in pair.get("unread", ""))
        or (b["delivery_point"] is None) is not ("b" in pair.get("unread", ""))
    ]
    assert wrong == []


def test_pairs_are_sound_data() -> None:
    listed = pairs()
    assert len({(pair["a"], pair["b"], str(pair["place"])) for pair in listed}) == len(listed)
    assert all(pair["reason"] for pair in listed)
    by_kind = {
        pair["kind"]: [p["same"] for p in listed if p["kind"] == pair["kind"]] for pair in listed
    }
    # Each kind shows both what is one point and what is not.
    assert [kind for kind, same in by_kind.items() if set(same) != {True, False}] == []


def test_lines_have_the_fault_they_should() -> None:
    lines = table("faults.toml", "line")
    places = [
        {key: line[key] for key in ("zip", "city", "state", "country") if key in line}
        for line in lines
    ]
    found = standard_rows(
        [raw_row(line["line"], **place) for line, place in zip(lines, places, strict=True)]
    )
    assert len(lines) >= 100
    wrong = [
        (line["line"], line["fault"], row["address_fault"], row["address_kind"])
        for line, row in zip(lines, found, strict=True)
        if (row["address_fault"] or "ok") != line["fault"]
        or ("kind" in line and row["address_kind"] != line["kind"])
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "1234 1/2 N. Saint Mary's Street W|Bldg. B, Apt #4-C",
            {
                "address_kind": "street",
                "number": "1234 1/2",
                "predir": "N",
                "street": "ST MARYS",
                "street_suffix": "ST",
                "postdir": "W",
                "unit": "BLDG B # 4C",
                "building": "street|1234 1/2|N|STMARYS|ST|W|",
                "delivery_point": "street|1234 1/2|N|STMARYS|ST|W||BLDG B # 4C",
            },
        ),
        (
            "P.O. Box 00077",
            {"address_kind": "po_box", "box": "77", "number": None, "building": "po_box||||||77"},
        ),
        (
            "Rural Route 2 Box 15-A",
            {"address_kind": "rural", "street": "RR 2", "box": "15A", "unit": None},
        ),
        (
            "URB Las Gladiolas|150 Calle A",
            {"number": "150", "street": "CALLE A URB LAS GLADIOLAS", "street_suffix": None},
        ),
        (
            "9 State Hwy 12 E Ste 3",
            {"number": "9", "street": "SR 12", "postdir": "E", "unit": "STE 3"},
        ),
        ("12 Main St Apt 3 Ste 4", {"unit": "# 3 STE 4"}),
        ("Don't  Care,", {"address_text": "DONT CARE", "building": None, "delivery_point": None}),
    ],
)
def test_components(line: str, expected: dict[str, str | None]) -> None:
    row = one(line)
    assert {name: row[name] for name in expected} == expected


def test_columns_and_types_are_the_published_ones() -> None:
    with duckdb.connect() as con:
        for rows in ([], [raw_row("12 Main St")]):
            result = standardise(con, pa.Table.from_pylist(rows, schema=RAW))
            assert dict(zip(result.schema.names, result.schema.types, strict=True)) == (
                STANDARD_COLUMNS
            )
        without_kind = pa.Table.from_pylist([raw_row("1 A St")], schema=RAW).drop(["tin_kind"])
        assert standardise(con, without_kind).num_rows == 1


def test_zip_and_state_agree_or_not_or_cannot_be_told() -> None:
    def agrees(zip_: str, state: str) -> object:
        return one("1 Main St", zip=zip_, state=state)["zip_state_agrees"]

    assert agrees("62701", "IL") is True
    assert agrees("62701", "Illinois") is True
    assert agrees("62701", "TX") is False
    assert agrees("06390", "NY") is True  # Fishers Island, of Connecticut's prefix
    assert agrees("00501", "NY") is True
    assert agrees("12345", "NY") is True
    assert agrees("00901", "Puerto Rico") is True
    assert agrees("09499", "AE") is True
    assert agrees("00000", "IL") is None
    assert agrees("62701", "") is None
    assert agrees("1234", "MA") is None


def test_zip_forms() -> None:
    def zips(cell: str) -> tuple[object, object]:
        row = one("1 Main St", zip=cell)
        return row["zip5"], row["zip4"]

    assert zips("62701") == ("62701", None)
    assert zips(" 62701-1234 ") == ("62701", "1234")
    assert zips("627011234") == ("62701", "1234")
    assert zips("62701-0000") == ("62701", None)
    assert zips("2701") == (None, None)
    assert zips("99999") == (None, None)
    assert zips("6270A") == (None, None)
