"""The words that people, streets and towns are made of, and how frequent each is.

Real names by frequency (data/), and behind them a long tail of made-up ones, as a register has.
A name is a code, its place in GIVEN or SURNAMES; a draw is one search in a cumulative table.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TypeAlias

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

Codes: TypeAlias = npt.NDArray[np.int64]

DATA = Path(__file__).parent / "data"
DECADES = (1930, 1940, 1950, 1960, 1970, 1980, 1990, 2000, 2010)
RARE_GIVEN, RARE_SURNAMES = 6_000, 150_000
KIN = 3
"""Names that each given name could be taken for."""

_ZIPF = 0.75
_SYLLABLES = [a + b for a in "BCDFGHJKLMNPRSTVWZ" for b in ("A", "E", "I", "O", "U", "AR", "EL")]
_ENDS = ("", "N", "S", "R", "MAN", "SKI", "TON", "LEY", "ETT", "ICH", "SSON", "WALD")


@cache
def given_names() -> list[str]:
    """Every given name; the real ones first."""
    return [*real_given(), *_rare(RARE_GIVEN, 2, 5)]


@cache
def surnames() -> list[str]:
    """Every surname; the real ones first."""
    return [*_real_surnames(), *_rare(RARE_SURNAMES, 3, 11)]


@cache
def real_given() -> tuple[str, ...]:
    """The real given names, each once."""
    lists = _given_lists()
    named = [name for by_decade in lists.values() for name in by_decade]
    return tuple(dict.fromkeys(name for name in [*named, *_census("female"), *_census("male")]))


@cache
def given_cumulative() -> npt.NDArray[np.float64]:
    """Cumulative shares by group, one row of GIVEN after the other, each a unit above the last.

    Group = (spanish * 2 + male) * len(DECADES) + decade.
    """
    rows = [
        _given_shares(spanish, sex, decade)
        for spanish in (False, True)
        for sex in ("female", "male")
        for decade in DECADES
    ]
    return _stacked(rows)


@cache
def surname_cumulative() -> npt.NDArray[np.float64]:
    """Cumulative shares by group: 0 general, 1 Spanish-speaking."""
    place = {name: at for at, name in enumerate(surnames())}
    general, spanish = np.zeros(len(place)), np.zeros(len(place))
    for name, share in _census_surnames().items():
        general[place[name]] = share
    general /= general.sum() / 0.62
    tail = slice(len(_real_surnames()), None)
    general[tail] = _ranked(RARE_SURNAMES) * 0.38
    for name, share in zip(_spanish("surnames"), _ranked(len(_spanish("surnames"))), strict=True):
        spanish[place[name]] = share * 0.9
    spanish[tail] = _ranked(RARE_SURNAMES) * 0.1
    return _stacked([general, spanish])


def draw(
    chance: np.random.Generator, cumulative: npt.NDArray[np.float64], group: Codes, names: int
) -> Codes:
    """One code a row, from the row's group of a stacked cumulative table of so many `names`."""
    at = np.searchsorted(cumulative, group + chance.random(len(group)), side="right")
    return np.asarray(np.clip(at - group * names, 0, names - 1))


@cache
def kin() -> Codes:
    """(given names, KIN) codes of the other names most like each (Jaro-Winkler), as twins and
    siblings bear them: MARIA and MARIAN, DANIEL and DANIELLE.
    """
    names = given_names()
    con = duckdb.connect()
    con.register("given", pa.table({"code": np.arange(len(names)), "name": names}))
    found = con.sql(
        "SELECT a.code AS one, b.code AS other, jaro_winkler_similarity(a.name, b.name) AS alike "
        "FROM given AS a JOIN given AS b ON left(a.name, 2) = left(b.name, 2) AND a.code <> b.code "
        "QUALIFY row_number() OVER (PARTITION BY one ORDER BY alike DESC, other) <= $kin "
        "ORDER BY one, alike DESC, other",
        params={"kin": KIN},
    ).to_arrow_table()
    con.close()
    others: Codes = np.add.outer(np.arange(len(names)), np.arange(1, KIN + 1)) % len(names)
    one, other = (found[name].to_numpy().astype(np.int64) for name in ("one", "other"))
    first = np.searchsorted(one, one, side="left")
    others[one, np.arange(len(one)) - first] = other
    return others


@cache
def streets() -> list[str]:
    """Street names, then numbered streets."""
    lines = (DATA / "streets.txt").read_text().splitlines()
    text = [line for line in lines if line and not line.startswith("#")]
    names = [name for line in text for name in (line.split("|") if "|" in line else line.split())]
    numbered = [f"{n}{_ordinal(n)}" for n in range(10, 100)]
    return [*names, *numbered]


@cache
def street_cumulative() -> npt.NDArray[np.float64]:
    """Cumulative shares of the streets."""
    return np.cumsum(_ranked(len(streets())))


@cache
def towns() -> tuple[list[str], list[str], Codes, npt.NDArray[np.float64]]:
    """Town, state, ZIP prefix, and cumulative shares."""
    lines = (DATA / "towns.tsv").read_text().splitlines()
    cells = [line.split("\t") for line in lines if line and not line.startswith("#")]
    weight = np.array([float(row[4]) for row in cells])
    prefix = np.array([int(row[2]) for row in cells])
    return (
        [row[0] for row in cells],
        [row[1] for row in cells],
        prefix,
        np.cumsum(weight / weight.sum()),
    )


def _given_shares(spanish: bool, sex: str, decade: int) -> npt.NDArray[np.float64]:
    place = {name: at for at, name in enumerate(given_names())}
    shares = np.zeros(len(place))
    of_decade = _given_lists()[f"{sex} {decade}"]
    for name, share in zip(of_decade, _ranked(len(of_decade)), strict=True):
        shares[place[name]] += share * (0.2 if spanish else 0.5)
    if spanish:
        for name, share in zip(_spanish(sex), _ranked(len(_spanish(sex))), strict=True):
            shares[place[name]] += share * 0.7
    census = _census(sex)
    whole = sum(census.values())
    for name, count in census.items():
        shares[place[name]] += count / whole * (0.08 if spanish else 0.45)
    shares[len(real_given()) :] += _ranked(RARE_GIVEN) * 0.05
    return shares


@cache
def _given_lists() -> dict[str, list[str]]:
    tables = tomllib.loads((DATA / "decades.toml").read_text())
    lists = {f"{sex} {decade}": tables[sex][str(decade)].split()
             for sex in ("female", "male") for decade in DECADES}  # fmt: skip
    return {**lists, "spanish female": _spanish("female"), "spanish male": _spanish("male")}


def _spanish(what: str) -> list[str]:
    text: str = tomllib.loads((DATA / "decades.toml").read_text())["spanish"][what]
    return text.split()


@cache
def _real_surnames() -> tuple[str, ...]:
    return tuple(dict.fromkeys([*_census_surnames(), *_spanish("surnames")]))


@cache
def _census_surnames() -> dict[str, int]:
    return _census("surnames")


@cache
def _census(what: str) -> dict[str, int]:
    lines = (DATA / f"{what}.tsv").read_text().splitlines()
    cells = [line.split("\t") for line in lines if not line.startswith("#")]
    return {name: int(count) for name, count in cells}


def _rare(count: int, most_syllables: int, stride: int) -> list[str]:
    """`count` pronounceable names, each once, none of them a real one.

    `stride` shares no divisor with the number of syllables, so that every name is reached.
    """
    taken = {*_real_surnames(), *real_given()}
    made: dict[str, None] = {}
    number = stride
    base = len(_SYLLABLES)
    while len(made) < count:
        number += stride
        rest, text = number, ""
        for _ in range(most_syllables):
            rest, digit = divmod(rest, base)
            text += _SYLLABLES[digit]
            if not rest:
                break
        name = text + _ENDS[number % len(_ENDS)]
        if len(name) > 3 and name not in taken:
            made[name] = None
    return list(made)


def _ranked(count: int) -> npt.NDArray[np.float64]:
    """Shares by rank after Zipf, which sum to one."""
    shares = np.arange(1, count + 1, dtype=np.float64) ** -_ZIPF
    return np.asarray(shares / shares.sum())


def _stacked(rows: list[npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    cumulative = [np.cumsum(row / row.sum()) + at for at, row in enumerate(rows)]
    return np.concatenate(cumulative)


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "TH"
    return {1: "ST", 2: "ND", 3: "RD"}.get(number % 10, "TH")
