"""Levels of each field, held against the plain definition; weights are log2(m / u)."""

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler

from narrowgate.errors import BadInput
from narrowgate.matching.comparisons import birth_levels, digits_slip, missing, tin_levels
from narrowgate.matching.likeness import ALIKE, NOT_UNLIKE, Texts
from narrowgate.matching.model import LEVELS, RESIDENCE_LEVELS, bundled_model, read_model
from narrowgate.register.layout import NO_DATE
from narrowgate.standard import nicknames

NAMES = st.text("ABCDEGILMNORSTUZ ", min_size=1, max_size=14).map(
    lambda name: " ".join(name.split())
)
NUMBERS = st.integers(1, 999_999_999)
EPOCH = date(1970, 1, 1)


def slipped(one: int, other: int) -> bool:
    """Two numbers of nine digits: the plain definition."""
    a, b = f"{one:09}", f"{other:09}"
    wrong = [at for at in range(9) if a[at] != b[at]]
    exchanged = len(wrong) == 2 and wrong[1] == wrong[0] + 1
    return len(wrong) == 1 or (exchanged and OSA.distance(a, b) == 1)


@st.composite
def near(draw: st.DrawFn) -> tuple[int, int]:
    """A number, and one that is a slip or two away from it."""
    digits = list(f"{draw(NUMBERS):09}")
    before = int("".join(digits))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, 7))
        if draw(st.booleans()):
            digits[at], digits[at + 1] = digits[at + 1], digits[at]
        else:
            digits[at] = draw(st.sampled_from("0123456789"))
    return before, int("".join(digits)) or 1


@given(st.lists(st.one_of(near(), st.tuples(NUMBERS, NUMBERS)), min_size=1, max_size=60))
def test_a_slip_is_one_digit_or_two_neighbours_exchanged(pairs: list[tuple[int, int]]) -> None:
    one, other = (np.array(side, np.uint32) for side in zip(*pairs, strict=True))
    assert digits_slip(one, other).tolist() == [slipped(*pair) for pair in pairs]
    names = [*LEVELS["tin"], "missing"]
    expected = ["exact" if a == b else "slip" if slipped(a, b) else "else" for a, b in pairs]
    assert [names[level] for level in tin_levels(one, other)] == expected


def test_no_number_is_missing_on_either_side_and_on_both() -> None:
    none, some = np.array([0, 5, 0], np.uint32), np.array([5, 0, 0], np.uint32)
    assert tin_levels(none, some).tolist() == [missing("tin")] * 3


DAYS = st.dates(date(1900, 1, 1), date(2026, 12, 31))


@st.composite
def births(draw: st.DrawFn) -> tuple[date, date]:
    one = draw(DAYS)
    how = draw(st.sampled_from(["swapped", "near", "any"]))
    if how == "swapped" and one.day <= 12:
        return one, date(one.year, one.day, one.month)
    if how == "near":
        return one, one + timedelta(days=draw(st.integers(-12, 12)))
    return one, draw(DAYS)


def born(one: date, other: date) -> str:
    a, b = int(f"{one:%Y%m%d}"), int(f"{other:%Y%m%d}")
    if one == other:
        return "exact"
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return "swapped"
    return "slip" if slipped(a, b) else "else"


@given(st.lists(births(), min_size=1, max_size=60))
def test_birth_dates(pairs: list[tuple[date, date]]) -> None:
    one, other = (
        np.array([(day - EPOCH).days for day in side], np.int32)
        for side in zip(*pairs, strict=True)
    )
    names = LEVELS["birth_date"]
    found = [names[level] for level in birth_levels(one, other)]
    assert found == [born(*pair) for pair in pairs]


def test_birth_dates_missing_and_far_away() -> None:
    far = np.array([NO_DATE, 0, -500_000, -500_000, NO_DATE], np.int32)
    other = np.array([0, NO_DATE, -500_000, -500_001, NO_DATE], np.int32)
    none = missing("birth_date")
    exact, rest = (LEVELS["birth_date"].index(name) for name in ("exact", "else"))
    assert birth_levels(far, other).tolist() == [none, none, exact, rest, none]


def spelling(one: str, other: str) -> str:
    """The plain definition of likeness, without nicknames, initials and parts."""
    if one == other:
        return "exact"
    if JaroWinkler.similarity(one, other) >= ALIKE:
        return "alike"
    near_enough = min(len(one), len(other)) > 2 and OSA.distance(one, other) == 1
    return "slip" if near_enough else "else"


@st.composite
def slips(draw: st.DrawFn) -> tuple[str, str]:
    """A name, and the same with one slip."""
    name = draw(st.text("ABCDEGILMNORSTUZ", min_size=3, max_size=14))
    at = draw(st.integers(0, len(name) - 1))
    letter = draw(st.sampled_from("AEIORSTQ"))
    return name, draw(
        st.sampled_from(
            (
                name[:at] + letter + name[at + 1 :],
                name[:at] + letter + name[at:],
                name[:at] + name[at + 1 :],
                name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
            )
        )
    )


@given(st.lists(st.one_of(slips(), st.tuples(NAMES, NAMES)), min_size=1, max_size=40))
def test_family_names_by_spelling(pairs: list[tuple[str, str]]) -> None:
    pairs = [(a, b) for a, b in pairs if a and b and " " not in a + b]
    ones, others = ([pair[side] for pair in pairs] for side in (0, 1))
    texts = Texts([pa.array(side, pa.string()) for side in (ones, others)])
    one, other = texts.columns
    names = LEVELS["family"]
    assert [names[level] for level in texts.family(one, other)] == [spelling(*p) for p in pairs]


@given(slips())
def test_no_slip_hides_behind_low_likeness(pair: tuple[str, str]) -> None:
    """Only pairs above NOT_UNLIKE are asked whether they are one slip apart."""
    one, other = pair
    if len(other) > 2:
        assert JaroWinkler.similarity(one, other) >= NOT_UNLIKE


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("GARCIA LOPEZ", "GARCIA", "part"),
        ("LOPEZ", "GARCIA LOPEZ", "part"),
        ("LOPEZ GARCIA", "GARCIA LOPEZ", "part"),
        ("GARCIA LOPEZ", "GARCIA PEREZ", "else"),
        ("A GARCIA", "A", "else"),
        ("A B C D E", "A B C D E F", "else"),
        ("GARCIA LOPEZ", "GARCIA LOPES", "alike"),
        ("GARCIA LOPEZ", "GRACIA LOPEZ", "alike"),
        ("GARCIA LOPEZ", "MARTIN LOPEZ", "else"),
    ],
)
def test_surnames_left_out_or_exchanged(one: str, other: str, level: str) -> None:
    texts = Texts([pa.array([side]) for side in (one, other)])
    numbers = texts.columns
    assert LEVELS["family"][texts.family(*numbers)[0]] == level


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("WILLIAM", "BILL", "nickname"),
        ("BILL", "WILLIAM", "nickname"),
        ("J", "JOHN", "initial"),
        ("JOHN", "J", "initial"),
        ("J", "K", "else"),
        ("JON", "JAN", "slip"),
        ("LEE", "ELE", "slip"),
        ("JO", "JA", "else"),
    ],
)
def test_given_names(one: str, other: str, level: str) -> None:
    texts = Texts([pa.array([one]), pa.array([other])])
    numbers = texts.columns
    assert LEVELS["given"][texts.given(*numbers)[0]] == level


def test_the_bundled_model_weighs_agreement_above_disagreement() -> None:
    model = bundled_model("strict")
    for comparison, levels in LEVELS.items():
        weights = model.weights[comparison]
        assert list(weights) == list(levels)
        assert weights["exact"] > 0 > weights["else"]
    assert model.digest.startswith("sha256:")


def test_a_common_name_says_less_and_never_less_than_one_nearly_like_it() -> None:
    model = bundled_model("strict")
    share = model.identity["family"]["exact"]
    bits = model.rarity(share, np.array([1, 50_000, 1_000_000]), 10_000_000)
    assert bits[0] > bits[1] > bits[2] > 0
    assert bits[0] == pytest.approx(np.log2(share.m / model.frequency.least), abs=1e-4)
    assert model.next_to_exact("family") == max(
        model.weights["family"][level] for level in ("part", "alike", "slip")
    )
    # Of a small register the model's own share speaks.
    assert model.rarity(share, np.array([1]), 1)[0] == pytest.approx(share.bits, abs=0.01)


@pytest.mark.parametrize("broken", [b"", b"{}", b'{"name": "x", "comparisons": {}}'])
def test_a_file_that_is_no_model_is_bad_input(broken: bytes) -> None:
    with pytest.raises(BadInput):
        read_model(broken, "model.json")


def test_m_and_u_are_shares() -> None:
    half = {"m": 0.5, "u": 0.25}
    raw = {
        "name": "x",
        "nicknames": nicknames.digest(),
        "former_name": half,
        "frequency": {"prior_people": 10, "least": 0.01},
        "comparisons": {c: dict.fromkeys(levels, half) for c, levels in LEVELS.items()},
        "residence": {c: dict.fromkeys(levels, half) for c, levels in RESIDENCE_LEVELS.items()},
    }
    assert read_model(json.dumps(raw).encode(), "x").weights["tin"]["exact"] == 1.0
    for broken in (
        {"former_name": {"m": 0, "u": 0.5}},
        {"frequency": {"prior_people": 0}},
        {"nicknames": "x"},
    ):
        with pytest.raises(BadInput):
            read_model(json.dumps(raw | broken).encode(), "x")


def test_the_model_is_where_the_package_says() -> None:
    assert Path(bundled_model("strict").name).name == "strict"
