"""How far each field of a record agrees with a person's (the comparisons of docs/matching.md)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import TypeVar

from narrowgate.standard import nicknames
from twin.decision.people import Asked, Person
from twin.forms.likeness import edits, jaro_winkler
from twin.forms.names import FullName

Levels = dict[str, str]
Value = TypeVar("Value", str, date)
ALIKE = 0.92
"""Jaro-Winkler from which two names are alike (Winkler 1990)."""
SHORTEST_SLIP = 3
"""Letters that both names have at least for one to be a slip of the other."""


def levels(record: Asked, person: Person, name: FullName) -> Levels:
    """The level of each comparison; `missing` where a side has nothing."""
    mine = record.name
    exchanged = _exchanged(mine, name)
    return {
        "tin": _level(record.tin, person.tin, _number),
        "birth_date": _level(record.born, person.born, _born),
        "given": _level(mine.given, name.given, _given, exchanged=exchanged),
        "family": _level(mine.family, name.family, _family, exchanged=exchanged),
        "middle": _level(mine.middle, name.middle, _middle),
        "suffix": _level(mine.suffix, name.suffix, _suffix),
    }


def _level(
    one: Value | None,
    other: Value | None,
    judge: Callable[[Value, Value], str],
    *,
    exchanged: bool = False,
) -> str:
    if one is None or other is None:
        return "missing"
    if one == other and not (isinstance(one, str) and len(one) == 1 and judge is _middle):
        return "exact"
    return "swapped" if exchanged else judge(one, other)


def _exchanged(one: FullName, other: FullName) -> bool:
    parts = (one.given, one.family, other.given, other.family)
    return None not in parts and (one.given, one.family) == (other.family, other.given)


def one_digit_off(one: str, other: str) -> bool:
    """One digit differs, or two neighbours are exchanged; both are as long."""
    wrong = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(wrong) == 1:
        return True
    if len(wrong) != 2 or wrong[1] != wrong[0] + 1:
        return False
    first, second = wrong
    return (one[first], one[second]) == (other[second], other[first])


def _number(one: str, other: str) -> str:
    return "slip" if one_digit_off(one, other) else "else"


def _born(one: date, other: date) -> str:
    if one.year == other.year and (one.month, one.day) == (other.day, other.month):
        return "swapped"
    return "slip" if one_digit_off(f"{one:%Y%m%d}", f"{other:%Y%m%d}") else "else"


@cache
def _given(one: str, other: str) -> str:
    if stand_for_each_other(one, other):
        return "nickname"
    spelt = _spelling(one, other)
    if spelt == "else" and 1 in {len(one), len(other)} and one[0] == other[0]:
        return "initial"
    return spelt


@cache
def stand_for_each_other(one: str, other: str) -> bool:
    """One is a nickname of the other, by the table."""
    return (one, other) in _pairs()


@cache
def in_nicknames(given: str) -> bool:
    """The table knows the name, as a name or as a nickname of one."""
    return given in _borne()


@cache
def _pairs() -> set[tuple[str, str]]:
    """The published table, as data."""
    table = nicknames.pairs()
    return set(zip(table["one"].to_pylist(), table["other"].to_pylist(), strict=True))


@cache
def _borne() -> set[str]:
    return set(nicknames.borne()["given"].to_pylist())


@cache
def _family(one: str, other: str) -> str:
    ones, others = one.split(), other.split()
    if max(len(ones), len(others)) > 1 and min(len(one), len(other)) > 2:
        if set(ones) <= set(others) or set(others) <= set(ones):
            return "part"
        if min(len(ones), len(others)) > 1 and not (
            _surname_alike(ones[0], others[0]) and _surname_alike(ones[-1], others[-1])
        ):
            return "else"
    return _spelling(one, other)


def _surname_alike(one: str, other: str) -> bool:
    return one == other or _spelling(one, other) != "else"


def _spelling(one: str, other: str) -> str:
    if jaro_winkler(one, other) >= ALIKE:
        return "alike"
    long_enough = min(len(one), len(other)) >= SHORTEST_SLIP
    return "slip" if long_enough and edits(one, other) == 1 else "else"


def _middle(one: str, other: str) -> str:
    initials = 1 in {len(one), len(other)} and one[0] == other[0]
    return "initial" if initials else "else"


def _suffix(one: str, other: str) -> str:
    return "else"
