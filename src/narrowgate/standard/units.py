"""What one line of an address says, and how the units at its end are read (Publication 28, C2).

The fragments here are regular expressions over shapes (lexicon.py), used by streets.py and
grammar.py. A role is given to a component once: where two parts of a line, or two lines, would
fill the same one, `apart` moves the second, so that 4 and 5 never run together into 45.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from narrowgate.standard.roles import DROPPED

SINGLE = "lyei7"
DIRECTION = "(?:12|45|[1-6])"
# 123 A MAIN ST is 123A; O is left to names (O DONNELL ST), and a letter may be the street itself.
NUMBER = "(?:n[lyi7](?=[wocDQ0kN$^GYSKj]|x[xtXHT])|[nmahg]9?)"
VALUE = rf"(?:[nmah][{SINGLE}12]|[{SINGLE}12][nm]|[nma]9|[nmahrgco{SINGLE}1-6](?:/[nma])?)"
WORDISH = "wocDQ0kEL8UAMVpPN"
NAME = rf"[{WORDISH}{SINGLE}1-69nmahxtXHTSYGJKjuvsdfbFqBRCZW$^!~%*&O>]"
TYPE = "[xtXHT]"

_UNIT = re.compile(
    rf"(?:(?:[uv][#q]?|q)(?P<id>{VALUE})|(?P<sign>\#)q?(?P<signed>{VALUE})|[uv](?P<idword>[wDxcf$])"
    rf"|(?P<sort>s)[#q]?(?P<sorted>{VALUE}|[wD])|d[#q]?(?P<mailbox>{VALUE})"
    rf"|[b$]\#?(?P<building>{VALUE})|b(?P<buildingword>[wD])"
    rf"|F(?:(?<!oF)\#)?(?P<floor>[nmalco])|(?P<floorbefore>[nco])F"
    rf"|(?P<free>f)(?:\#?(?P<freevalue>[nmal]))?)$"
)
_UNIT_ROLES = (
    ("id", "U"),
    ("signed", "H"),
    ("idword", "U"),
    ("sort", "T"),
    ("sorted", "U"),
    ("mailbox", "M"),
    ("building", "b"),
    ("buildingword", "b"),
    ("floor", "F"),
    ("floorbefore", "F"),
    ("free", "f"),
    ("freevalue", "f"),
)
# What a role of the unit becomes where the first unit is taken, and where the second is, too.
_SECOND = str.maketrans("UHT", "VVW")
_FURTHER = str.maketrans("UHTVW", "EEEEE")


@dataclass(frozen=True, slots=True)
class Line:
    """One line as read. `form`: primary, unit, urb, partial, text, complex, condominium, aside,
    empty or bad.

    `roles`: one a piece. `bare`: the street has no suffix. `tower`: a word or designator says that
    the building has many units. `has_unit`: a unit proper is given.
    """

    roles: str
    form: str
    kind: str | None = None
    fault: str | None = None
    bare: bool = False
    tower: bool = False
    has_unit: bool = False


def bad(text: str, fault: str) -> Line:
    """A line that spoils the whole address."""
    return Line(DROPPED * len(text), "bad", fault=fault)


def fill(roles: list[str], m: re.Match[str], group: str, role: str) -> None:
    """Give `role` to every piece of a group, if it matched."""
    if m[group] is not None:
        for at in range(m.start(group), m.end(group)):
            roles[at] = role


def apart(first: str, second: str) -> str:
    """The roles of `second`, with none that `first` has filled: a second id, or extra words.

    A sign behind a unit of a named sort is a private mailbox: STE 11 # 234 (Publication 28, 284).
    """
    for role in "VbFfQM":
        if role in first:
            second = second.replace(role, "E")
    if "T" in first and "V" not in first + second and "M" not in first + second:
        second = second.replace("H", "M")
    if not re.search("[UH]", first):
        return second
    return second.translate(_FURTHER if re.search("V", first + second) else _SECOND)


def take_units(text: str, *, keep_one: bool) -> tuple[str, str, bool]:
    """(what is left, roles of the units at the end, whether a unit proper is among them).

    `keep_one`: leave at least one piece, as a street must have a name (123 FRONT).
    """
    left, taken, has_unit = text, "", False
    while m := _UNIT.search(left):
        if keep_one and m.start() == 0:
            break
        roles = [DROPPED] * len(left)
        for group, role in _UNIT_ROLES:
            fill(roles, m, group, role)
        found = "".join(roles[m.start() :])
        if any(role in taken for role in found if role in "bFfM") or (
            re.search("[UH]", found) and "V" in taken
        ):
            break
        has_unit = has_unit or "b" not in found
        left, taken = left[: m.start()], found + apart(found, taken)
    return left, taken, has_unit
