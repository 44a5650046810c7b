"""Whether a record's address is where a person lives, as the agreement counts addresses (7.1)."""

from __future__ import annotations

from datetime import date
from typing import Any

from twin.decision.people import Door, Home, Person


def lives_at(person: Person, door: Door, today: date, answer: dict[str, Any]) -> Home | None:
    """The home at that door, if it counts; before one of which a unit is missing, the very one."""
    homes = [home for home in person.homes if _counts(home, person, today, answer)]
    exact = [home for home in homes if same_door(home.door, door)]
    near = [home for home in homes if at_door(home.door, door, answer)]
    return next(iter(exact + near), None)


def at_door(held: Door, door: Door, answer: dict[str, Any]) -> bool:
    """That door, or one that differs by a unit that may be missing."""
    one_sided = answer["unit"] == "missing_on_one_side" and bool(held.unit) != bool(door.unit)
    return same_door(held, door) or (one_sided and same_building(held, door))


def _counts(home: Home, person: Person, today: date, answer: dict[str, Any]) -> bool:
    if home.begins is not None and home.begins > today:
        return False
    match answer["addresses"]:
        case "period":
            return home.ends is None or home.ends > _months_before(today, answer["period_months"])
        case "current":
            rivals = {other for other in person.homes if _in_effect(other, today)}
        case "last_known":
            rivals = person.homes
    begun = [o.begins for o in rivals if o.begins is not None and o.begins <= today]
    return home in rivals and home.begins == max(begun, default=None)


def _months_before(today: date, months: int) -> date:
    """The same day of an earlier month, no later than the 28th."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(year, month + 1, min(today.day, 28))


def _in_effect(home: Home, today: date) -> bool:
    begun = home.begins is None or home.begins <= today
    return begun and (home.ends is None or home.ends > today)


FAR = {("CHICAGO", zip5) for zip5 in ("62703", "62704", "61602")}
"""Cities and ZIPs of the town's that lie more than 100 km from each other (Chicago is far off)."""


def same_door(one: Door, other: Door) -> bool:
    """The very delivery point, in the same place."""
    return one.unit == other.unit and same_building(one, other)


def same_building(one: Door, other: Door) -> bool:
    """The same, whatever the unit, in the same place: by ZIP, or by city and state without.

    `one` is on file, `other` asked: if its city is far from its ZIP, both must be the same.
    """
    if one.building != other.building:
        return False
    if one.zip5 and other.zip5:
        far = (other.city, other.zip5) in FAR
        return one.zip5 == other.zip5 and not (far and one.city != other.city)
    return (one.city, one.state) == (other.city, other.state)
