"""The grammar of US addresses, over shapes (lexicon.py): pure, and blind to what the words say.

`parse(shape)` gives each piece a role (roles.py) and the whole a kind, or a fault. A piece is
dropped only where Publication 28 says that it means nothing (designators, C/O lines, a second
naming of the route); what cannot be placed goes into the street or the unit, so that an odd line
is unlike every other rather than like one it should not be.

Steps: (1) markers that spoil any address; (2) each line read as one form: box, route, military,
general delivery, street; (3) lines combined; (4) the fault that tells most.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from narrowgate.standard.roles import DROPPED


@dataclass(frozen=True, slots=True)
class Parse:
    """`roles`: one role a piece. `bare`: a street without suffix, to be looked at for its words."""

    roles: str
    kind: str | None = None
    fault: str | None = None
    bare: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    """One line as read: `form` primary, unit, urb, care, partial, text or empty."""

    roles: str
    form: str
    kind: str | None = None
    fault: str | None = None
    bare: bool = False
    tower: bool = False
    has_unit: bool = False


_SINGLE = "lyei7"  # single letters
_DIRECTION = "(?:12|45|[1-6])"
# 123 A MAIN ST is 123A; O is left to names (O DONNELL ST), and a letter may be the street itself.
_NUMBER = "(?:n[lyi7](?=[wocQsk$GYSK]|x[xtXHT])|[nmahg]9?)"
_VALUE = rf"(?:[nmah][{_SINGLE}12]|[{_SINGLE}12][nm]|[nmahrgco{_SINGLE}1-6](?:/[nma]|9)?|9)"
_WORDISH = "wocQskEL8UAMVpP"  # words that carry nothing but themselves
_NAME = rf"[{_WORDISH}{_SINGLE}1-6nmahxtXHTSYGJKuvfbFqBRCZW$!~%*&O>]"
_TYPE = "[xtXHT]"

_PO = r"(?:(?:p|ye|kf|k)?(?:PB?|B)|pf?B)"
_UNIT = re.compile(
    rf"(?P<id>(?:[uv][#q]?|\#q?|q)(?P<value>{_VALUE}))$"
    rf"|(?P<idword>[uv](?P<valueword>[wxcf$]))$"
    rf"|(?P<bldg>[b$]\#?(?P<bvalue>{_VALUE}))$|(?P<bldgword>b(?P<bvalueword>w))$"
    rf"|(?P<floor>F\#?(?P<fvalue>[nmalco])|(?P<fordinal>o)F)$"
    rf"|(?P<free>f(?:\#?[nmal](?=$))?)$"
)
_LEADING_UNIT = re.compile(
    rf"(?:[uv][#q]?{_VALUE}|\#{_VALUE}|b{_VALUE}|oF|F[nmal]|f(?!{_TYPE}))+(?={_NUMBER}{_NAME})"
)

_HIGHWAY = (
    ("G", r"G[HT]?"),
    ("J", r"JH?|i(?=n$|n[1-6]$)"),
    ("K", r"[SQ][HTXt][HT]?"),
    ("Y", r"Y[HTX]H?"),
    ("S", r"K|[HT]"),
)
_ROUTE_VALUE = rf"[nmal{_SINGLE}12]"

_MULTIPLE = re.compile(
    rf"r|[nmah]-[nmah]|^{_NUMBER}[O&>/]{_NUMBER}|[O&>]#?[nmahr]{_NAME}*{_TYPE}"
    rf"|^{_NUMBER}[1-6]?[{_WORDISH}1-6]+[xtX][nmh][1-6]?[wocQsk]+{_TYPE}"
)
_BLOCK_NAME = re.compile(rf"^{_NUMBER}{_DIRECTION}?[!~]{_NAME}*{_TYPE}")


def parse(shape: str) -> Parse:
    """Roles, kind or fault of one shape; the line break is `|`. Never fails."""
    kept = [
        at
        for at, cls in enumerate(shape)
        if cls != "-" or re.fullmatch(r"[nmah]-[nmah]", shape[max(at - 1, 0) : at + 2])
    ]
    text = "".join(shape[at] for at in kept)
    result = _parse_kept(text)
    roles = [DROPPED] * len(shape)
    for at, role in zip(kept, result.roles, strict=True):
        roles[at] = role
    return replace(result, roles="".join(roles))


def _parse_kept(text: str) -> Parse:
    blank = DROPPED * len(text)
    if not text.strip("|;/&#"):
        return Parse(blank, fault="missing")
    if "z" in text:
        return Parse(blank, fault="not_an_address")
    if re.search(r"[^;|][|]?;[|]?[^;|]", text):
        return Parse(blank, fault="multiple")
    first, line_break, second = text.partition("|")
    joined = _combine([_read_line(first), _read_line(second)], DROPPED * len(line_break))
    if joined.kind is None and joined.fault not in ("multiple",) and first and second:
        # The break may stand anywhere: 123 | MAIN ST.
        whole = _read_line(first + second)
        if whole.form == "primary":
            roles = whole.roles[: len(first)] + DROPPED + whole.roles[len(first) :]
            return _judge(replace(whole, roles=roles))
    return joined


def _combine(lines: list[_Line], between: str) -> Parse:
    roles = lines[0].roles + between + lines[1].roles
    for fault in ("multiple", "not_an_address"):
        if any(line.fault == fault and line.form == "bad" for line in lines):
            return Parse(DROPPED * len(roles), fault=fault)
    primary = [line for line in lines if line.form == "primary"]
    if len(primary) == 2:
        return Parse(DROPPED * len(roles), fault="multiple")
    if not primary:
        return _without_primary(lines, len(roles))
    main = primary[0]
    other = lines[1] if lines[0] is main else lines[0]
    if other.form == "text" and other.tower and main.has_unit:  # SUNRISE TOWERS | 100 MAIN ST #4
        roles = roles.replace("E", DROPPED)
    return _judge(
        replace(
            main,
            roles=roles,
            tower=main.tower or other.tower,
            has_unit=main.has_unit or other.has_unit,
            fault=main.fault or other.fault,
        )
    )


def _without_primary(lines: list[_Line], length: int) -> Parse:
    forms = {line.form for line in lines}
    blank = DROPPED * length
    if forms <= {"empty"}:
        return Parse(blank, fault="missing")
    telling = forms & {"partial", "unit", "urb"} or any(line.tower for line in lines)
    return Parse(blank, fault="incomplete" if telling else "not_an_address")


def _judge(line: _Line) -> Parse:
    """Faults of an address that has its primary element."""
    if line.fault is None and line.tower and not line.has_unit:
        return Parse(DROPPED * len(line.roles), line.kind, "incomplete")  # facts A8, B9
    if line.fault is not None:
        return Parse(DROPPED * len(line.roles), line.kind, line.fault)
    return Parse(line.roles, line.kind, None, line.bare)


def _read_line(text: str) -> _Line:
    if not text.strip(";/&#"):
        return _Line(DROPPED * len(text), "empty")
    if re.fullmatch(r"[*]+", text):
        return _Line(DROPPED * len(text), "care")
    if text.startswith("%"):
        return _read_care_of(text)
    for read in (_read_route, _read_box, _read_military, _read_general, _read_urb, _read_unit_line):
        line = read(text)
        if line is not None:
            return line
    return _read_street_line(text)


def _read_care_of(text: str) -> _Line:
    """C/O NAME 123 MAIN ST: the name is dropped, the address kept (facts A16)."""
    start = re.search(rf"{_NUMBER}{_NAME}|{_PO}[nmah]|[RCM]n", text[1:])
    if start is None:
        return _Line(DROPPED * len(text), "care")
    at = start.start() + 1
    rest = _read_line(text[at:])
    return replace(rest, roles=DROPPED * at + rest.roles)


def _with_units(text: str, roles: str, kind: str) -> _Line:
    """`roles` covers the head of `text`; what follows must be units, or goes to the extra words."""
    core, unit_roles, has_unit = _take_units(text[len(roles) :], keep_one=False)
    tail = "E" * len(core) + unit_roles
    return _Line(roles + tail, "primary", kind, has_unit=has_unit)


def _read_route(text: str) -> _Line | None:
    """RR 2 BOX 152, HC 68 BOX 23A (Publication 28, sections 24 and 25)."""
    m = re.match(
        rf"(?P<rural>R[TX]?|U[TX]?|77|T|X)(?P<route>[nma])[#q]?(?:B[#q]?|#)(?P<box>{_VALUE})"
        rf"|(?P<contract>C[TH]?|H8T?|s[TX])(?P<croute>[nma])[#q]?(?:B[#q]?|#)(?P<cbox>{_VALUE})",
        text,
    )
    if m is None:
        if re.fullmatch(rf"(?:R[TX]?|UT?|77|C|sT)(?:[nma]B?|B{_VALUE})?", text):
            return _Line(DROPPED * len(text), "partial")
        return None
    rural = m["rural"] is not None
    roles = [DROPPED] * m.end()
    roles[0] = "R" if rural else "C"
    roles[m.start("route" if rural else "croute")] = "L"
    _fill(roles, m, "box" if rural else "cbox", "B")
    kind = "rural" if rural else "highway_contract"
    return _with_units(text, "".join(roles), kind)


def _read_box(text: str) -> _Line | None:
    """PO BOX 11890 and its synonyms (Publication 28, section 28; facts A6)."""
    m = re.match(rf"{_PO}[#q]?(?P<box>{_VALUE}|r)", text)
    if m is None:
        if re.fullmatch(r"(?:p|ye|kf|k)?(?:P|B|PB)[#q]?[*w]?", text) and text != "k":
            return _Line(DROPPED * len(text), "partial")
        return None
    if re.search(rf"{_NUMBER}{_NAME}+{_TYPE}", text[m.end() :]):
        return _Line(DROPPED * len(text), "bad", fault="multiple")
    roles = [DROPPED] * m.end()
    _fill(roles, m, "box", "B")
    return _with_units(text, "".join(roles), "po_box")


def _read_military(text: str) -> _Line | None:
    """PSC 802 BOX 74, UNIT 2050 BOX 4190, USS NIMITZ (facts A11); APO AE after it is the city."""
    place = r"(?:A[Qw]?n?|A[Qw][h])?"
    m = re.fullmatch(rf"(?P<unit>[Mv])(?P<number>[nma])B[#q]?(?P<box>{_VALUE}){place}", text)
    if m is not None:
        roles = [DROPPED] * len(text)
        roles[0], roles[m.start("number")] = "S", "L"
        _fill(roles, m, "box", "B")
        return _Line("".join(roles), "primary", "military")
    m = re.fullmatch(rf"(?P<ship>V[wQn]+)(?:B?(?P<box>{_VALUE}))?{place}", text)
    if m is not None:
        roles = [DROPPED] * len(text)
        _fill(roles, m, "ship", "S")
        _fill(roles, m, "box", "B")
        return _Line("".join(roles), "primary", "military")
    if re.fullmatch(r"M[nma]?B?", text):
        return _Line(DROPPED * len(text), "partial")
    if re.fullmatch(r"A[Qw]?[nh]?", text):
        return _Line(DROPPED * len(text), "care")
    return None


def _read_general(text: str) -> _Line | None:
    m = re.match(r"EL", text)
    if m is None:
        return None
    return _with_units(text, DROPPED * 2, "general_delivery")


def _read_urb(text: str) -> _Line | None:
    """URB ROYAL OAK is part of the street's identity in Puerto Rico (facts A10)."""
    if not text.startswith("Z") or len(text) == 1:
        return None
    m = re.match(rf"Z(?P<name>[^nmahgr#|]+?)(?P<rest>{_NUMBER}{_NAME}.*|W.*)?$", text)
    if m is None:
        return None
    head = DROPPED + "Q" * len(m["name"])
    if m["rest"] is None:
        return _Line(head, "urb")
    rest = _read_street_line(m["rest"])
    return replace(rest, roles=head + rest.roles)


def _read_unit_line(text: str) -> _Line | None:
    """A line that holds the unit and nothing else: APT 4, 2ND FLOOR, 4B."""
    if re.fullmatch(rf"[nmal]|[{_SINGLE}]|n[{_SINGLE}]", text) and not re.fullmatch("n", text):
        return _Line("U" * len(text), "unit", has_unit=True)
    core, roles, has_unit = _take_units(text, keep_one=False)
    if core == "" and roles:
        return _Line(roles, "unit", has_unit=has_unit, tower=not has_unit)
    if re.fullmatch(r"[uvb#F][*]?", text):
        return _Line(DROPPED * len(text), "unit", fault="incomplete")
    return None


def _fill(roles: list[str], m: re.Match[str], group: str, role: str) -> None:
    if m[group] is not None:
        for at in range(m.start(group), m.end(group)):
            roles[at] = role


def _take_units(text: str, *, keep_one: bool) -> tuple[str, str, bool]:
    """(what is left, roles of the units at the end, whether a unit proper is among them)."""
    left, roles, has_unit = text, "", False
    while m := _UNIT.search(left):
        if keep_one and m.start() == 0:
            break
        taken = [DROPPED] * (len(left) - m.start())
        start = m.start()
        for group, role in (
            ("value", "U"),
            ("valueword", "U"),
            ("bvalue", "b"),
            ("bvalueword", "b"),
            ("fvalue", "F"),
            ("fordinal", "F"),
            ("free", "f"),
        ):
            if m[group] is not None:
                for at in range(m.start(group), m.end(group)):
                    taken[at - start] = "." if left[at] in "#" else role
        if "U" in taken:  # units are taken from the end: the id read before was the second
            roles = roles.replace("U", "V")
        has_unit = has_unit or (m["bldg"] is None and m["bldgword"] is None)
        roles = "".join(taken) + roles
        left = left[:start]
    return left, roles, has_unit


def _read_street_line(text: str) -> _Line:
    blank = DROPPED * len(text)
    if _MULTIPLE.search(_without_unit_values(text)):
        return _Line(blank, "bad", fault="multiple")
    lead = _LEADING_UNIT.match(text)
    if lead is not None and not re.match(_NUMBER, text):
        rest = _read_street_line(text[lead.end() :])
        _, roles, has_unit = _take_units(lead[0], keep_one=False)
        return replace(rest, roles=roles + rest.roles, has_unit=rest.has_unit or has_unit)
    m = re.match(rf"(?:c(?={_NAME}+{_TYPE})|{_NUMBER})", text)
    if m is None or (m.end() == len(text) and text != "n"):
        return _read_without_number(text)
    return _read_numbered(text, m.end())


def _without_unit_values(text: str) -> str:
    """A hyphen or an AND inside a unit is no range: APT 4-6."""
    return re.sub(r"([uvq#BbP]#?)[rn]", r"\1n", text)


def _read_without_number(text: str) -> _Line:
    blank = DROPPED * len(text)
    trailing = re.match(rf"(?P<name>W{_NAME}+?)[#q]?(?P<number>[nmah])$", text)
    core, unit_roles, has_unit = _take_units(text, keep_one=True)
    if text.startswith("W"):  # CALLE LUNA 123: in Puerto Rico the number may follow (facts A10)
        trailing = re.match(rf"(?P<name>W{_NAME}+?)[#q]?(?P<number>[nmah])$", core) or trailing
        if trailing is not None:
            whole = core if len(trailing[0]) == len(core) else text
            roles = [DROPPED] * len(whole)
            _fill(roles, trailing, "name", "S")
            _fill(roles, trailing, "number", "N")
            tail = unit_roles if whole == core else ""
            return _Line("".join(roles) + tail, "primary", "street", has_unit=has_unit)
    before = re.match(rf"(?P<words>[w$Qosk]+)(?={_NUMBER}{_NAME}+{_TYPE})", text)
    if before is not None:  # SUNRISE TOWERS 123 MAIN ST
        rest = _read_street_line(text[before.end() :])
        tower = rest.tower or "$" in before[0]
        return replace(rest, roles=DROPPED * before.end() + rest.roles, tower=tower)
    if re.search(r"[!&@/~]", text):
        return _Line(blank, "bad", fault="not_an_address")  # facts A14
    if re.fullmatch(r"n+", text):
        return _Line(blank, "partial")
    if "$" in text:
        named = _Line("E" * len(core) + unit_roles, "text", tower=True, has_unit=has_unit)
        return replace(named, roles=DROPPED * len(core) + unit_roles) if has_unit else named
    if re.search(rf"^{_NAME}*[xtXHTSYW]", text) or unit_roles:
        return _Line("E" * len(core) + unit_roles, "partial", has_unit=has_unit)
    return _Line("E" * len(text), "text")


def _read_numbered(text: str, at: int) -> _Line:
    """Number, then street, then units."""
    blank = DROPPED * len(text)
    head, rest = "".join("N" if cls in "nmahgc9" else "n" for cls in text[:at]), text[at:]
    if re.search(rf"{_TYPE}[1-6]?(?:&|/|!)", rest) or rest.startswith("/"):
        return _Line(blank, "bad", fault="not_an_address")
    if re.search(r"[!~]", rest) and not _BLOCK_NAME.match(text) and not _named_block(rest):
        return _Line(blank, "bad", fault="not_an_address")
    box = re.search(rf"(?:(?:p|ye)B?|P)[#q]?{_VALUE}$", rest)
    if box is not None and box.start() > 0:
        return _Line(blank, "bad", fault="multiple")
    core, unit_roles, has_unit = _take_units(rest, keep_one=True)
    if re.search(r"[uvb#F][*]?$", core) and len(core) > 1:
        return _Line(blank, "primary", "street", fault="incomplete")
    if not core or re.fullmatch(r"[1-6]|t|[uvfbF#q]?[nmalc]|\*+", core):
        return _Line(blank, "partial", has_unit=has_unit)
    street = _street_roles(core)
    if street is None:
        return _Line(blank, "bad", fault="not_an_address")
    roles, bare, own_unit = street
    tower = re.search(rf"\$(?!{_NAME}*{_TYPE})", core) is not None or bool(
        re.search(r"b", unit_roles)
    )
    return _Line(
        head + roles + unit_roles, "primary", "street", None, bare, tower, has_unit or own_unit
    )


def _named_block(rest: str) -> bool:
    """8 MILE RD, OLD CORNER RD: the soft words may stand in a name that ends in a suffix."""
    return "!" not in rest and re.match(rf"[^xtXHT]*~{_NAME}*{_TYPE}", rest) is not None


_PRE = rf"(?P<predir>{_DIRECTION})?"
_POST = rf"(?P<postdir>{_DIRECTION})?"
_END = rf"{_POST}(?P<bare>{_VALUE})?$"
_STREETS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        # 12 US HWY 66 W
        *(
            rf"{_PRE}(?P<{role}>{prefix})(?P<route>{_ROUTE_VALUE}){_END}"
            for role, prefix in _HIGHWAY
        ),
        # 100 N 200 E
        rf"(?P<predir>{_DIRECTION})(?P<grid>[no])(?P<postdir>{_DIRECTION})$",
        # 5 OLD HIGHWAY 9
        rf"{_PRE}(?P<street>{_NAME}+(?:[HT]|[YSQ]X)[nma]){_END}",
        # 5 AVENUE B
        rf"{_PRE}(?P<street>[xXW][nmaloc{_SINGLE}12]){_END}",
        # 12 5 ST
        rf"{_PRE}(?P<ordinal>[no])(?P<suffix>{_TYPE}){_END}",
        # 12 N MAIN ST W 4
        rf"{_PRE}(?P<street>(?!W){_NAME}+)(?P<suffix>{_TYPE}){_END}",
        # 12 BROADWAY
        rf"{_PRE}(?P<street>{_NAME}+?){_POST}$",
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
    **{role: role for role, _ in _HIGHWAY},
}


def _street_roles(core: str) -> tuple[str, bool, bool] | None:
    """(roles, whether there is no suffix to vouch for the words, whether a bare unit closes it)."""
    for pattern in _STREETS:
        m = pattern.match(core)
        if m is None:
            continue
        groups = m.groupdict()
        roles = [DROPPED] * len(core)
        for group, role in _GROUP_ROLES.items():
            if groups.get(group):
                _fill(roles, m, group, role)
        for role in "GJKY":  # a whole prefix becomes one word: US HWY, STATE ROUTE
            if groups.get(role):
                _fill(roles, m, role, DROPPED)
                roles[m.start(role)] = role
        no_suffix = "street" in groups and not groups.get("suffix")
        return "".join(roles), no_suffix, bool(groups.get("bare"))
    return None
