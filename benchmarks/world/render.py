"""Codes to text: the columns of a register or a request, whole columns at a time.

Every word is taken from a table; a writing is another place in the same table (N or NORTH, ST or
STREET, APT 4 or # 4).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .dwellings import COUNTY_ROAD, DIRECTIONS, ROUTE, STREET, SUFFIXES, UNIT_WORDS
from .people import NONE, Columns
from .people import SUFFIXES as GENERATIONS
from .tables import Codes, given_names, streets, surnames, towns

NO_DATE = -1_000_000

_LONG = ("STREET", "AVENUE", "DRIVE", "ROAD", "LANE", "COURT", "BOULEVARD", "WAY", "PLACE",
         "CIRCLE", "TERRACE", "PARKWAY", "TRAIL", "LOOP")  # fmt: skip
_OTHER = ("STR", "AV", "DRV", "RD.", "LN.", "CRT", "BLVD.", "WY", "PL.", "CIRC", "TERR", "PKY",
          "TR", "LOOP")  # fmt: skip
_POINTS = ("", "NORTH", "SOUTH", "EAST", "WEST", "NORTHEAST", "NORTHWEST", "SOUTHEAST", "SOUTHWEST")
_UNITS = ("", "APARTMENT", "APT", "NO", "SPC")
_HOUSES, _DOORS = 20_000, 200


def names_of(codes: Columns) -> dict[str, pa.Array]:
    """given_name, middle_name, family_name, name_suffix of the columns block.NAME."""
    given, middles, families, joints, generations = _name_tables()
    middle = np.where(codes["middle"] >= 0, codes["middle"] + codes["initial"] * len(given), NONE)
    second = pc.binary_join_element_wise(
        joints.take(pa.array(codes["joint"])), _take(families, codes["second"]), ""
    )
    family = pc.binary_join_element_wise(
        _take(families, codes["family"]), second, "", null_handling="skip"
    )
    return {
        "given_name": _take(given, codes["given"]),
        "middle_name": _take(middles, middle),
        "family_name": family,
        "name_suffix": _take(generations, np.where(codes["suffix"] > 0, codes["suffix"], NONE)),
    }


def places_of(codes: Columns, writing: dict[str, Codes] | None = None) -> dict[str, pa.Array]:
    """address_line1, address_line2, city, state, postal_code of the columns dwellings.LINE.

    `writing`: suffix_word (0 as USPS has it, 1 in full, 2 otherwise), direction (0, 1 in full),
    unit_word (0 as on file, 1 another word for it), a row each.
    """
    house_words, street_words, suffix_words, points, unit_words, doors = _place_tables()
    write = writing or {}
    zero = np.zeros(len(codes["house"]), np.int64)
    form, house = codes["form"], codes["house"]
    route, road = form == ROUTE, form == COUNTY_ROAD
    street = codes["street"] + np.select([road, route], [len(streets()), len(streets()) + 100], 0)
    suffix = codes["suffix_word"] + write.get("suffix_word", zero) * len(SUFFIXES)
    suffix = np.where(road, NONE, np.where(route, house + 3 * len(SUFFIXES), suffix))
    way = write.get("direction", zero) * len(DIRECTIONS)
    plain = form == STREET
    line1 = pc.binary_join_element_wise(
        _take(house_words, np.where(route, _HOUSES, house)),
        _take(points, np.where(plain & (codes["direction"] > 0), codes["direction"] + way, NONE)),
        _take(street_words, street),
        _take(suffix_words, suffix),
        _take(points, np.where(plain & (codes["post"] > 0), codes["post"] + way, NONE)),
        " ",
        null_handling="skip",
    )
    unit = (codes["unit"] >= 0) & (codes["unit_word"] > 0)
    word = codes["unit_word"] + write.get("unit_word", zero) * len(UNIT_WORDS)
    line2 = pc.binary_join_element_wise(
        _take(unit_words, np.where(unit, word, NONE)),
        _take(doors, np.where(unit, codes["unit_style"] * _DOORS + codes["unit"], NONE)),
        " ",
    )
    cities, states = (pa.array(column) for column in towns()[:2])
    return {
        "address_line1": line1,
        "address_line2": line2,
        "city": _take(cities, codes["town"]),
        "state": _take(states, codes["town"]),
        "postal_code": pc.utf8_lpad(pa.array(codes["zip"]).cast(pa.string()), 5, "0"),
    }


def dates_of(days: Codes, missing: npt.NDArray[np.bool_]) -> pa.Array:
    """ISO 8601 text of days since 1970."""
    return (
        pa.array(days.astype(np.int32), pa.int32(), mask=missing)
        .cast(pa.date32())
        .cast(pa.string())
    )


def tins_of(tin: Codes) -> pa.Array:
    """Nine digits, null where there is none."""
    return pc.utf8_lpad(pa.array(tin, mask=tin < 0).cast(pa.string()), 9, "0")


def ids_of(letter: str, number: Codes) -> pa.Array:
    """`letter` and nine digits."""
    return pc.binary_join_element_wise(
        pa.scalar(letter), pc.utf8_lpad(pa.array(number).cast(pa.string()), 9, "0"), ""
    )


def constant(text: str | None, count: int) -> pa.Array:
    """The same text in every row."""
    return pa.repeat(pa.scalar(text, pa.string()), count)


def _take(words: pa.Array, codes: Codes) -> pa.Array:
    return words.take(pa.array(codes, mask=codes < 0))


@cache
def _name_tables() -> tuple[pa.Array, ...]:
    given = given_names()
    return (
        pa.array(given),
        pa.array([*given, *(name[0] for name in given)]),
        pa.array(surnames()),
        pa.array([" ", "-"]),
        pa.array(GENERATIONS),
    )


@cache
def _place_tables() -> tuple[pa.Array, ...]:
    numbers = [str(number) for number in range(_HOUSES)]
    doors = [str(d + 1) for d in range(_DOORS)]
    doors += [str((d // 8 + 1) * 100 + d % 8 + 1) for d in range(_DOORS)]
    doors += [chr(ord("A") + d % 26) for d in range(_DOORS)]
    doors += [f"{d // 4 + 1}{'ABCD'[d % 4]}" for d in range(_DOORS)]
    roads = [f"COUNTY ROAD {n}" for n in range(100)]
    return (
        pa.array([*numbers, "RR"]),
        pa.array([*streets(), *roads, *(f"{n} BOX" for n in range(100))]),
        pa.array([*SUFFIXES, *_LONG, *_OTHER, *numbers]),
        pa.array([*DIRECTIONS, *_POINTS]),
        pa.array([*UNIT_WORDS, *_UNITS]),
        pa.array(doors),
    )
