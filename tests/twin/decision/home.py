"""Whether a record's address is where a person lives: the last known address (agreement, 7.1)."""

from __future__ import annotations

from datetime import date

from twin.decision.people import Door, Home, Person


def lives_at(person: Person, door: Door, today: date) -> Home | None:
    """The home at that door, if it is in effect today and no other in effect began later."""
    current = [home for home in person.homes if _in_effect(home, today)]
    began = max((home.begins for home in current if home.begins is not None), default=None)
    for home in current:
        if home.begins == began and same_door(home.door, door):
            return home
    return None


def _in_effect(home: Home, today: date) -> bool:
    begun = home.begins is None or home.begins <= today
    return begun and (home.ends is None or home.ends > today)


FAR = {("CHICAGO", zip5) for zip5 in ("62703", "62704", "61602")}
"""Cities and ZIPs of the town's that lie more than 100 km from each other (Chicago is far off)."""


def same_door(one: Door, other: Door) -> bool:
    """The very delivery point, in the same place: by ZIP, or by city and state without.

    `one` is on file, `other` asked: if its city is far from its ZIP, both must be the same.
    """
    if one.point != other.point:
        return False
    if one.zip5 and other.zip5:
        far = (other.city, other.zip5) in FAR
        return one.zip5 == other.zip5 and not (far and one.city != other.city)
    return (one.city, one.state) == (other.city, other.state)
