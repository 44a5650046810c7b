"""Addresses by their structure, and the many ways in which each may be written.

After USPS Publication 28: directions and suffixes in full or short (C1), unit designators (C2),
boxes and routes (sections 24, 25, 28). The twin knows the delivery point because it made it; two
addresses are one if and only if their structures are (`Address.point`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DIRECTIONS = {
    "N": ("N", "N.", "North"), "S": ("S", "South"), "E": ("E", "East"), "W": ("W", "W.", "West"),
    "NE": ("NE", "N.E.", "Northeast"), "SW": ("SW", "Southwest"),
}  # fmt: skip
SUFFIXES = {
    "ST": ("St", "Street", "Str", "Strt"), "AVE": ("Ave", "Avenue", "Av", "Avenu"),
    "BLVD": ("Blvd", "Boulevard", "Boul"), "CIR": ("Cir", "Circle", "Circ"),
    "CT": ("Ct", "Court"), "DR": ("Dr", "Drive", "Drv"), "LN": ("Ln", "Lane"),
    "PKWY": ("Pkwy", "Parkway", "Pky"), "PL": ("Pl", "Place"), "RD": ("Rd", "Road"),
    "SQ": ("Sq", "Square", "Sqr"), "TER": ("Ter", "Terrace", "Terr"), "TRL": ("Trl", "Trail"),
    "WAY": ("Way", "Wy"), "HTS": ("Hts", "Heights"), "XING": ("Xing", "Crossing"),
}  # fmt: skip
STREETS = {
    "MAIN": ("Main",), "OAK": ("Oak",), "OAKS": ("Oaks",), "PENA": ("Peña", "Pena"),
    "OBRIEN": ("O'Brien", "OBrien", "O’Brien"), "5TH": ("5th", "Fifth", "5"),
    "15TH": ("15th", "Fifteenth", "15"), "50TH": ("50th",), "LAKEVIEW": ("Lake View", "Lakeview"),
    "WINSTONSALEM": ("Winston-Salem", "Winston Salem"), "LODZ": ("Łódź", "Lodz"),
    "SAINTJOHNS": ("St. Johns", "Saint Johns", "St Johns"), "MAPLE": ("Maple",),
}  # fmt: skip
UNITS = ("Apt", "Apartment", "#", "Unit", "Ste", "Suite", "No.", "Apt #", "Rm")
"""Which word stands before a unit's number says nothing; the number does."""
BUILDINGS = ("Bldg", "Building")
FLOORS = ("Fl", "Floor")
BOXES = ("PO Box", "P.O. Box", "POB", "Post Office Box", "P O Box", "Box")
RURAL = ("RR", "Rural Route", "R.R.", "RFD", "Rural Rte")
HIGHWAY = ("HC", "Highway Contract")


@dataclass(frozen=True)
class Address:
    """A delivery point of one form. `kind`: street, po_box, rural or highway_contract."""

    kind: str
    number: str = ""
    before: str = ""
    street: str = ""
    suffix: str = ""
    after: str = ""
    building: str = ""
    floor: str = ""
    unit: str = ""

    @property
    def whole(self) -> bool:
        """A building that is named has a unit in it (facts A8)."""
        return not self.building or bool(self.unit)

    @property
    def point(self) -> tuple[str, ...]:
        """Equal if and only if mail goes to the same door."""
        return (self.kind, self.number, self.before, self.street, self.suffix, self.after,
                self.building, self.floor, self.unit)  # fmt: skip


class Chance:
    """Draws of one seeded generator."""

    def __init__(self, seed: int) -> None:
        self._draws = np.random.default_rng(seed)

    def one(self, pool: tuple[str, ...]) -> str:
        """One of the pool."""
        return pool[int(self._draws.integers(len(pool)))]

    def number(self, first: int, last: int) -> str:
        """A whole number, both ends included."""
        return str(int(self._draws.integers(first, last + 1)))

    def happens(self, share: float) -> bool:
        """True in that share of draws."""
        return bool(self._draws.random() < share)


def any_address(chance: Chance) -> Address:
    """An address of any form, out of few enough that two are often neighbours."""
    kind = chance.one(
        ("street", "street", "street", "street", "po_box", "rural", "highway_contract")
    )
    if kind == "po_box":
        return Address(kind, unit=chance.number(1, 30))
    if kind != "street":
        return Address(kind, number=chance.number(1, 3), unit=chance.number(1, 9))
    found = Address(
        kind,
        number=chance.number(10, 14) + chance.one(("", "", "", " 1/2", "A")),
        before=chance.one(("", "", "", *DIRECTIONS)),
        street=chance.one(tuple(STREETS)),
        suffix=chance.one(tuple(SUFFIXES)),
        after=chance.one(("", "", "", "", *DIRECTIONS)),
        building=chance.one(("", "", "", "", "B", "2")),
        floor=chance.one(("", "", "", "", "2", "3")),
        unit=chance.one(("", "4", "5", "4B", "12")),
    )
    return found if found.whole else any_address(chance)


def neighbour(address: Address, chance: Chance) -> Address:
    """The address with one component of another one of its form, or the same again."""
    other = any_address(chance)
    while other.kind != address.kind:
        other = any_address(chance)
    part = chance.one(tuple(Address.__dataclass_fields__))
    changed = {name: getattr(address, name) for name in Address.__dataclass_fields__}
    found = Address(**(changed | {part: getattr(other, part)}))
    return found if found.whole else address


def written(address: Address, chance: Chance) -> tuple[str, str]:
    """(line 1, line 2): the address in one of its spellings."""
    if address.kind == "po_box":
        first, units = f"{chance.one(BOXES)} {_zeros(address.unit, chance)}", ""
    elif address.kind != "street":
        head = chance.one(RURAL if address.kind == "rural" else HIGHWAY)
        first, units = f"{head} {address.number} Box {_zeros(address.unit, chance)}", ""
    else:
        first, units = _street(address, chance), _units(address, chance)
    line2 = ""
    if units and chance.happens(0.5):
        line2 = units
    else:
        first += chance.one((" ", ", ")) + units if units else ""
    return _dressed(first, chance), _dressed(line2, chance)


def _street(address: Address, chance: Chance) -> str:
    number = address.number.replace(" 1/2", chance.one((" 1/2", "½", " ½")))
    parts = (
        _zeros(number, chance) if number.isdigit() else number,
        chance.one(DIRECTIONS[address.before]) if address.before else "",
        chance.one(STREETS[address.street]),
        chance.one(SUFFIXES[address.suffix]),
        chance.one(DIRECTIONS[address.after]) if address.after else "",
    )
    return " ".join(part for part in parts if part)


def _units(address: Address, chance: Chance) -> str:
    parts = []
    if address.building:
        parts.append(f"{chance.one(BUILDINGS)} {address.building}")
    if address.floor:
        parts.append(f"{chance.one(FLOORS)} {address.floor}")
    if address.unit:
        unit = chance.one(("4B", "4-B", "4 B")) if address.unit == "4B" else address.unit
        parts.append(f"{chance.one(UNITS)} {unit}")
    return chance.one((" ", ", ")).join(parts)


def _zeros(number: str, chance: Chance) -> str:
    return "00" + number if chance.happens(0.1) else number


def _dressed(line: str, chance: Chance) -> str:
    """In another case, with other blanks, perhaps a period at the end."""
    dress = chance.one(("as it is", "upper", "lower", "blanks", "period"))
    if dress == "blanks":
        return "  ".join(line.split(" "))
    if dress == "period" and line[-1:].isalpha():
        return line + "."
    return {"upper": line.upper(), "lower": line.lower()}.get(dress, line)
