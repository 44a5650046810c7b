"""Who is asked about, and who is on file: plain values, made from rows of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import md5

from twin.forms.dates import birth_date, iso_day
from twin.forms.names import FullName, full_name
from twin.forms.numbers import read_number

Row = Mapping[str, str]


@dataclass(frozen=True)
class Door:
    """An address as it is compared: the delivery point as written, and the place."""

    building: str
    unit: str
    city: str
    state: str
    zip5: str


@dataclass(frozen=True)
class Home:
    """A door with the days between which it is on file; None where none is said."""

    door: Door
    begins: date | None
    ends: date | None


@dataclass(frozen=True)
class Name:
    """A name under which a person is on file. `kind`: legal, former or alias."""

    name: FullName
    kind: str


@dataclass(frozen=True)
class Asked:
    """A record of a request, in standard form."""

    name: FullName
    born: date | None
    tin: str | None
    door: Door


@dataclass
class Person:
    """A person on file, with every name and home."""

    person_id: str
    tin: str | None
    born: date | None
    sealed: bool = False
    names: set[Name] = field(default_factory=set)
    homes: set[Home] = field(default_factory=set)

    @cached_property
    def key(self) -> bytes:
        """Among equals, the lowest comes first, wherever a person lies."""
        return md5(self.person_id.encode(), usedforsecurity=False).digest()


def asked(row: Row) -> Asked:
    """A record, from its cells."""
    return Asked(_name(row), *_identifiers(row), _door(row))


def people(rows: Iterable[Row]) -> list[Person]:
    """The people of a register, one row a person, name and address. One sealed row seals."""
    found: dict[str, Person] = {}
    for row in rows:
        born, tin = _identifiers(row)
        person = found.setdefault(row["person_id"], Person(row["person_id"], tin, born))
        person.sealed |= row.get("sealed") == "true"
        person.names.add(Name(_name(row), row.get("name_kind") or "legal"))
        begins, ends = (_day(row.get(column, "")) for column in ("address_from", "address_to"))
        person.homes.add(Home(_door(row), begins, ends))
    return list(found.values())


def _name(row: Row) -> FullName:
    columns = ("given_name", "middle_name", "family_name", "name_suffix")
    return full_name(*(row.get(column, "") for column in columns))


def _identifiers(row: Row) -> tuple[date | None, str | None]:
    return birth_date(row.get("date_of_birth", "")), read_number(row.get("tin", ""), "").digits


def _door(row: Row) -> Door:
    unit = row.get("address_line2", "").replace("APT ", "# ")
    return Door(row["address_line1"], unit, row["city"], row["state"], row["postal_code"])


def _day(cell: str) -> date | None:
    return iso_day(cell) if cell else None
