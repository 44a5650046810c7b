"""The dwellings of one block: houses along streets, small houses and big buildings, and who lived
where before.

A neighbourhood is one ZIP of one town. Columns are codes; -1 says none.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .people import EPOCH, NONE, Columns
from .tables import Codes, street_cumulative, towns

SUFFIXES = (
    "ST",
    "AVE",
    "DR",
    "RD",
    "LN",
    "CT",
    "BLVD",
    "WAY",
    "PL",
    "CIR",
    "TER",
    "PKWY",
    "TRL",
    "LOOP",
)
_SUFFIX_SHARES = (
    0.27,
    0.2,
    0.14,
    0.11,
    0.08,
    0.07,
    0.03,
    0.02,
    0.03,
    0.02,
    0.01,
    0.007,
    0.007,
    0.006,
)
DIRECTIONS = ("", "N", "S", "E", "W", "NE", "NW", "SE", "SW")
_DIRECTION_SHARES = (0.74, 0.06, 0.06, 0.055, 0.055, 0.008, 0.008, 0.007, 0.007)
UNIT_WORDS = ("", "APT", "UNIT", "#", "LOT")
PLAIN, BY_FLOOR, LETTER, LETTERED = range(4)
"""How a building counts its units: 7, 302, B, 4B."""

STREET, ROUTE, COUNTY_ROAD = range(3)
"""Forms of the line: number and street, RR 2 BOX 15, 1200 COUNTY ROAD 12."""

_A_STREET, _A_NEIGHBOURHOOD = 60, 2400  # structures
_HOUSES = np.array((0.70, 0.06, 0.04, 0.16, 0.04))  # house, with units, without, building, big one
_LEAST, _MOST = np.array((1, 2, 2, 6, 30)), np.array((1, 4, 6, 24, 160))

LINE = ("form", "house", "direction", "street", "suffix_word", "post", "unit_word", "unit_style",
        "unit", "town", "zip")  # fmt: skip
"""The columns that make an address."""


def dwellings_of(chance: np.random.Generator, count: int) -> Columns:
    """`count` dwellings: the columns of LINE, and `structure`, one number a building."""
    shares = _HOUSES / ((_LEAST + _MOST) / 2)
    kind = chance.choice(5, count, p=shares / shares.sum())
    sizes = chance.integers(_LEAST[kind], _MOST[kind] + 1)
    structures = int(np.searchsorted(np.cumsum(sizes), count)) + 1
    kind, sizes = kind[:structures], sizes[:structures]
    within = np.repeat(np.arange(structures), sizes)[:count]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    position = np.arange(count) - starts[within]
    line = _structures(chance, structures)
    small, units = kind == 1, np.isin(kind, (1, 3, 4))
    word = np.where(units, chance.choice([1, 2, 3, 4], structures, p=[0.66, 0.18, 0.13, 0.03]), 0)
    few = chance.choice([PLAIN, LETTER], structures)
    many = chance.choice([PLAIN, BY_FLOOR, LETTERED], structures, p=[0.5, 0.35, 0.15])
    style = np.where(small, few, many)
    line |= {"unit_word": word, "unit_style": style, "structure": np.arange(structures)}
    columns = {name: column[within].astype(np.int64) for name, column in line.items()}
    return columns | {"unit": np.where(columns["unit_word"] > 0, position, NONE)}


def _structures(chance: np.random.Generator, count: int) -> Columns:
    """Where each structure stands."""
    here = np.arange(count)
    street_of, quarter = here // _A_STREET, here // _A_NEIGHBOURHOOD
    streets, quarters = int(street_of[-1]) + 1, int(quarter[-1]) + 1
    prefix, shares = towns()[2:]
    town = np.searchsorted(shares, chance.random(quarters), side="right").clip(0, len(shares) - 1)
    code = prefix[town] * 100 + chance.integers(1, 99, quarters)
    lot = chance.random(streets)
    form = np.select([lot < 0.01, lot < 0.03], [ROUTE, COUNTY_ROAD], STREET)
    names = np.searchsorted(street_cumulative(), chance.random(streets)).clip(
        0, len(street_cumulative()) - 1
    )
    direction = chance.choice(len(DIRECTIONS), streets, p=_DIRECTION_SHARES)
    after = (direction > 0) & (chance.random(streets) < 0.1)
    house = (
        chance.integers(1, 130, streets)[street_of] * 100
        + here % _A_STREET * 4
        + chance.integers(0, 4, count)
    )
    return {
        "form": form[street_of],
        "house": house,
        "direction": np.where(after, 0, direction)[street_of],
        "post": np.where(after, direction, 0)[street_of],
        "street": np.where(form == STREET, names, names % 90 + 1)[street_of],
        "suffix_word": chance.choice(len(SUFFIXES), streets, p=_SUFFIX_SHARES)[street_of],
        "town": town[quarter],
        "zip": code[quarter],
    }


def homes_of(
    chance: np.random.Generator, people: Columns, dwellings: Columns, movers: float
) -> Columns:
    """Who lives where: `dwelling`, `since` (NONE: the register does not say), and for those who
    moved `old`, `old_since`, `old_until` (NONE where nobody closed the old address).

    Grown sons of their father's name, and grown twins, have sometimes left the house of their
    parents: it is their old address. Most old addresses are somebody else's by now.
    """
    household, count = people["household"], len(people["household"])
    homes = int(household[-1]) + 1
    order = chance.permutation(len(dwellings["house"]))
    dwelling = order[household]
    since = EPOCH - chance.integers(60, 9000, homes)[household]
    moved = (chance.random(homes) < movers * 0.75)[household] | (
        chance.random(count) < movers * 0.25
    )
    before = chance.integers(0, len(order), homes)[household]
    old = np.where(
        moved & (dwellings["structure"][before] != dwellings["structure"][dwelling]), before, NONE
    )
    twin = people["twin"] >= 0
    twin &= people["twin"] < np.arange(count)
    grown = (twin | (people["father"] >= 0)) & (people["birth"] < EPOCH - 19 * 366)
    grown &= chance.random(count) < 0.3
    left = np.flatnonzero(grown)[: len(order) - homes]
    old[left], dwelling[left] = dwelling[left], order[homes : homes + len(left)]
    since[left] = EPOCH - chance.integers(60, 900, len(left))
    people["spouse"][left] = NONE
    unsaid = (old == NONE) & (chance.random(count) < 0.05)
    closed = chance.random(count) < 0.7
    return {
        "dwelling": dwelling,
        "since": np.where(unsaid, NONE, since),
        "old": old,
        "old_since": since - chance.integers(200, 5000, count),
        "old_until": np.where(closed, since, NONE),
    }


def changed(lines: Columns, **columns: npt.NDArray[np.int64] | Codes) -> Columns:
    """The address columns with some of them replaced."""
    return {**{name: lines[name] for name in LINE}, **columns}
