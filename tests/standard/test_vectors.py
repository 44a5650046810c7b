"""Published pairs of addresses: one delivery point, or not, and why (vectors/addresses.toml)."""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from narrowgate.standard.columns import RAW_COLUMNS
from narrowgate.standard.form import standardise

KINDS = tomllib.loads(
    (Path(__file__).parents[2] / "vectors/addresses.toml").read_text(encoding="utf-8")
)["kind"]
PAIRS = [(kind["name"], pair) for kind in KINDS for pair in kind["pairs"]]
DEFAULT = ("Springfield", "IL", "62701")

TAKEN_FOR_ONE = frozenset(
    (
        "10 Main St PMB 234 = 10 MAIN ST # 234",
        "10 Main St PMB 234 = 10 MAIN ST APT 234",
        "10 Main St Ste 11 PMB 234 = 10 MAIN ST STE 11 APT 234",
        "123 County Road 60 = 123 COUNTY HIGHWAY 60",
        "123 Main St # 4 = 123 MAIN ST STE 4",
        "123 Main St Apt 1st = 123 MAIN ST APT 1",
        "123 Main St Apt 4 = 123 MAIN ST STE 4",
        "123 Main St Apt 4² = 123 MAIN ST APT 42",
        "123 Main St Apt 4Ж = 123 MAIN ST APT 4",
        "123 Main St Cabin 4 = 123 MAIN ST LOT 4",
        "123 Main St Cottage 4 = 123 MAIN ST APT 4",
        "123 Main St Dept 4 = 123 MAIN ST APT 4",
        "123 Main St Hngr 4 = 123 MAIN ST SLIP 4",
        "123 Main St Key 4 = 123 MAIN ST APT 4",
        "123 Main St Lot 4 = 123 MAIN ST APT 4",
        "123 Main St Rm 4 = 123 MAIN ST APT 4",
        "123 Main St Slip 4 = 123 MAIN ST APT 4",
        "123 Main St Stop 4 = 123 MAIN ST APT 4",
        "123 Main Ж St = 123 MAIN ST",
        "123 Pe�a St = 123 PEA ST",
        "123 Twenty One Mile Rd = 123 20 1 MILE RD",
        "c/o 5 Star Hotel|123 Main St = 5 STAR HOTEL|123 MAIN ST",
    )
)
"""Pairs that are two delivery points and are still read as one: to be mended, never to grow."""

MISSED = 91
"""So many pairs that are one delivery point are not read as one yet: each fails to confirm."""


def points() -> list[tuple[str | None, str | None]]:
    sides = [(pair[side], pair.get("place", DEFAULT)) for _, pair in PAIRS for side in "ab"]
    rows = [(*[*text.split(" | "), ""][:2], *place) for text, place in sides]
    names = ("address_line1", "address_line2", "city", "state", "postal_code")
    table = pa.table(
        {
            name: pa.array(
                [row[names.index(name)] or None if name in names else None for row in rows],
                pa.string(),
            )
            for name in RAW_COLUMNS
        }
    )
    found = standardise(duckdb.connect(), table)["delivery_point"].to_pylist()
    return list(zip(found[::2], found[1::2], strict=True))


def key(pair: dict[str, Any]) -> str:
    return f"{pair['a']} = {pair['b']}"


def test_there_are_hundreds_of_every_kind() -> None:
    kinds = Counter(kind for kind, _ in PAIRS)
    assert len(PAIRS) >= 300
    assert len(kinds) >= 18


def test_no_two_delivery_points_are_taken_for_one() -> None:
    equal = [
        key(pair)
        for (_, pair), (one, other) in zip(PAIRS, points(), strict=True)
        if not pair["same"] and one is not None and one == other
    ]
    assert sorted(equal) == sorted(TAKEN_FOR_ONE)


def test_one_delivery_point_is_read_as_one_however_it_is_written() -> None:
    missed = {
        key(pair)
        for (_, pair), (one, other) in zip(PAIRS, points(), strict=True)
        if pair["same"] and (one is None or one != other)
    }
    assert len(missed) <= MISSED
