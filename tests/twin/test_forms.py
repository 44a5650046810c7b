"""Standard forms keep their contract, as the twin tells it."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrowgate.engine.duck import connect
from narrowgate.standard.columns import RAW_COLUMNS
from narrowgate.standard.form import standardise
from twin.forms.addresses import Address, Chance, any_address, neighbour, written
from twin.forms.dates import birth_date
from twin.forms.likeness import edits, jaro_winkler
from twin.forms.names import full_name
from twin.forms.numbers import read_number

CON = connect()
PLAINLY = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def standard(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Standard forms of cells, null where blank."""
    columns = {
        name: pa.array(
            [cell if (cell := row.get(name, "")).strip() else None for row in rows], pa.string()
        )
        for name in RAW_COLUMNS
    }
    forms: list[dict[str, Any]] = standardise(CON, pa.table(columns)).to_pylist()
    return forms


NUMBERS = (
    "746-52-1093", "746521093", "746 52 1093", "746-521093", "74652-1093", " 746-52-1093 ",
    "746--52-1093", "746-52-1093-", "746.52.1093", "746–52–1093", "٢١٩٤٥٦٧٨٩", "22222222", "1093",
    "746-52-109A", "XXX-XX-1093", "000-12-3456", "666-12-3456", "899-12-3456", "746-00-1093",
    "746-52-0000", "900-70-0000", "078-05-1120", "219099999", "457-55-5462", "123-45-6789",
    "987-65-4319", "987-65-4320", "987-65-4329", "987-65-4330", "111111111", "999-99-9999", "",
)  # fmt: skip
KINDS = ("", "ssn", "SSN", " itin ", "Itin", "ein", "-")


def test_numbers() -> None:
    groups = [f"9{group}1-{group:02}-1093".replace(f"9{group}1", "912") for group in range(100)]
    cells = list(product((*NUMBERS, *groups), KINDS))
    forms = standard([{"tin": tin, "tin_kind": kind} for tin, kind in cells])
    for (tin, kind), form in zip(cells, forms, strict=True):
        mine = read_number(tin, kind)
        theirs = (form["tin"], form["tin_kind"], form["tin_fault"])
        assert (mine.digits, mine.kind, mine.fault) == theirs, (tin, kind)


DATES = (
    "1984-03-09", "19840309", "03/09/1984", "3/9/1984", "1984-03-09T00:00:00", "1984-03-09 13:45",
    "1984-03-09T13:45:00.123Z", "1984-03-09T13:45:00+02:00", "1984-03-09x", "1984-03-09Tx",
    "1984-03-09T", "19840309T00:00:00", "1984-02-30", "1984-3-9", "0000-01-01", "0001-01-01",
    "9999-12-31", "29/02/1984", "02/29/1985", "2/29/1984", " 1984-03-09 ", "1984/03/09",
    "03-09-1984", "3/9/84", "003/09/1984", "03/09/1984 00:00", "1984-W10-5", "1984-069", "unknown",
    "٠٣/09/1984", "1900-02-29", "2000-02-29", "",
)  # fmt: skip


@PLAINLY
@given(st.lists(st.dates().map(str) | st.from_regex(r"[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,4}")))
def test_dates_of_birth(cells: list[str]) -> None:
    every = [*DATES, *(cell for cell in cells if cell.isascii() and "\n" not in cell)]
    for cell, form in zip(
        every, standard([{"date_of_birth": cell} for cell in every]), strict=True
    ):
        assert form["birth_date"] == birth_date(cell), cell
        assert (form["birth_date_fault"] == "invalid") == (bool(cell) and not birth_date(cell)), (
            cell
        )


# Plain words: particles, initials and other scripts are vectors/names.toml's.
WORDS = (
    "Juan", "María", "O’Neil", "D'Arcy", "Smith", "Jones", "Łuk", "Đoàn", "Nguyễn", "Ñu", "İpek",
    "Þor", "Œil", "Æon", "ﬁn", "Smith-Jones", "Zoë", "Jo\u0301se", "-", "&", "—",
)  # fmt: skip
HEADS = ("", "", "", "Mr ", "Mrs. ", "Dr ", "DR. MS. ", "Miss ")
TAILS = ("", "", "", " Jr", ", Jr.", " SR", " II", "-III", " IV", " V", " 2nd", " 3rd", " Junior")
STATED = ("", "", "Jr.", "sr", "III", "3rd", "esq", "v", "Junior", " ii ", "2ND", "xyz")


def test_names() -> None:
    chance = Chance(7)

    def name(tails: tuple[str, ...] = ("",)) -> str:
        inner = " ".join(chance.one(WORDS) for _ in range(int(chance.number(0, 3))))
        return chance.one(HEADS) + inner + chance.one(tails)

    def plain() -> str:
        return " ".join(chance.one(WORDS) for _ in range(int(chance.number(0, 2))))

    cells = [(name(), plain(), name(TAILS), chance.one(STATED)) for _ in range(4_000)]
    columns = ("given_name", "middle_name", "family_name", "name_suffix")
    forms = standard([dict(zip(columns, row, strict=True)) for row in cells])
    for row, form in zip(cells, forms, strict=True):
        mine = full_name(*row)
        theirs = (form["given"], form["middle"], form["family"], form["suffix"])
        assert (mine.given, mine.middle, mine.family, mine.suffix) == theirs, row


def doors(addresses: list[Address], chance: Chance) -> tuple[list[Any], list[dict[str, Any]]]:
    """The lines of each address, in one of its spellings, and their standard form."""
    lines = [written(address, chance) for address in addresses]
    columns = ("address_line1", "address_line2", "city", "state", "postal_code")
    rows = [
        dict(zip(columns, (*line, *address.place), strict=True))
        for address, line in zip(addresses, lines, strict=True)
    ]
    return lines, standard(rows)


@pytest.mark.parametrize("seed", range(3))
def test_one_door_one_delivery_point(seed: int) -> None:
    """Four thousand pairs, half of them one address written twice, half neighbours."""
    chance = Chance(seed)
    ones = [any_address(chance) for _ in range(4_000)]
    others = [one if chance.happens(0.5) else neighbour(one, chance) for one in ones]
    pairs = list(zip(ones, others, strict=True))
    assert 700 < sum(one.point != other.point for one, other in pairs) < 2_000
    (ours, firsts), (theirs, seconds) = doors(ones, chance), doors(others, chance)
    line = zip(ours, theirs, strict=True)
    for (one, other), lines, first, second in zip(pairs, line, firsts, seconds, strict=True):
        assert first["address_kind"] == one.standard_kind, lines
        assert None not in (first["delivery_point"], second["delivery_point"]), lines
        same = first["delivery_point"] == second["delivery_point"]
        assert same == (one.point == other.point), lines


def test_no_two_doors_share_a_delivery_point() -> None:
    """All against all: what is written differently for one door meets nobody else's."""
    chance = Chance(11)
    addresses = [any_address(chance) for _ in range(6_000)]
    known: dict[str, Address] = {}
    for address, form in zip(addresses, doors(addresses, chance)[1], strict=True):
        known.setdefault(form["delivery_point"], address)
        assert known[form["delivery_point"]].point == address.point
    assert len(known) == len({address.point for address in addresses})


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [("MARTHA", "MARHTA", 0.9611), ("DWAYNE", "DUANE", 0.84), ("DIXON", "DICKSONX", 0.8133),
     ("JONES", "JOHNSON", 0.8324), ("ABCVWXYZ", "CABVWXYZ", 0.9583), ("A", "B", 0.0)],
)  # fmt: skip
def test_the_twins_likeness_is_the_published_one(one: str, other: str, likeness: float) -> None:
    """Winkler (1990), table of examples."""
    assert jaro_winkler(one, other) == pytest.approx(likeness, abs=5e-5)
    assert jaro_winkler(other, one) == pytest.approx(likeness, abs=5e-5)


def slipped(name: str) -> str:
    """The name with two neighbours exchanged, one letter dropped or one changed, or none."""
    at = len(name) // 2
    slips = (name, name[:at] + name[at + 1 :], name[:at] + "F" + name[at + 1 :])
    return (*slips, name[:at] + name[at : at + 2][::-1] + name[at + 2 :])[len(name) % 4]


def test_the_twins_likeness_and_edits_are_the_engines() -> None:
    chance = np.random.default_rng(3)
    names = ["".join(chance.choice(list("ABCDE "), chance.integers(1, 12))) for _ in range(4_000)]
    pairs = [*zip(names[::2], names[1::2], strict=True), *((name, slipped(name)) for name in names)]
    query = (
        "SELECT jaro_winkler_similarity(a, b), damerau_levenshtein(a, b) FROM (SELECT "
        "unnest($1) AS a, unnest($2) AS b, generate_subscripts($1, 1) AS n) ORDER BY n"
    )
    found = CON.execute(query, [[a for a, _ in pairs], [b for _, b in pairs]]).fetchall()
    for (one, other), (likeness, distance) in zip(pairs, found, strict=True):
        assert jaro_winkler(one, other) == pytest.approx(likeness, abs=1e-12), (one, other)
        assert (edits(one, other) <= 1) == (distance <= 1), (one, other)


def test_the_okina_is_an_apostrophe() -> None:
    """Apostrophes vanish from names (standard/names.py); the okina is written as one."""
    okina, apostrophe = standard([{"family_name": "Kaʻaukai"}, {"family_name": "Ka'aukai"}])
    assert okina["family"] == apostrophe["family"]
