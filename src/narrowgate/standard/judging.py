"""The last of an address: faults that need its words or its place, the unit, the two keys.

One fault an address, the most telling: missing, placeholder, foreign, multiple, not_an_address,
incomplete. An address with a fault has no `building` and no `delivery_point`, so nothing can be
confirmed against it. Facts A1-A16, B4-B10.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.standard.scalars import BAR, BLANK, EMPTY, FALSE, NOTHING, text_array, text_scalar

# Facts A2, as whole words. Looked for only where no primary address was read.
_PLACEHOLDER = (
    "FAILED|FAIL(?:URE)? TO PROVIDE|DID NOT PROVIDE|REFUSED|REFUSES|DECLINED|UNKNOWN|UNK|UNKN"
    "|NONE|NOT APPLICABLE|NA|N A|NULL|NIL|TBD|TBA|PENDING|UNDETERMINED|UNSPECIFIED|BLANK"
    "|NOT (?:GIVEN|PROVIDED|AVAILABLE|KNOWN|STATED|LISTED|REPORTED)|SAME|IN CUSTODY|AT LARGE"
    "|SEE (?:FILE|ABOVE|NOTES?|RECORD)|HOMELESS|TRANSIENT|NFA|NO (?:FIXED |PERMANENT )?ADDRESS"
    "|NO (?:FIXED )?(?:ABODE|RESIDENCE|HOME)|DESCONOCID[AO]|NO TIENE"
    "|SIN (?:DOMICILIO|DIRECCION|HOGAR)|X{2,}|TEST|TESTING|ASDF|QWERTY"
)
_NONSENSE = "DONT CARE|DO NOT CARE|WHATEVER|ANYWHERE|SOMEWHERE|NOWHERE"
# Words of the street itself, where no suffix vouches for them: 123 UNKNOWN.
_PLACEHOLDER_STREET = (
    f"^(?:(?:{_PLACEHOLDER}|ADDRESS) ?)+$|\\b(?:NO FIXED ADDRESS|FAILED TO PROVIDE)\\b"
)
_FOREIGN_END = r"\b(?:MEXICO|CANADA|GUATEMALA|HONDURAS|EL SALVADOR|NICARAGUA|COLOMBIA|ECUADOR)$"
_CANADIAN_POST_CODE = r"\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b"
_PUERTO_RICO = ("006", "007", "009")
_QUEENS = ("110", "111", "113", "114", "116")
_ONLY_A_ZIP = r"^(?:0+|\d{5}|\d{9}|\d{5}[- ]\d{4})$"

STREET = text_scalar("street")

Columns: TypeAlias = Mapping[str, pa.Array]


def judged(places: Columns, lines: Columns) -> dict[str, pa.Array]:
    """The address columns of the standard form.

    `places`: the columns of places.read_places; `lines`: those of addresses.read_lines.
    """
    number = _without_queens_hyphen(lines["number"], places["zip5"])
    street = _with_urb(lines)
    unit = _unit(lines)
    fault = _fault(places, lines, _line_fault(lines))
    sound = pc.is_null(fault)
    building = pc.binary_join_element_wise(
        lines["kind"].fill_null(EMPTY),
        number,
        lines["predir"],
        _compact(street),
        lines["suffix"],
        lines["postdir"],
        lines["box"],
        BAR,
    )
    delivery_point = pc.binary_join_element_wise(building, unit, BAR)
    return {
        "address_kind": lines["kind"],
        "address_fault": fault,
        "address_text": _null_if_empty(lines["text"]),
        "number": _null_if_empty(number),
        "predir": _null_if_empty(lines["predir"]),
        "street": _null_if_empty(street),
        "street_suffix": _null_if_empty(lines["suffix"]),
        "postdir": _null_if_empty(lines["postdir"]),
        "unit": _null_if_empty(unit),
        "box": _null_if_empty(lines["box"]),
        "building": pc.if_else(sound, building, NOTHING),
        "delivery_point": pc.if_else(sound, delivery_point, NOTHING),
    }


def _null_if_empty(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, EMPTY), NOTHING, column)


def _line_fault(lines: Columns) -> pa.Array:
    """The grammar's fault, told more exactly where the words tell more."""
    read, text = lines["fault"], lines["text"]
    no_primary = pc.and_(
        pc.is_null(lines["kind"]), pc.is_in(read, text_array("not_an_address", "incomplete"))
    )
    bare = pc.and_(lines["bare"], pc.is_null(read))
    for rows, column, pattern, fault in (
        (no_primary, text, _ONLY_A_ZIP, "not_an_address"),
        (bare, lines["street"], f"^(?:{_NONSENSE})$", "not_an_address"),
        (no_primary, text, rf"\b(?:{_PLACEHOLDER})\b", "placeholder"),
        (bare, lines["street"], _PLACEHOLDER_STREET, "placeholder"),
    ):
        found = _where(rows, column, pattern)
        if found is not None:
            read = pc.if_else(found, text_scalar(fault), read)
    return read


def _fault(places: Columns, lines: Columns, line: pa.Array) -> pa.Array:
    """The line's fault (`line`) and the place's, the more telling of the two."""
    text = lines["text"]
    no_zip = pc.is_null(places["zip5"])
    no_state = pc.is_null(places["state"])
    abroad = places["abroad"]
    for rows, pattern in (
        (no_zip, _CANADIAN_POST_CODE),
        (pc.and_(no_zip, no_state), _FOREIGN_END),
    ):
        found = _where(rows, text, pattern)
        if found is not None:
            abroad = pc.or_(abroad, found.fill_null(FALSE))
    # Only in Puerto Rico has a condominium no house number (Publication 28, 295).
    street = pc.equal(lines["kind"], STREET).fill_null(FALSE)
    no_number = pc.and_(pc.equal(lines["number"], EMPTY), street)
    if pc.any(no_number).as_py():
        misplaced = pc.and_(no_number, pc.invert(_begins(places["zip5"], *_PUERTO_RICO)))
        line = pc.if_else(pc.and_(misplaced, pc.is_null(line)), text_scalar("incomplete"), line)
    no_place = pc.and_(no_zip, pc.or_(no_state, pc.is_null(places["city"])))
    told_first = pc.is_in(line, text_array("missing", "placeholder"))
    return pc.case_when(
        pc.make_struct(told_first, abroad, pc.is_valid(line), no_place),
        line,
        text_scalar("foreign"),
        line,
        text_scalar("incomplete"),
    )


def _where(rows: pa.Array, text: pa.Array, pattern: str) -> pa.Array | None:
    """Whether `pattern` is found in `text`, looked for in `rows` only; None if nowhere."""
    found = pc.match_substring_regex(text.filter(rows), pattern)
    if not pc.any(found).as_py():
        return None
    return pc.replace_with_mask(pa.repeat(FALSE, len(text)), rows, found)


def _begins(column: pa.Array, *heads: str) -> pa.Array:
    """Whether a cell begins with one of `heads`; false for a null."""
    return pc.is_in(pc.utf8_slice_codeunits(column, 0, 3), text_array(*heads)).fill_null(FALSE)


def _without_queens_hyphen(number: pa.Array, zip5: pa.Array) -> pa.Array:
    """37-12 is written 3712, too, in Queens, where two digits follow the hyphen (facts A13)."""
    hyphened = pc.match_substring(number, "-")
    if not pc.any(hyphened).as_py():
        return number
    there = pc.and_(hyphened, _begins(zip5, *_QUEENS))
    plain = pc.replace_substring_regex(
        number.filter(there), r"^([0-9]+)-([0-9]{2}[A-Z]?)$", r"\1\2"
    )
    return pc.replace_with_mask(number, there, plain)


def _with_urb(lines: Columns) -> pa.Array:
    """An urbanisation belongs to the street's name (Publication 28, section 29)."""
    named = pc.not_equal(lines["urb"], EMPTY)
    if not pc.any(named).as_py():
        return lines["street"]
    joined = pc.binary_join_element_wise(lines["street"], text_scalar("URB"), lines["urb"], BLANK)
    return pc.if_else(named, pc.utf8_ltrim_whitespace(joined), lines["street"])


def _compact(street: pa.Array) -> pa.Array:
    """GREEN LEAF and GREENLEAF are one street; blanks beside digits part numbers, so they stay."""
    parted = pc.match_substring(street, " ")
    if not pc.any(parted).as_py():
        return street
    some = street.filter(parted)
    numbered = pc.match_substring_regex(some, "[0-9]")
    joined = pc.if_else(numbered, some, pc.replace_substring(some, " ", ""))
    return pc.replace_with_mask(street, parted, joined)


_PARTS = (
    ("bldg", "BLDG "),
    ("floor", "FL "),
    ("free", ""),
    ("id", "# "),
    ("id2", "# "),
    ("mailbox", "PMB "),
    ("extra", "+ "),
)
_OF_A_SORT = "^[A-Z]{2,} "  # STE 4 says what it is


def _unit(lines: Columns) -> pa.Array:
    """The id alone, or all parts in one order: BLDG B FL 2 REAR # 4 PMB 5."""
    parted = pa.repeat(FALSE, len(lines["id"]))
    for name, _ in _PARTS:
        if name != "id":
            parted = pc.or_(parted, pc.not_equal(lines[name], EMPTY))
    if not pc.any(parted).as_py():
        return lines["id"]
    parts = []
    for name, label in _PARTS:
        part = lines[name].filter(parted)
        labelled = pc.binary_join_element_wise(text_scalar(label), part, EMPTY)
        if name in ("id", "id2"):
            labelled = pc.if_else(pc.match_substring_regex(part, _OF_A_SORT), part, labelled)
        parts.append(pc.if_else(pc.equal(part, EMPTY), NOTHING, labelled))
    joined = pc.binary_join_element_wise(*parts, BLANK, null_handling="skip")
    return pc.replace_with_mask(lines["id"], parted, joined)
