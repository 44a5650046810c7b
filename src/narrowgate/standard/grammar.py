"""The grammar of US addresses, over shapes (lexicon.py): pure, and blind to what the words say.

`parse(shape)` gives each piece a role (roles.py) and the whole a kind, or a fault. A piece is
dropped only where Publication 28 says that it means nothing (designators, C/O lines, a building's
name beside a unit, the city said again); what cannot be placed goes into the street or the unit,
so that an odd line is unlike every other rather than like one it should not be.

Steps: (1) what spoils any address; (2) each line read as one form: route, box, military, general
delivery, urbanisation, unit, street; (3) lines combined; (4) the fault that tells most.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from narrowgate.standard.columns import ADDRESS_KINDS
from narrowgate.standard.roles import DROPPED
from narrowgate.standard.streets import read_street_line
from narrowgate.standard.units import (
    DIRECTION,
    NAME,
    NUMBER,
    SINGLE,
    TYPE,
    VALUE,
    Line,
    apart,
    bad,
    fill,
    take_units,
)

_LONGEST = 64  # pieces; Publication 28 lines have 40 letters, and long shapes cost squared time

_PO = r"(?:(?:p|ye|kf|k)?(?:PB?|B)|pf?B)"
_BOX = re.compile(rf"{_PO}[#q]?(?P<box>{VALUE}|r)")
_OPEN_BOX = re.compile(r"(?:p|ye|kf|k)?(?:P|B|PB)[#q]?[*w]?")
_ROUTE = re.compile(
    rf"(?P<rural>(?:R[TX]?|U[TX]?|77|T|X)[#q]?(?P<route>[nma])[#q]?(?:B[#q]?|#)(?P<box>{VALUE}))"
    rf"|(?:C[TH]?|H8T?|0[TX])[#q]?(?P<croute>[nma])[#q]?(?:B[#q]?|#)(?P<cbox>{VALUE})"
)
_BOX_AND_ROUTE = re.compile(
    rf"B[#q]?(?P<box>{VALUE})(?:(?P<rural>R[TX]?|77|U[TX])|C[TH]?|0[TX])[#q]?(?P<route>[nma])$"
)
_OPEN_ROUTE = re.compile(rf"(?:R[TX]?|UT?|77|C|0T)(?:[nma]B?|B{VALUE})?")
_MILITARY = re.compile(rf"[Mv](?P<number>[nma])B[#q]?(?P<box>{VALUE})")
_SHIP = re.compile(rf"(?P<ship>V[wDQnxtoc{SINGLE}1-6]+)(?:B[#q]?(?P<box>{VALUE}))?")
_OPEN_MILITARY = re.compile(r"M[nma]?B?")
_SUFFIX_LINE = re.compile(rf"{TYPE}{DIRECTION}?")
_URB = re.compile(rf"Z(?P<name>[^nmahgr#|]+?)(?P<rest>{NUMBER}{NAME}.*|W.*)?")
_AFTER_NAME = re.compile(rf"{NUMBER}{NAME}|{_PO}[nmah]|[RCM]n")


@dataclass(frozen=True, slots=True)
class Parse:
    """`roles`: one role a piece. `bare`: a street without suffix, to be looked at for its words."""

    roles: str
    kind: str | None = None
    fault: str | None = None
    bare: bool = False


def parse(shape: str) -> Parse:
    """Roles, kind or fault of one shape; the line break is `|`. Never fails."""
    kept = [at for at, cls in enumerate(shape) if cls not in "-;" or _means_something(shape, at)]
    result = _parse_kept("".join(shape[at] for at in kept))
    roles = [DROPPED] * len(shape)
    for at, role in zip(kept, result.roles, strict=True):
        roles[at] = role
    return replace(result, roles="".join(roles))


def _means_something(shape: str, at: int) -> bool:
    """A lone hyphen between two numbers, a semicolon between two parts."""
    if shape[at] == "-":
        return re.fullmatch("[nmah]-[nmah]", shape[max(at - 1, 0) : at + 2]) is not None
    return shape[:at].strip(";|-") != "" and shape[at:].strip(";|-") != ""


def _parse_kept(text: str) -> Parse:
    fault = None
    if not text.strip("|;/&#"):
        fault = "missing"
    elif "z" in text or "?" in text or len(text) > _LONGEST or text.count("|") > 1:
        fault = "not_an_address"
    elif ";" in text:
        fault = "multiple"
    if fault is not None:
        return Parse(DROPPED * len(text), fault=fault)
    first, line_break, second = text.partition("|")
    lines, between = (_read_line(first), _read_line(second)), DROPPED * len(line_break)
    result = _combine(*lines, between)
    if not (first and second) or result.fault == "multiple":
        return result
    kinds = _kinds_across(result, lines, second)
    whole = _read_line(first + second)
    if whole.form != "primary" or whole.kind not in kinds or whole.fault is not None:
        return result
    return _judge(
        replace(whole, roles=between.join((whole.roles[: len(first)], whole.roles[len(first) :])))
    )


def _kinds_across(result: Parse, lines: tuple[Line, Line], second: str) -> tuple[str, ...]:
    """What an address may be if it is read over the break, which may stand anywhere.

    123 | MAIN ST, APT | 4, MAIN | ST; where two lines make sense as two (BOX 12 | RR 2), only what
    has its own box.
    """
    if result.fault is not None or (result.bare and _SUFFIX_LINE.fullmatch(second)):
        return ADDRESS_KINDS
    if "partial" in (lines[0].form, lines[1].form) or lines[0].form == "unit":
        return ("rural", "highway_contract", "military")
    return ()


def _combine(first: Line, second: Line, between: str) -> Parse:
    nothing = DROPPED * len(first.roles + between + second.roles)
    for fault in ("multiple", "not_an_address"):
        if fault in (first.fault, second.fault):
            return Parse(nothing, fault=fault)
    if first.form == second.form == "primary":
        return Parse(nothing, fault="multiple")
    if {first.form, second.form} <= {"condominium", "unit", "empty"}:
        first, second = _as_street(first), _as_street(second)
    if "primary" not in (first.form, second.form):
        return Parse(nothing, fault=_without_primary({first.form, second.form}, first, second))
    main, other = (first, second) if first.form == "primary" else (second, first)
    roles = apart(main.roles, other.roles)
    if other.form == "complex" and main.has_unit:  # 100 MAIN ST #4 | SUNRISE APARTMENTS
        roles = roles.replace("E", DROPPED)
    in_order = (main.roles, roles) if main is first else (roles, main.roles)
    return _judge(
        replace(
            main,
            roles=between.join(in_order),
            tower=main.tower or other.tower,
            has_unit=main.has_unit or other.has_unit,
            fault=main.fault or other.fault,
        )
    )


def _as_street(line: Line) -> Line:
    """COND DEL MAR APT 905 has no house number in Puerto Rico (Publication 28, 295)."""
    if line.form != "condominium":
        return line
    return replace(
        line, roles=line.roles.replace("E", "S"), form="primary", kind="street", bare=True
    )


def _without_primary(forms: set[str], first: Line, second: Line) -> str:
    if forms == {"empty"}:
        return "missing"
    telling = forms & {"partial", "unit", "urb"} or first.tower or second.tower
    return "incomplete" if telling else "not_an_address"


def _judge(line: Line) -> Parse:
    """Faults of an address that has its primary element."""
    fault = line.fault
    if fault is None and line.tower and not line.has_unit:
        fault = "incomplete"  # facts A8, B9
    if fault is not None:
        return Parse(DROPPED * len(line.roles), line.kind, fault)
    return Parse(line.roles, line.kind, None, line.bare)


def _read_line(text: str) -> Line:
    nothing = DROPPED * len(text)
    if not text.strip("/&#"):
        return Line(nothing, "empty")
    if not text.strip("*"):
        return Line(nothing, "aside")
    if text.startswith("%"):
        return _read_care_of(text)
    for read in (_read_route, _read_box, _read_military, _read_general, _read_urb, _read_unit_line):
        line = read(text)
        if line is not None:
            return line
    return read_street_line(text)


def _read_care_of(text: str) -> Line:
    """C/O NAME 123 MAIN ST: the name is dropped, the address kept (facts A16)."""
    start = _AFTER_NAME.search(text, 1)
    if start is None:
        name, units, has_unit = take_units(text, keep_one=True)
        return Line(DROPPED * len(name) + units, "aside", has_unit=has_unit)
    rest = _read_line(text[start.start() :])
    return replace(rest, roles=DROPPED * start.start() + rest.roles)


def _with_units(text: str, roles: str, kind: str) -> Line:
    """`roles` covers the head of `text`; what follows must be units, or goes to the extra words."""
    core, units, has_unit = take_units(text[len(roles) :], keep_one=False)
    return Line(roles + "E" * len(core) + units, "primary", kind, has_unit=has_unit)


def _read_route(text: str) -> Line | None:
    """RR 2 BOX 152, HC 68 BOX 23A (Publication 28, sections 24 and 25)."""
    m = _BOX_AND_ROUTE.match(text)
    if m is not None:
        roles = [DROPPED] * m.end()
        roles[m.start("route") - 1] = "R" if m["rural"] else "C"
        fill(roles, m, "route", "L")
        fill(roles, m, "box", "B")
        return Line("".join(roles), "primary", "rural" if m["rural"] else "highway_contract")
    m = _ROUTE.match(text)
    if m is None:
        return Line("E" * len(text), "partial") if _OPEN_ROUTE.fullmatch(text) else None
    rural = m["rural"] is not None
    roles = [DROPPED] * m.end()
    roles[0] = "R" if rural else "C"
    fill(roles, m, "route" if rural else "croute", "L")
    fill(roles, m, "box" if rural else "cbox", "B")
    return _with_units(text, "".join(roles), "rural" if rural else "highway_contract")


def _read_box(text: str) -> Line | None:
    """PO BOX 11890 and its synonyms (Publication 28, section 28; facts A6)."""
    m = _BOX.match(text)
    if m is None:
        return Line("E" * len(text), "partial") if _OPEN_BOX.fullmatch(text) else None
    if re.search(rf"{NUMBER}{NAME}+{TYPE}", text[m.end() :]):
        return bad(text, "multiple")
    roles = [DROPPED] * m.end()
    fill(roles, m, "box", "B")
    return _with_units(text, "".join(roles), "po_box")


def _read_military(text: str) -> Line | None:
    """PSC 802 BOX 74, UNIT 2050 BOX 4190, USS NIMITZ (facts A11); APO AE after it is the city."""
    roles = [DROPPED] * len(text)
    if m := _MILITARY.fullmatch(text):
        roles[0] = "S"
        fill(roles, m, "number", "L")
    elif m := _SHIP.fullmatch(text):
        fill(roles, m, "ship", "S")
    else:
        return Line("E" * len(text), "partial") if _OPEN_MILITARY.fullmatch(text) else None
    fill(roles, m, "box", "B")
    return Line("".join(roles), "primary", "military")


def _read_general(text: str) -> Line | None:
    if not text.startswith("EL"):
        return None
    return _with_units(text, DROPPED * 2, "general_delivery")


def _read_urb(text: str) -> Line | None:
    """URB ROYAL OAK is part of the street's identity in Puerto Rico (facts A10)."""
    m = _URB.fullmatch(text)
    if m is None:
        return None
    head = DROPPED + "Q" * len(m["name"])
    if m["rest"] is None:
        return Line(head, "urb")
    rest = read_street_line(m["rest"])
    return replace(rest, roles=head + rest.roles)


def _read_unit_line(text: str) -> Line | None:
    """A line that holds the unit and nothing else: APT 4, 2ND FLOOR, 4B."""
    if text != "n" and re.fullmatch("[nmalyei7]|n[lyei7]", text):
        return Line("U" * len(text), "unit", has_unit=True)
    if re.fullmatch(r"[uvsdb#F][*]?", text):
        return Line(DROPPED * len(text), "unit", fault="incomplete")
    core, units, has_unit = take_units(text, keep_one=False)
    if core or not units:
        return None
    return Line(units, "unit", has_unit=has_unit, tower=not has_unit)
