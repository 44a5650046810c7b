"""The ZIP table: what is held against a record, what is not, and that the table is what it says."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from narrowgate.standard.zips import (
    STATE_CODES,
    TABLE,
    city_agrees,
    kilometres,
    read_zips,
    state_agrees,
    states_by_prefix,
)


def of_state(zip5: str | None, state: str | None) -> bool | None:
    found: list[bool | None] = state_agrees(
        pa.array([zip5], pa.string()), pa.array([state], pa.string())
    ).to_pylist()
    return found[0]


def of_city(zip5: str | None, city: str | None) -> bool | None:
    found: list[bool | None] = city_agrees(
        pa.array([zip5], pa.string()), pa.array([city], pa.string())
    ).to_pylist()
    return found[0]


@pytest.mark.parametrize(
    ("zip5", "state", "agrees"),
    [
        ("62701", "IL", True),
        ("62701", "TX", False),
        ("63101", "IL", None),  # St. Louis, on the river that is the border
        ("63101", "TX", False),
        ("06390", "NY", True),  # Fishers Island, of Connecticut's prefix
        ("06320", "NY", None),  # New London, opposite it
        ("00501", "NY", True),  # of the one prefix that mainland states share with no other
        ("20500", "DC", True),
        ("20500", "MD", None),
        ("00926", "PR", True),
        ("00926", "FL", False),
        ("09012", "AE", True),
        ("09012", "NY", False),
        ("34001", "AA", True),
        ("96201", "AP", True),
        ("96910", "GU", True),
        ("62799", "IL", True),  # unlisted: by its first three digits
        ("62799", "TX", False),
        ("57724", "MT", None),  # 60 km off, but of a prefix that Montana shares
        ("77199", "TX", True),  # of an assigned prefix without a listed ZIP
        ("00100", "IL", False),  # no ZIP begins so
        (None, "IL", None),
        ("62701", None, None),
    ],
)
def test_zip_and_state(zip5: str | None, state: str | None, agrees: bool | None) -> None:
    assert of_state(zip5, state) is agrees


@pytest.mark.parametrize(
    ("zip5", "city", "agrees"),
    [
        ("62701", "SPRINGFIELD", True),
        ("65801", "SPRINGFIELD", True),  # of Missouri: a name may be at home in many states
        ("62701", "CHICAGO", False),
        ("62701", "SPRNGFIELD", None),  # misspelt: no place of that name
        ("11201", "BROOKLYN", True),
        ("11201", "NEW YORK", True),  # near enough to be its post office
        ("60601", "SPRINGFIELD", False),
        ("62704", "PEORIA", None),  # 96 km off
        ("62799", "SPRINGFIELD", None),  # unlisted
        (None, "SPRINGFIELD", None),
        ("62701", None, None),
    ],
)
def test_zip_and_city(zip5: str | None, city: str | None, agrees: bool | None) -> None:
    assert of_city(zip5, city) is agrees


def test_no_doubt_near_a_border_is_held_against_a_record() -> None:
    """Each ZIP with every state that has another within 24 km, told afresh from the coordinates."""
    with pa.memory_map(str(TABLE)) as file:
        table = pa.ipc.open_file(file).read_all()
    zips, states = table["zip"].to_numpy(), table["state"].to_numpy()
    latitude, longitude = (table[name].to_numpy() / 100 for name in ("latitude", "longitude"))
    for at in np.random.default_rng(1).choice(len(zips), 400, replace=False):
        away = kilometres(latitude[at], longitude[at], latitude, longitude)
        for state in np.unique(states[away < 24]):
            own = state == states[at]
            assert of_state(f"{zips[at]:05}", STATE_CODES[state]) is (True if own else None)


def test_every_listed_zip_agrees_with_its_own_place_and_with_no_far_state() -> None:
    with pa.memory_map(str(TABLE)) as file:
        table = pa.ipc.open_file(file).read_all()
    zip5 = pa.array([f"{number:05}" for number in table["zip"].to_pylist()])
    state = pa.array(STATE_CODES).take(table["state"].combine_chunks())
    city = table["city"].combine_chunks().cast(pa.string())
    assert len(zip5) > 40_000
    assert state_agrees(zip5, state).unique().to_pylist() == [True]
    assert city_agrees(zip5, city).unique().to_pylist() == [True]
    far = pa.array(np.where(np.array(state.to_pylist()) == "HI", "ME", "HI"))
    assert state_agrees(zip5, far).unique().to_pylist() == [False]


def test_a_rows_answer_depends_on_that_row_alone() -> None:
    zips, cities = ["62701", "11201", None, "62701"], ["CHICAGO", "NEW YORK", "BOSTON", "PEORIA"]
    together = city_agrees(pa.array(zips), pa.array(cities)).to_pylist()
    assert together == [of_city(*row) for row in zip(zips, cities, strict=True)]


def test_prefixes_have_their_states() -> None:
    states = states_by_prefix()
    assert states["627"] == {"IL"}
    assert states["063"] == {"CT", "NY"}
    assert states["006"] == {"PR"}
    assert "001" not in states


def test_postal_codes_are_read_as_written() -> None:
    cells = [
        "62701",
        " 62701-1234",
        "627011234",
        "62701 1234",
        "00000",
        "2701",
        "٦٢٧٠١",
        "62701-0000",
    ]
    found = read_zips(pa.array([*cells, None], pa.string()))
    assert found["zip5"].to_pylist() == [*["62701"] * 4, None, None, None, "62701", None]
    assert found["zip4"].to_pylist() == [None, *["1234"] * 3, *[None] * 5]
