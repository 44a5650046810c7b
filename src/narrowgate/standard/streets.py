"""A line with a street: number, direction, name, suffix, direction, units (facts A3, A10, A13-A14).

Pure functions over shapes (lexicon.py). The last suffix in the line is the suffix, as in PARK AVE
and MAIN ST EXT; a word that is a suffix, a direction or a designator elsewhere is a name where
nothing else is left to be one (NORTH ST, AVENUE B, FRONT ST).
"""

from __future__ import annotations

import re
from dataclasses import replace

from narrowgate.standard.roles import DROPPED
from narrowgate.standard.units import (
    DIRECTION,
    NAME,
    NUMBER,
    SINGLE,
    TYPE,
    VALUE,
    WORDISH,
    Line,
    apart,
    bad,
    fill,
    take_units,
)

_LEADING_UNIT = re.compile(
    rf"(?:[uvsd][#q]?{VALUE}|\#{VALUE}|b{VALUE}|oF|F[nmal]|f(?!{TYPE}))+(?={NUMBER}{NAME})"
)
_START = re.compile(rf"(?:c(?={NAME}+{TYPE})|{NUMBER})")
# 100-298, 123 OR 125, 123 MAIN ST AND 45 OAK AVE, 123 MAIN ST 45 OAK AVE (facts A13).
_MULTIPLE = re.compile(
    rf"r|[nmah]-[nmah]|^{NUMBER}[O&>/]{NUMBER}|[O&>]#?[nmahr]{NAME}*{TYPE}"
    rf"|^{NUMBER}[1-6]?[{WORDISH}1-6]+[xtX][nmh][1-6]?[wocDQ0k]+{TYPE}"
)
# MAIN ST & OAK AVE; 123 MAIN ST NEAR ...; 123 / ... (facts A14).
_CROSSING = re.compile(rf"{TYPE}[1-6]?[&/!]|^/")
_MARKER_AS_NAME = re.compile(rf"{DIRECTION}?[!~]{NAME}*{TYPE}|[^xtXHT!]*~[^!]*{TYPE}[^!]*$")
_BOX_BEHIND = re.compile(rf".(?:(?:p|ye)B?|P)[#q]?{VALUE}$")
_OPEN_DESIGNATOR = re.compile(r".[uvsdb#F][*]?$")
_NO_STREET = re.compile(r"(?:[1-6]|t|[uvsdfbF#q]?[nmalc]|\*+)?")
_TOWER = re.compile(rf"[$^N](?!{NAME}*{TYPE})")
_NUMBER_BEHIND = re.compile(rf"(?P<name>W{NAME}+?)[#q]?(?P<number>[nmah])$")
_NAME_BEFORE = re.compile(rf"[wDN$^Qo0k]+(?={NUMBER}{NAME}+{TYPE})")
# COND DEL MAR: in Puerto Rico its units have no house number (Publication 28, 295).
_CONDOMINIUM = re.compile(rf"N[{WORDISH}xtXHQSYG$^{SINGLE}1-6]+")
# A complex named as a whole says nothing beside a unit; a tower may be one of two.
_WHOLE_COMPLEX = re.compile(r"[wocDQ0kx]*\^")

# Role of the prefix, and the prefix: US 66, INTERSTATE 10, STATE ROUTE 9, COUNTY ROAD 12, HWY 9.
# A county may have a county road and a county highway of one number; of one letter it has one.
_NUMBERED = "(?=[nma])"
_HIGHWAYS = (
    r"(?P<G>G[HT]?)",
    r"(?P<J>JH?|i(?=n))",
    # STATE ST S and MICHIGAN RD N are streets: only a number makes a route of them.
    rf"(?P<K>Q?[St][HTX]{_NUMBERED}|S[HT][HT]?|[SQ][HTXt][HT]?{_NUMBERED}|QS[HT])",
    rf"(?P<Z>(?:YH|j[HT]?){_NUMBERED})",
    r"(?P<Y>Y[HTX]H?|j[HT]?)",
    r"H?(?P<S>K)X?",
    r"(?P<S>[HT])",
)
_PRE = rf"(?P<predir>{DIRECTION})?"
_POST = rf"(?P<postdir>{DIRECTION})?"
_END = rf"{_POST}(?P<bare>{VALUE})?$"
_ROUTE = rf"(?P<route>[nmalD{SINGLE}12])"
_STREETS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        # 12 US HWY 66 W; 12 FM 1960 RD W
        *(
            rf"{_PRE}{highway}{_ROUTE}{'X?' if 'K)' in highway else ''}{_END}"
            for highway in _HIGHWAYS
        ),
        # 12 US HWY 66 FRONTAGE RD, 12 HWY 11 BYP
        *(
            rf"{_PRE}{highway}(?P<route>[nma])(?P<street>w+)?(?P<suffix>{TYPE}){_END}"
            for highway in _HIGHWAYS
        ),
        # 100 N 200 E
        rf"(?P<predir>{DIRECTION})(?P<grid>[no])(?P<postdir>{DIRECTION})(?P<suffix>t)?$",
        # 5 OLD HIGHWAY 9, 5 RANCH ROAD 620: a number behind these is the road's, no unit
        rf"{_PRE}(?P<street>{NAME}+[HTX][nma]){_END}",
        # 5 AVENUE B
        rf"{_PRE}(?P<street>[xXW][nmaloc{SINGLE}12]){_END}",
        # 12 5 ST
        rf"{_PRE}(?P<ordinal>[no])(?P<suffix>{TYPE}){_END}",
        # 12 N MAIN ST W 4
        rf"{_PRE}(?P<street>(?!W){NAME}+)(?P<suffix>{TYPE}){_END}",
        # 12 BROADWAY
        rf"{_PRE}(?P<street>{NAME}+?){_POST}$",
    )
)
_GROUP_ROLES = {
    "predir": "D",
    "postdir": "P",
    "street": "S",
    "grid": "S",
    "ordinal": "O",
    "suffix": "X",
    "bare": "U",
    "route": "L",
    **{role: role for role in "GJKZYS"},
}


def read_street_line(text: str) -> Line:
    """A line read as a street address; without a number or a street, what it is instead."""
    # A hyphen inside a unit is no range: APT 4-6.
    if _MULTIPLE.search(re.sub(r"([uvq#BbP]#?)[rn]", r"\1n", text)):
        return bad(text, "multiple")
    start = _START.match(text)
    lead = _LEADING_UNIT.match(text) if start is None else None
    if lead is not None:
        rest = read_street_line(text[lead.end() :])
        left, units, has_unit = take_units(lead[0], keep_one=False)
        roles = "E" * len(left) + units
        return replace(
            rest, roles=roles + apart(roles, rest.roles), has_unit=rest.has_unit or has_unit
        )
    if text == "n":  # a house number, if the street stands on the other line, or else a unit
        return Line("U", "partial", has_unit=True)
    if start is None or start.end() == len(text):
        return _read_without_number(text)
    return _read_numbered(text, start.end())


def _read_without_number(text: str) -> Line:
    core, units, has_unit = take_units(text, keep_one=True)
    if text.startswith("W"):
        line = _read_number_behind(text, core, units)
        if line is not None:
            return line
    named = _NAME_BEFORE.match(text)
    if named is not None:  # SUNRISE TOWERS 123 MAIN ST
        rest = read_street_line(text[named.end() :])
        means_nothing = rest.has_unit and _WHOLE_COMPLEX.fullmatch(named[0])
        return replace(
            rest,
            roles=(DROPPED if means_nothing else "E") * named.end() + rest.roles,
            tower=rest.tower or re.search("[$^N]", named[0]) is not None,
        )
    if re.search(r"[!&/~]", text):
        return bad(text, "not_an_address")
    if _CONDOMINIUM.fullmatch(core):
        return Line("E" * len(core) + units, "condominium", tower=True, has_unit=has_unit)
    if re.search("[$^N]", core):  # SUNRISE TOWERS APT 4
        whole = _WHOLE_COMPLEX.fullmatch(core) is not None
        name = DROPPED if whole and has_unit else "E"
        form = "complex" if whole else "text"
        return Line(name * len(core) + units, form, tower=True, has_unit=has_unit)
    street = re.search(rf"^{NAME}*[xtXHTSYW]", text) is not None
    form = "partial" if street or units or re.fullmatch("n+", text) else "text"
    return Line("E" * len(core) + units, form, has_unit=has_unit)


def _read_number_behind(text: str, core: str, units: str) -> Line | None:
    """CALLE LUNA 123: in Puerto Rico the number may follow the name (facts A10)."""
    whole, tail = (core, units) if _NUMBER_BEHIND.match(core) else (text, "")
    m = _NUMBER_BEHIND.match(whole)
    if m is None:
        return None
    roles = [DROPPED] * len(whole)
    fill(roles, m, "name", "S")
    fill(roles, m, "number", "N")
    return Line("".join(roles) + tail, "primary", "street", has_unit="U" in tail)


def _read_numbered(text: str, at: int) -> Line:
    """Number, then street, then units."""
    number, rest = text[:at], text[at:]
    if _CROSSING.search(rest) or (re.search("[!~]", rest) and not _MARKER_AS_NAME.match(rest)):
        return bad(text, "not_an_address")
    if _BOX_BEHIND.search(rest):
        return bad(text, "multiple")
    core, units, has_unit = take_units(rest, keep_one=True)
    if _NO_STREET.fullmatch(core):
        return Line("E" * (at + len(core)) + units, "partial", has_unit=has_unit)
    if _OPEN_DESIGNATOR.search(core):  # 100 MAIN ST APT
        return Line(DROPPED * len(text), "primary", "street", fault="incomplete")
    street = _street_roles(core)
    if street is None:
        return bad(text, "not_an_address")
    roles, bare = street
    return Line(
        "".join("N" if cls in "nmahgc9" else "n" for cls in number) + roles + apart(roles, units),
        "primary",
        "street",
        bare=bare,
        tower=_TOWER.search(core) is not None or "b" in units,
        has_unit=has_unit or "U" in roles,
    )


def _street_roles(core: str) -> tuple[str, bool] | None:
    """(roles, whether there is no suffix to vouch for the words)."""
    for pattern in _STREETS:
        m = pattern.match(core)
        if m is None:
            continue
        groups = m.groupdict()
        roles = [DROPPED] * len(core)
        for group, role in _GROUP_ROLES.items():
            if groups.get(group):
                fill(roles, m, group, role)
        for role in "GJKZY":  # a whole prefix becomes one word: US HWY, STATE ROUTE
            if groups.get(role):
                fill(roles, m, role, DROPPED)
                roles[m.start(role)] = role
        return "".join(roles), "street" in groups and not groups.get("suffix")
    return None
