"""Addresses by their structure, and the many ways in which each may be written (spellings.py).

The twin knows the delivery point because it made it; two addresses are one if and only if their
structures are (`Address.point`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.forms.spellings import (
    BOXES,
    BUILDINGS,
    CONDOMINIUMS,
    DIRECTIONS,
    FLOORS,
    HIGHWAY,
    MAILBOXES,
    PLACES,
    ROADS,
    RURAL,
    SIDES,
    STREETS,
    SUFFIXES,
    UNITS,
)

ROUTES = {"rural": RURAL, "highway_contract": HIGHWAY}


@dataclass(frozen=True)
class Address:
    """A delivery point of one form. `kind`: street, condominium (of Puerto Rico, where it needs no
    house number), po_box, rural or highway_contract. `sort`: of the unit, "" for dwellings.
    """

    kind: str
    number: str = ""
    before: str = ""
    street: str = ""
    suffix: str = ""
    after: str = ""
    building: str = ""
    floor: str = ""
    side: str = ""
    unit: str = ""
    sort: str = ""
    mailbox: str = ""

    @property
    def whole(self) -> bool:
        """A building that is named has a unit in it (facts A8); a sort is one of a unit."""
        named = not (self.building or self.kind == "condominium") or bool(self.unit)
        return named and bool(self.unit or not self.sort) and bool(self.suffix) == self._suffixed

    @property
    def _suffixed(self) -> bool:
        return self.kind == "street" and self.street not in ROADS

    @property
    def point(self) -> tuple[str, ...]:
        """Equal if and only if mail goes to the same door."""
        return tuple(getattr(self, name) for name in Address.__dataclass_fields__)

    @property
    def standard_kind(self) -> str:
        """As the standard form calls it."""
        return "street" if self.kind == "condominium" else self.kind

    @property
    def place(self) -> tuple[str, str, str]:
        """City, state and ZIP."""
        return PLACES["PR" if self.kind == "condominium" else "IL"]


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
    kind = chance.one((*("street",) * 6, "condominium", "po_box", "rural", "highway_contract"))
    if kind == "po_box":
        return Address(kind, unit=chance.number(1, 30))
    if kind in ROUTES:
        return Address(kind, number=chance.number(1, 3), unit=chance.number(1, 9))
    if kind == "condominium":
        tower = chance.one(("", "", "5", "51"))
        name = chance.one(tuple(CONDOMINIUMS))
        return Address(kind, street=name, building=tower, unit=chance.number(1, 9))
    road = chance.happens(0.2)
    found = Address(
        kind,
        number=chance.number(10, 14) + chance.one(("", "", "", " 1/2", "A")),
        before=chance.one(("", "", "", *DIRECTIONS)),
        street=chance.one(tuple(ROADS if road else STREETS)),
        suffix="" if road else chance.one(tuple(SUFFIXES)),
        after=chance.one(("", "", "", "", *DIRECTIONS)),
        building=chance.one(("", "", "", "", "B", "2")),
        floor=chance.one(("", "", "", "", *FLOORS)),
        side=chance.one((*("",) * 12, *SIDES)),
        unit=chance.one(("", "4", "5", "4B", "12")),
        sort=chance.one((*("",) * 6, *UNITS)),
        mailbox=chance.one((*("",) * 8, "4", "234")),
    )
    return found if found.whole else any_address(chance)


def neighbour(address: Address, chance: Chance) -> Address:
    """The address with one component of another one of its form, or the same again."""
    other = any_address(chance)
    while other.kind != address.kind:
        other = any_address(chance)
    part = chance.one(tuple(Address.__dataclass_fields__))
    found = replace(address, **{part: getattr(other, part)})
    return found if found.whole else address


def written(address: Address, chance: Chance) -> tuple[str, str]:
    """(line 1, line 2): the address in one of its spellings."""
    units = ""
    if address.kind == "po_box":
        first = f"{chance.one(BOXES)} {_zeros(address.unit, chance)}"
    elif address.kind in ROUTES:
        head = chance.one(ROUTES[address.kind])
        first = f"{head} {address.number} Box {_zeros(address.unit, chance)}"
    else:
        first, units = _street(address, chance), _units(address, chance)
    line2 = ""
    if units and chance.happens(0.5):
        line2 = units
    else:
        first += chance.one((" ", ", ")) + units if units else ""
    if chance.happens(0.1):  # the place said again at the end
        again = chance.one(("{0} {1} {2}", "{0}, {1}, {2}", "{0} {1}")).format(*address.place)
        if line2 or chance.happens(0.3):
            line2 = f"{line2} {again}".strip()
        else:
            first += chance.one((" ", ", ")) + again
    return _dressed(first, chance), _dressed(line2, chance)


def _street(address: Address, chance: Chance) -> str:
    if address.kind == "condominium":
        return chance.one(CONDOMINIUMS[address.street])
    number = address.number.replace(" 1/2", chance.one((" 1/2", "½", " ½")))
    name = ROADS.get(address.street) or STREETS[address.street]
    parts = (
        _zeros(number, chance) if number.isdigit() else number,
        chance.one(DIRECTIONS[address.before]) if address.before else "",
        chance.one(name),
        chance.one(SUFFIXES[address.suffix]) if address.suffix else "",
        chance.one(DIRECTIONS[address.after]) if address.after else "",
    )
    return " ".join(part for part in parts if part)


def _units(address: Address, chance: Chance) -> str:
    parts = []
    if address.building:
        word = "Edif" if address.kind == "condominium" else chance.one(BUILDINGS)
        parts.append(f"{word} {address.building}")
    if address.floor:
        parts.append(chance.one(FLOORS[address.floor]))
    if address.unit:
        unit = chance.one(("4B", "4-B", "4 B")) if address.unit == "4B" else address.unit
        parts.append(f"{chance.one(UNITS[address.sort])} {unit}")
    if address.mailbox:
        # The sign behind a suite is a private mailbox (Publication 28, section 284).
        signs = ("#",) if address.sort == "STE" else ()
        parts.append(f"{chance.one((*MAILBOXES, *signs))} {address.mailbox}")
    if address.side:
        parts.append(chance.one(SIDES[address.side]))
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
