"""Weights in bits, log2(m / u), from the model's file and from how common a value is on file.

Fellegi and Sunter (1969); Winkler (2000) for the frequencies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log2
from typing import Any

from twin.decision.levels import Levels
from twin.decision.people import Asked, Door, Person

Model = dict[str, Any]
BY_FREQUENCY = ("given", "family")
NEARLY = ("nickname", "part", "alike", "slip", "initial")
"""Levels of one name that is nearly another: the very same name never weighs less."""


class Register:
    """The people on file, and how many bear each name and have or had each door."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.people = people
        self.bearers = {part: _bearers(people, part) for part in BY_FREQUENCY}
        self.full_names = {(n.name.given, n.name.family) for p in people for n in p.names}
        doors = [home.door for person in people for home in person.homes]
        self.homes = Counter((door.building, door.unit, door.state) for door in doors)
        self.buildings = Counter((door.building, door.state) for door in doors)


def _bearers(people: Sequence[Person], part: str) -> Counter[str]:
    return Counter(
        name for p in people for name in {getattr(n.name, part) for n in p.names} if name
    )


def bits(share: dict[str, float]) -> float:
    """The weight of a level."""
    return float(round(log2(share["m"] / share["u"]), 4))


def by_frequency(model: Model, share: dict[str, float], having: int, people: int) -> float:
    """The weight of being the same in something that so many of the people have."""
    prior, least = model["frequency"]["prior_people"], model["frequency"]["least"]
    u = max((having + share["u"] * prior) / (people + prior), least)
    return round(log2(share["m"] / u), 4)


def identity(
    model: Model, register: Register, record: Asked, found: Levels, kind: str, *, without: str = ""
) -> float:
    """Bits of all comparisons but one that is left out; `kind` of the name compared."""
    total = 0.0 if kind == "legal" else bits(model["former_name"])
    for comparison, level in found.items():
        shares = model["comparisons"][comparison]
        if comparison == without or level == "missing":
            continue
        if level == "exact" and comparison in BY_FREQUENCY:
            having = register.bearers[comparison][getattr(record.name, comparison)]
            nearly = max(bits(shares[name]) for name in NEARLY if name in shares)
            rare = by_frequency(model, shares[level], having, len(register.people))
            total += max(rare, nearly)
        else:
            total += bits(shares[level])
    return round(total, 4)


def residence(model: Model, register: Register, asked: Door, held: Door) -> float:
    """Bits of the address, by how many homes it is on file, or its building where a side lacks the
    unit; and of the place, by ZIP where both have one.
    """
    shares = model["residence"]
    level, homes = "exact", register.homes[(asked.building, asked.unit, asked.state)]
    if asked.unit != held.unit:
        level, homes = "unit_on_one_side", register.buildings[(asked.building, asked.state)]
    address = by_frequency(model, shares["address"][level], homes, len(register.people))
    place = "zip" if asked.zip5 and held.zip5 else "city"
    return round(address + bits(shares["place"][place]), 4)
