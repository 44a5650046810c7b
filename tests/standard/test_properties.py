"""What must hold for any address line, seen or unseen."""

from __future__ import annotations

import random
import string

import duckdb
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from narrowgate.standard.columns import ADDRESS_FAULTS, ADDRESS_KINDS, RAW_COLUMNS
from narrowgate.standard.form import standardise
from narrowgate.standard.grammar import parse
from narrowgate.standard.roles import DROPPED, ROLES
from narrowgate.standard.suffixes import SUFFIXES

Row = dict[str, object]
CON = duckdb.connect()
CLASSES = "nmagh9rocz" + "lyei7w123456xtXHTSYGJKQuvfbFqPpkBRUCs8MAVELZW$!~%*#&O>;/|-"

names = st.sampled_from(
    ["MAIN", "OAK", "ST JOHNS", "MARTIN LUTHER KING JR", "5TH", "BROADWAY", "PARK", "LAKE VIEW"]
)
numbers = st.one_of(
    st.integers(1, 99999).map(str),
    st.integers(1, 999).map(lambda n: f"{n} 1/2"),
    st.integers(1, 999).map(lambda n: f"{n}A"),
)
units = st.one_of(
    st.just(""),
    st.integers(1, 9999).map(lambda n: f"APT {n}"),
    st.integers(1, 99).map(lambda n: f"# {n}B"),
    st.integers(1, 99).map(lambda n: f"BLDG C APT {n}"),
    st.just("FL 2"),
    st.just("REAR"),
)
directions = st.sampled_from(["", "N", "SW", "EAST"])
streets = st.builds(
    lambda *parts: " ".join(part for part in parts if part),
    numbers,
    directions,
    names,
    st.sampled_from(sorted(SUFFIXES)).filter(lambda word: word not in ("VIA", "PIKE", "RUE")),
    directions,
    units,
)
boxes = st.builds(
    lambda head, n, tail: f"{head} {n}{tail}",
    st.sampled_from(["PO BOX", "RR 2 BOX", "HC 68 BOX", "PSC 802 BOX", "POB", "UNIT 2050 BOX"]),
    st.integers(1, 99999),
    st.sampled_from(["", "A", "B"]),
)
addresses = st.one_of(streets, boxes)
anything = st.text(max_size=60)


def standard(lines: list[tuple[str | None, str | None]]) -> list[Row]:
    size = len(lines)
    columns = {name: pa.nulls(size, pa.string()) for name in RAW_COLUMNS}
    columns["address_line1"] = pa.array([line[0] for line in lines], pa.string())
    columns["address_line2"] = pa.array([line[1] for line in lines], pa.string())
    columns["postal_code"] = pa.array(["62701"] * size, pa.string())
    rows: list[Row] = standardise(CON, pa.table(columns)).to_pylist()
    assert len(rows) == size
    return rows


def rendered(row: Row) -> str:
    """A standard form written as a line again."""
    kind = row["address_kind"]
    if kind == "po_box":
        return f"PO BOX {row['box']}"
    unit = row["unit"]
    if isinstance(unit, str) and unit[0] not in "BFR#":
        unit = f"# {unit}"
    parts = ("number", "predir", "street", "street_suffix", "postdir")
    words = [str(row[part]) for part in parts if row[part] is not None]
    box = [f"BOX {row['box']}"] if row["box"] is not None else []
    return " ".join([*words, *box, *([unit] if isinstance(unit, str) else [])])


@given(st.lists(addresses, min_size=1, max_size=20))
@settings(max_examples=40, deadline=None)
def test_a_standard_form_is_its_own_standard_form(lines: list[str]) -> None:
    first = standard([(line, None) for line in lines])
    assert [row["address_fault"] for row in first] == [None] * len(lines)
    again = standard([(rendered(row), None) for row in first])
    assert [row["delivery_point"] for row in again] == [row["delivery_point"] for row in first]


@given(st.lists(st.tuples(anything | st.none(), anything | st.none()), max_size=30))
@settings(max_examples=40, deadline=None)
def test_any_text_gives_ascii_and_one_verdict(lines: list[tuple[str | None, str | None]]) -> None:
    for row in standard(lines):
        for value in row.values():
            assert not isinstance(value, str) or value.isascii()
            assert value != ""
        assert row["address_fault"] is None or row["address_fault"] in ADDRESS_FAULTS
        assert row["address_kind"] is None or row["address_kind"] in ADDRESS_KINDS
        assert (row["delivery_point"] is None) == (row["address_fault"] is not None)
        assert (row["building"] is None) == (row["address_fault"] is not None)


@given(st.lists(addresses, min_size=1, max_size=20), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_case_periods_commas_and_blanks_do_not_matter(
    lines: list[str], chance: random.Random
) -> None:
    def disturbed(line: str) -> str:
        words = line.split(" ")
        cased = [chance.choice((str.lower, str.upper, str.title))(word) for word in words]
        ends = [chance.choice(("", "", ".", ",")) if word[-1].isalpha() else "" for word in words]
        blanks = [chance.choice((" ", "  ", "\t ")) for _ in words]
        return " " + "".join(
            word + end + blank for word, end, blank in zip(cased, ends, blanks, strict=True)
        )

    plain = standard([(line, None) for line in lines])
    other = standard([(disturbed(line), None) for line in lines])
    assert [row["delivery_point"] for row in other] == [row["delivery_point"] for row in plain]


@given(st.lists(st.tuples(addresses, st.integers(0, 99), st.integers(1, 9)), min_size=1))
@settings(max_examples=40, deadline=None)
def test_another_digit_is_another_delivery_point(cases: list[tuple[str, int, int]]) -> None:
    changed = []
    for line, at, by in cases:
        first_word = line.split(" ")[0]
        digits = [i for i, c in enumerate(line) if c.isdigit()]
        if first_word[0].isdigit():  # a digit of the house number
            digits = [i for i in digits if i < len(first_word)]
        where = digits[at % len(digits)]
        digit = string.digits[(int(line[where]) + by) % 10]
        changed.append(line[:where] + digit + line[where + 1 :])
    before = standard([(line, None) for line, _, _ in cases])
    after = standard([(line, None) for line in changed])
    for one, two in zip(before, after, strict=True):
        assert one["delivery_point"] != two["delivery_point"]


@given(st.lists(st.tuples(addresses, units), min_size=2, max_size=20), st.integers(0, 19))
@settings(max_examples=40, deadline=None)
def test_a_row_does_not_depend_on_its_neighbours(
    lines: list[tuple[str | None, str | None]], at: int
) -> None:
    chosen = at % len(lines)
    assert standard(lines)[chosen] == standard([lines[chosen]])[0]
    assert standard(lines[::-1])[::-1] == standard(lines)


# Shapes as lines have them: mostly numbers, words, suffixes, designators, here and there anything.
shapes = st.text(st.sampled_from("nnnwwttuuvfbF#|ZxX1" + CLASSES), max_size=16)


@given(shapes)
@settings(max_examples=400, deadline=None)
def test_every_shape_parses_to_one_role_a_piece(shape: str) -> None:
    result = parse(shape)
    assert len(result.roles) == len(shape)
    assert set(result.roles) <= {*ROLES, DROPPED}
    assert (result.fault is None) == (result.kind is not None) or result.fault == "incomplete"
    assert result.fault is None or set(result.roles) <= {DROPPED}
