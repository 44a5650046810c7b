"""The record rules of the product and of the twin say the same of every record, code by code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import narrowgate
from demand import codes, history, lawful, screened, table, whole
from narrowgate.catalogue.lawful import AT
from narrowgate.engine.duck import connect
from narrowgate.screening.screen import Screened
from narrowgate.standard.form import standardise
from twin.cells import CELLS
from twin.demands import Row, bulk, settled
from twin.rules.agreement import figures
from twin.rules.attempts import Asked, asked_by, exceeding
from twin.rules.judge import read, record_codes
from twin.rules.subject_matter import Record
from twin.rules.whole import whole_codes

CON = connect()
AGREEMENT = figures(
    (Path(narrowgate.__file__).parent / "agreements" / "removal-order-address.md").read_text()
)
RECORD_RULES = {code for code in AGREEMENT if not code.startswith("request.")}


def standard(rows: list[Row]) -> list[dict[str, Any]]:
    forms: list[dict[str, Any]] = standardise(CON, table(rows)).to_pylist()
    return forms


OFFICES = standard(AGREEMENT["address.institution"]["offices"])


def records(rows: list[Row]) -> list[Record]:
    return read(rows, standard(rows), AT.date())


def compare(rows: list[Row]) -> tuple[set[str], set[str]]:
    """Compares every record; the codes given to records, and to the request, by both."""
    seen = records(rows)
    mine = record_codes(seen, AGREEMENT, OFFICES)
    against_all = whole_codes(seen, mine, AGREEMENT)
    found = screened(rows)
    assert set(whole(found)) == against_all
    differences = [
        (row, sorted(by_twin ^ by_product), {k: v for k, v in rows[row].items() if v})
        for row, (by_twin, given_codes) in enumerate(zip(mine, codes(found), strict=True))
        if by_twin != (by_product := set(given_codes) - against_all)
    ]
    assert differences == []
    return set().union(*mine), against_all


def one_change(number: int, column: str, cell: str | None) -> Row:
    return lawful(number, **{"record_id": f"I{number}", column: cell})


def test_every_cell_alone() -> None:
    cells = [(column, cell) for column, pool in CELLS.items() for cell in pool]
    rows = [one_change(number, *cell) for number, cell in enumerate(cells)]
    given_codes, _ = compare([*settled(rows), *(lawful(9_000 + n) for n in range(2_000))])
    together = {
        "record.id_duplicate", "address.shared", "subject.repeated", "subject.attempts_exceeded",
        "case.number_reused", "identifier.insufficient",
    }  # fmt: skip
    assert RECORD_RULES - together <= given_codes


def test_ten_thousand_records_at_random() -> None:
    given_codes, against_all = compare(bulk(1, 10_000))
    assert RECORD_RULES - given_codes == {"subject.attempts_exceeded"}
    assert against_all == {"request.quality_too_low", "request.officer_overload"}


@pytest.mark.parametrize("seed", range(4))
def test_people_doors_numbers_and_cases_that_meet(seed: int) -> None:
    """What looks across records, dense: a few people, names and doors, and many records."""
    across = ("given_name", "family_name", "date_of_birth", "tin", "case_number", "record_id")
    compare(bulk(100 + seed, 400, columns=(*across, "address_line1", "address_line2", "reason")))


@pytest.mark.parametrize("faulty", [29, 30, 31, 100])
def test_quality_to_the_record(faulty: int) -> None:
    rows = [lawful(n, order_ground="overstay" if n < faulty else "") for n in range(faulty)]
    compare([*rows, *(lawful(n, reason="no") for n in range(faulty, 100))])


@pytest.mark.parametrize("subjects", [99, 100, 101])
def test_officers_load_to_the_subject(subjects: int) -> None:
    rows = [lawful(n, engaged_officer="o-7" if n % 2 else "O-7 ") for n in range(subjects)]
    rows += [lawful(n, record_id=f"again-{n}", engaged_officer="o-7") for n in range(20)]
    _, against_all = compare([*rows, *(lawful(500 + n) for n in range(60))])
    assert against_all == ({"request.officer_overload"} if subjects > 100 else set())


PLAINLY = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)
"""A failing example is short as it is; making it shorter would take minutes."""
CELL = st.sampled_from([(column, cell) for column, pool in CELLS.items() for cell in pool])
ROW = st.builds(
    lambda number, changes: {**lawful(number), **dict(changes)},
    st.integers(0, 12),
    st.lists(CELL, max_size=8),
)


@PLAINLY
@given(st.lists(ROW, min_size=1, max_size=25))
def test_any_request(rows: list[Row]) -> None:
    compare(settled(rows))


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
    lambda text: bool(text.strip())
)
FREE_OF_FORM = ("order_number", "middle_name", "given_name", "case_number", "city")


@PLAINLY
@given(st.lists(st.tuples(st.sampled_from(FREE_OF_FORM), ANY_TEXT), min_size=1, max_size=20))
def test_any_text_in_a_cell(cells: list[tuple[str, str]]) -> None:
    compare([one_change(number, *cell) for number, cell in enumerate(cells)])


def test_addresses_asked_about_over_time() -> None:
    """Clause 6.2 over seven requests, of one person under two keys and of others."""
    doors = [f"{n} Guess St" for n in (1, 2, 2, 3, 1, 4, 2)]
    by_number: dict[str, str] = {"date_of_birth": "", "family_name": "Else"}
    by_name: dict[str, str] = {"tin": "", "tin_kind": "", "family_name": "Quintanila"}
    past_twin: set[Asked] = set()
    past: list[Screened] = []
    for turn, door in enumerate(doors):
        changes = (by_number, by_name, {})[turn % 3]
        rows: list[Row] = [
            lawful(1, address_line1=door, **changes),
            *(lawful(n, address_line1=f"{turn * (n % 3)} Elm St") for n in range(2, 9)),
        ]
        seen = records(rows)
        before = exceeding(seen, past_twin, AGREEMENT["subject.attempts_exceeded"])
        none = history().attempts
        attempts = pa.concat_tables(
            [none, *(one.attempts.select(none.schema.names) for one in past)]
        )
        found = screened(rows, past=history(attempts=attempts))
        given_codes = codes(found)
        refused = {row for row, of in enumerate(given_codes) if of}
        assert all(of in ([], ["subject.attempts_exceeded"]) for of in given_codes)
        assert refused == before
        past.append(found)
        past_twin |= {
            asked for record in seen if record.row not in before for asked in asked_by(record)
        }


# --- where the product is held to differ: see each test's own sentence ----------------------


@pytest.mark.xfail(
    raises=AssertionError,
    strict=True,
    reason="a row without a place counts as a place under a shared number",
)
def test_no_address_is_not_another_address() -> None:
    """A fault in one record says nothing about another (clause 4); one address is asked about."""
    rows = [lawful(5), lawful(5, record_id="x", address_line1="Failed to provide")]
    compare([*rows, *(lawful(100 + n) for n in range(30))])


@pytest.mark.xfail(
    raises=AssertionError,
    strict=True,
    reason="each name under a number is compared with the first row's alone",
)
def test_the_order_of_records_decides_nothing() -> None:
    """Martins and Matine are no respellings, whoever comes first."""
    for names in (("Martins", "Martine", "Matine"), ("Martine", "Martins", "Matine")):
        rows = [lawful(5, record_id=name, family_name=name) for name in names]
        compare([*rows, *(lawful(100 + n) for n in range(30))])


@pytest.mark.xfail(
    raises=AssertionError,
    strict=True,
    reason="the city is part of the place, though the ZIP tells where the door is",
)
def test_a_door_is_one_door_however_its_city_is_spelt() -> None:
    """Twenty people at one door (clause 4.5): the register is asked by ZIP (docs/matching.md)."""
    rows = [
        lawful(
            n,
            address_line1="7 Elm Dr",
            address_line2="",
            **({"city": "Sprngfield"} if n % 2 else {}),
        )
        for n in range(20)
    ]
    assert all("address.shared" in of for of in codes(screened(rows)))
