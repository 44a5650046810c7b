"""The people of one block, in households: couples, children, twins, fathers and sons of one name.

A block is made from (seed, its number) alone, so that any block can be made again by anybody.
Columns are codes (tables.py); -1 says none. Dates are days since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from . import tins
from .tables import (
    DECADES,
    KIN,
    Codes,
    draw,
    given_cumulative,
    given_names,
    kin,
    surname_cumulative,
    surnames,
)

Columns: TypeAlias = dict[str, npt.NDArray[np.int64]]

NONE = -1
EPOCH = int(np.datetime64("2026-01-01").astype(np.int64))
"""The day on which the register is as it is, whenever it is made."""

JR, SR, II, III, IV = range(1, 6)
SUFFIXES = ("", "JR", "SR", "II", "III", "IV")
_SIZES = (0.28, 0.35, 0.15, 0.13, 0.06, 0.02, 0.01)  # Census Bureau, households by size
_SINGLE, _COUPLE, _PARENT, _MATES, _THREE = range(5)


@dataclass(frozen=True, slots=True)
class Rates:
    """How frequent some kinds of people are, as shares: twins of children, sons named after their
    father of families with a son, former names on file of those who took a spouse's, movers of
    people, sealed of people, ITINs (four times as many among the Spanish-speaking), people without
    a number or a birth date on file; and, of twins, those of one given name, told apart by the
    middle name.
    """

    twins: float = 0.03
    namesakes: float = 0.1
    former_names: float = 0.35
    movers: float = 0.17
    sealed: float = 0.001
    itins: float = 0.03
    no_number: float = 0.015
    undated: float = 0.005
    one_name: float = 0.05


def people_of(
    chance: np.random.Generator, count: int, first: int, seed: int, rates: Rates
) -> Columns:
    """`count` people, the first of whom is number `first` of the register.

    Columns number, household, sex (1 male), birth, given, middle, initial (1: middle name kept as
    a letter), family, second (surname), joint (1: by a hyphen), suffix, maiden, tin, sealed,
    undated, and twin, father, spouse: places in the block.
    """
    sizes = chance.choice(np.arange(1, 8), count, p=_SIZES)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), count)) + 1]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    home = np.repeat(np.arange(len(sizes)), sizes)[:count]
    here = np.arange(count)
    place = here - starts[home]
    kind = _kinds(chance, sizes)
    couple = np.isin(kind, (_COUPLE, _THREE))
    elder = (kind[home] == _THREE) & (place == sizes[home] - 1)
    spouse = couple[home] & (place == 1)
    mate = (kind[home] == _MATES) & (place > 0)
    child = (place > 0) & ~spouse & ~mate & ~elder
    twin = (
        child
        & np.roll(child, 1)
        & (np.roll(home, 1) == home)
        & (chance.random(count) < rates.twins)
    )
    twin &= ~np.roll(twin, 1)
    birth = _births(chance, kind, home, place, spouse, child, elder)
    before = np.maximum(here - 1, 0)
    birth[twin] = birth[before[twin]]
    head = starts[home]
    sex = chance.integers(0, 2, count)
    sex[spouse] = np.where(
        chance.random(int(spouse.sum())) < 0.97, 1 - sex[head[spouse]], sex[head[spouse]]
    )
    alike = twin & (chance.random(count) < 0.65)
    sex[alike] = sex[before[alike]]
    married = np.full(count, NONE)
    married[spouse] = head[spouse]
    married[head[spouse]] = here[spouse]
    spanish = (chance.random(len(sizes)) < 0.18).astype(np.int64)
    people: Columns = {
        "number": first + here, "household": home, "sex": sex, "birth": birth, "spouse": married,
        "twin": np.where(twin, before, NONE),
    }  # fmt: skip
    people["twin"][before[twin]] = here[twin]
    people |= _given(chance, people, spanish[home], child, rates.one_name)
    people["father"] = np.full(count, NONE)
    people["suffix"] = np.zeros(count, np.int64)
    people |= _surnames(chance, people, spanish, head, couple, child, elder, mate)
    _name_after_father(chance, people, head, couple, child & ~twin, rates.namesakes)
    return people | _numbers(chance, people, spanish[home], twin, seed, rates)


def _kinds(chance: np.random.Generator, sizes: Codes) -> Codes:
    lot = chance.random(len(sizes))
    kind = np.select([lot < 0.8, lot < 0.92, lot < 0.96], [_COUPLE, _PARENT, _MATES], _THREE)
    kind = np.where((kind == _THREE) & (sizes < 4), _COUPLE, kind)
    two = np.select([lot < 0.7, lot < 0.86], [_COUPLE, _PARENT], _MATES)
    return np.select([sizes == 1, sizes == 2], [_SINGLE, two], kind).astype(np.int64)


def _births(
    chance: np.random.Generator, kind: Codes, home: Codes, place: Codes,
    spouse: npt.NDArray[np.bool_], child: npt.NDArray[np.bool_], elder: npt.NDArray[np.bool_],
) -> Codes:  # fmt: skip
    """Days of birth. Parents are 20 to 40 years older than their children."""
    homes, count = len(kind), len(home)
    family = np.isin(kind, (_PARENT, _THREE)) | (
        (kind == _COUPLE) & (np.bincount(home, minlength=homes) > 2)
    )
    head = np.where(
        family, np.clip(chance.normal(47, 11, homes), 25, 78), chance.uniform(20, 88, homes)
    )
    other = np.clip(head + chance.normal(-1, 3, homes), 20, 90)
    parent = np.where(kind == _PARENT, head, np.minimum(head, other))
    gap = chance.uniform(20, 40, count)
    young = chance.uniform(0, 1, count) * np.clip(parent - 20, 0.5, 17)[home]
    age = np.where(place == 0, head[home], chance.uniform(19, 75, count))
    age = np.where(spouse, other[home], age)
    aged = parent[home] - gap
    age = np.where(child, np.where(aged > 0, aged, young), age)
    age = np.where(elder, np.minimum(np.maximum(head, other)[home] + gap, 104), age)
    return EPOCH - 1 - np.floor(age * 365.25).astype(np.int64)


def _given(
    chance: np.random.Generator,
    people: Columns,
    spanish: Codes,
    child: npt.NDArray[np.bool_],
    one_name: float,
) -> Columns:
    """Given and middle names by sex and decade of birth; twins and siblings often sound alike."""
    count = len(people["birth"])
    year = people["birth"] // 365.2425 + 1970
    decade = np.clip((year - DECADES[0]) // 10, 0, len(DECADES) - 1).astype(np.int64)
    group = (spanish * 2 + people["sex"]) * len(DECADES) + decade
    cumulative, names = given_cumulative(), len(given_names())
    given = draw(chance, cumulative, group, names)
    here = np.arange(count)
    before = np.maximum(here - 1, 0)
    second = (people["twin"] == before) & (here > 0)
    lot = chance.random(count)
    sibling = child & np.roll(child, 1) & (np.roll(people["household"], 1) == people["household"])
    likened = (second & (lot < 0.45)) | (sibling & (lot < 0.04))
    likened |= sibling & (given == given[before])
    likened &= ~np.roll(likened, 1)
    likened[0] = False
    given[likened] = kin()[given[before[likened]], chance.integers(0, KIN, int(likened.sum()))]
    same = second & (chance.random(count) < one_name)
    given[same] = given[before[same]]
    middle = np.where(
        same | (chance.random(count) < 0.78), draw(chance, cumulative, group, names), NONE
    )
    initial = (chance.random(count) < 0.35).astype(np.int64)
    return {"given": given, "middle": middle, "initial": initial}


def _surnames(
    chance: np.random.Generator, people: Columns, spanish: Codes, head: Codes,
    couple: npt.NDArray[np.bool_], child: npt.NDArray[np.bool_], elder: npt.NDArray[np.bool_],
    mate: npt.NDArray[np.bool_],
) -> Columns:  # fmt: skip
    """family, second, joint, maiden: a household's name, and the name its bride came with."""
    home = people["household"]
    homes, count = len(spanish), len(home)
    names, cumulative = len(surnames()), surname_cumulative()
    theirs = draw(chance, cumulative, spanish, names)
    brides = draw(chance, cumulative, spanish, names)
    own = draw(chance, cumulative, spanish[home], names)
    family = np.where(mate, own, theirs[home])
    family = np.where(elder & (chance.random(count) < 0.4), brides[home], family)
    # The bride is the spouse, or the head where the head is the woman of the two.
    here = np.arange(count)
    married = people["spouse"] >= 0
    bride = married & ((people["sex"] == 0) & (people["sex"][people["spouse"]] == 1))
    bride |= married & (here != head) & (people["sex"] == people["sex"][people["spouse"]])
    takes = chance.random(homes)
    keeps = np.where(spanish == 1, 0.5, 0.14)
    kept, hyphen = takes < keeps, (takes >= keeps) & (takes < keeps + 0.06)
    family = np.where(bride & (kept | hyphen)[home], brides[home], family)
    second = np.where(bride & hyphen[home], theirs[home], NONE)
    # Two surnames: the father's first and the mother's.
    two = (spanish == 1) & (chance.random(homes) < 0.45)
    second = np.where((child & couple[home]) & two[home], brides[home], second)
    second = np.where(~child & ~bride & two[home], own, second)
    hyphened = child & couple[home] & hyphen[home] & (chance.random(count) < 0.5)
    second = np.where(hyphened, brides[home], second)
    joint = ((bride & hyphen[home]) | hyphened).astype(np.int64)
    maiden = np.where(bride & ~kept[home], brides[home], NONE)
    return {"family": family, "second": second, "joint": joint, "maiden": maiden}


def _name_after_father(
    chance: np.random.Generator, people: Columns, head: Codes, couple: npt.NDArray[np.bool_],
    child: npt.NDArray[np.bool_], share: float,
) -> None:  # fmt: skip
    """Some first sons bear their father's name; the suffix is on both, on the son, or on none."""
    home, sex, here = people["household"], people["sex"], np.arange(len(head))
    sons = here[child & (sex == 1) & couple[home]]
    sons = sons[np.unique(home[sons], return_index=True)[1]]
    sons = sons[chance.random(len(sons)) < share]
    fathers = np.where(sex[head[sons]] == 1, head[sons], people["spouse"][head[sons]])
    fit = (fathers >= 0) & (sex[fathers] == 1)
    sons, fathers = sons[fit], fathers[fit]
    people["father"][sons] = fathers
    for name in ("given", "family", "second", "joint"):
        people[name][sons] = people[name][fathers]
    same = chance.random(len(sons)) < 0.7
    people["middle"][sons[same]] = people["middle"][fathers[same]]
    lot = chance.random(len(sons))
    third = lot < 0.08
    people["suffix"][sons] = np.where(third, III, np.where(lot < 0.8, JR, 0))
    people["suffix"][fathers] = np.where(third, JR, np.where(lot < 0.48, SR, 0))


def _numbers(
    chance: np.random.Generator, people: Columns, spanish: Codes, twin: npt.NDArray[np.bool_],
    seed: int, rates: Rates,
) -> Columns:  # fmt: skip
    """tin, sealed, undated (1: no birth date on file).

    Twins have neighbouring numbers; some people have an ITIN, some no number.
    """
    count = len(twin)
    foreign = chance.random(count) < rates.itins * np.where(spanish == 1, 4.0, 0.4)
    tin = np.where(
        foreign, tins.itins(people["number"], seed), tins.ssns(people["number"], seed, twin)
    )
    tin = np.where(chance.random(count) < rates.no_number, NONE, tin)
    sealed = (chance.random(count) < rates.sealed).astype(np.int64)
    undated = (chance.random(count) < rates.undated).astype(np.int64)
    return {"tin": tin, "sealed": sealed, "undated": undated}
