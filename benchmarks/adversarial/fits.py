"""Whom a kind of near miss can be made about: bool, one for each person of a block."""

from __future__ import annotations

import numpy as np
from benchmarks.world import slips
from benchmarks.world.dwellings import STREET
from benchmarks.world.tables import Codes, given_names
from benchmarks.world.tables import kin as kin_of

from .scenes import Bools, Stage

COMMON = 400
"""Of the real given names, so many are borne by many people of any register."""


def own_suffix(stage: Stage) -> Bools:
    """Whose suffix on file is another than the father's, at the same home."""
    suffix, father = stage.block.people["suffix"], stage.partners["father"]
    return np.asarray((suffix > 0) & (suffix[father] != suffix) & stage.same_home["father"])


def left_father(stage: Stage) -> Bools:
    """Whose old address is the father's home."""
    people = stage.block.people
    return np.asarray(people["old"] == people["dwelling"][stage.partners["father"]])


def twins_apart(stage: Stage) -> Bools:
    """Twins who live apart."""
    return ~stage.same_home["twin"]


def one_name(stage: Stage) -> Bools:
    """Of one given name, with middle names of other letters: the letter alone tells them apart."""
    people, twin = stage.block.people, stage.partners["twin"]
    letters = np.array([ord(name[0]) for name in given_names()])
    both = (people["middle"] >= 0) & (people["middle"][twin] >= 0)
    other = letters[people["middle"]] != letters[people["middle"][twin]]
    return np.asarray(both & other & (people["given"] == people["given"][twin]))


def kin(stage: Stage) -> Bools:
    """Whose name has another that people bear and that is almost the same."""
    given = stage.block.people["given"]
    return told_apart(given, kin_of()[given, 0])


def two_names(stage: Stage) -> Bools:
    """Twins of two given names."""
    given = stage.block.people["given"]
    return np.asarray(given != given[stage.partners["twin"]])


def dated(stage: Stage) -> Bools:
    """With a birth date on file: without one, a wrong one in the record conflicts with nothing."""
    return np.asarray(stage.block.people["undated"] == 0)


def father_dated(stage: Stage) -> Bools:
    """Whose father has a birth date on file."""
    return np.asarray(stage.block.people["undated"][stage.partners["father"]] == 0)


def moved(stage: Stage) -> Bools:
    """With an old address."""
    return stage.block.people["old"] >= 0


def in_unit(stage: Stage) -> Bools:
    """In a unit."""
    return stage.has("unit_word")


def no_unit_on_file(stage: Stage) -> Bools:
    """In a house without units."""
    return ~stage.has("unit_word")


def on_street(stage: Stage) -> Bools:
    """On a street that has a suffix."""
    dwelling = stage.block.people["dwelling"]
    return np.asarray(stage.block.dwellings["form"][dwelling] == STREET)


def in_small_house(stage: Stage) -> Bools:
    """Of few units: in a big one the rule on incomplete addresses refuses a record without."""
    dwellings = stage.block.dwellings
    crowd = np.bincount(dwellings["structure"])[dwellings["structure"]]
    dwelling = stage.block.people["dwelling"]
    return np.asarray(in_unit(stage) & (crowd[dwelling] <= 8))


def sealed(stage: Stage) -> Bools:
    """Protected by law."""
    return np.asarray(stage.block.people["sealed"] == 1)


def told_apart(one: Codes, other: Codes) -> Bools:
    """Two common names, of which neither stands for the other."""
    nicknames = np.isin(one * len(given_names()) + other, slips.nickname_pairs())
    return ~nicknames & (one < COMMON) & (other < COMMON)
