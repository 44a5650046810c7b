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
_PLACEHOLDER_STREET = f"^(?:(?:{_PLACEHOLDER}) ?)+$|\\b(?:NO FIXED ADDRESS|FAILED TO PROVIDE)\\b"
_FOREIGN_END = r"\b(?:MEXICO|CANADA|GUATEMALA|HONDURAS|EL SALVADOR|NICARAGUA|COLOMBIA|ECUADOR)$"
_CANADIAN_POST_CODE = r"\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b"
_ONLY_A_ZIP = r"^(?:0+|\d{5}|\d{9}|\d{5}[- ]\d{4})$"

Columns: TypeAlias = Mapping[str, pa.Array]


def judged(columns: Columns, lines: Columns) -> dict[str, pa.Array]:
    """The address columns of the standard form, from places (`columns`) and `lines`."""
    fault = _fault(columns, lines)
    sound = pc.is_null(fault)
    kind = lines["kind"]
    street = _with_urb(lines)
    unit = _unit(lines)
    building = pc.binary_join_element_wise(
        kind.fill_null(""),
        lines["number"],
        lines["predir"],
        _compact(street),
        lines["suffix"],
        lines["postdir"],
        lines["box"],
        "|",
    )
    nothing = pa.scalar(None, pa.string())
    return {
        "address_kind": kind,
        "address_fault": fault,
        "address_text": _null_if_empty(lines["text"]),
        "number": _null_if_empty(lines["number"]),
        "predir": _null_if_empty(lines["predir"]),
        "street": _null_if_empty(street),
        "street_suffix": _null_if_empty(lines["suffix"]),
        "postdir": _null_if_empty(lines["postdir"]),
        "unit": _null_if_empty(unit),
        "box": _null_if_empty(lines["box"]),
        "building": pc.if_else(sound, building, nothing),
        "delivery_point": pc.if_else(
            sound, pc.binary_join_element_wise(building, unit, "|"), nothing
        ),
    }


def _null_if_empty(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _fault(columns: Columns, lines: Columns) -> pa.Array:
    read, text = lines["fault"], lines["text"]
    no_primary = pc.and_(
        pc.is_null(lines["kind"]), pc.is_in(read, pa.array(["not_an_address", "incomplete"]))
    )
    bare = pc.and_(lines["bare"], pc.is_null(read))
    placeholder = pc.or_(
        _where(no_primary, text, rf"\b(?:{_PLACEHOLDER})\b"),
        _where(bare, lines["street"], _PLACEHOLDER_STREET),
    )
    nonsense = pc.or_(
        _where(no_primary, text, _ONLY_A_ZIP),
        _where(bare, lines["street"], rf"^(?:{_NONSENSE})$"),
    )
    no_zip = pc.is_null(columns["zip5"])
    abroad = pc.or_(
        columns["abroad"],
        pc.or_(
            _where(no_zip, text, _CANADIAN_POST_CODE),
            _where(pc.and_(no_zip, pc.is_null(columns["state"])), text, _FOREIGN_END),
        ),
    )
    no_place = pc.and_(no_zip, pc.or_(pc.is_null(columns["state"]), pc.is_null(columns["city"])))
    missing = pc.equal(read, "missing").fill_null(False)
    return pc.case_when(
        pc.make_struct(missing, placeholder, abroad, nonsense, pc.is_valid(read), no_place),
        pa.scalar("missing"),
        pa.scalar("placeholder"),
        pa.scalar("foreign"),
        pa.scalar("not_an_address"),
        read,
        pa.scalar("incomplete"),
    )


def _where(rows: pa.Array, text: pa.Array, pattern: str) -> pa.Array:
    """Whether `pattern` is found in `text`, looked for in `rows` only; false elsewhere."""
    found = pc.match_substring_regex(text.filter(rows), pattern)
    return pc.replace_with_mask(pa.repeat(pa.scalar(False), len(text)), rows, found)


def _with_urb(lines: Columns) -> pa.Array:
    """An urbanisation belongs to the street's name (Publication 28, section 29)."""
    named = pc.not_equal(lines["urb"], "")
    if not pc.any(named).as_py():
        return lines["street"]
    joined = pc.binary_join_element_wise(lines["street"], "URB", lines["urb"], " ")
    return pc.if_else(named, pc.utf8_ltrim_whitespace(joined), lines["street"])


def _compact(street: pa.Array) -> pa.Array:
    """GREEN LEAF and GREENLEAF are one street; blanks beside digits part numbers, so they stay."""
    return pc.if_else(
        pc.match_substring_regex(street, "[0-9]"), street, pc.replace_substring(street, " ", "")
    )


_PARTS = (
    ("bldg", "BLDG "),
    ("floor", "FL "),
    ("free", ""),
    ("id", "# "),
    ("id2", "# "),
    ("extra", ""),
)


def _unit(lines: Columns) -> pa.Array:
    """The id alone, or all parts in one order: BLDG B FL 2 REAR # 4."""
    parted = pa.repeat(pa.scalar(False), len(lines["id"]))
    for name, _ in _PARTS:
        if name != "id":
            parted = pc.or_(parted, pc.not_equal(lines[name], ""))
    if not pc.any(parted).as_py():
        return lines["id"]
    parts = []
    for name, label in _PARTS:
        part = lines[name].filter(parted)
        labelled = pc.binary_join_element_wise(label, part, "")
        parts.append(pc.if_else(pc.equal(part, ""), pa.scalar(None, pa.string()), labelled))
    joined = pc.binary_join_element_wise(*parts, " ", null_handling="skip")
    return pc.replace_with_mask(lines["id"], parted, joined)
