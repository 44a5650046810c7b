"""Rules that look from one record to the others: clauses 4.1, 4.5, 4.7, 4.12, 6.1.

Each gives the rows it refuses. All that break a rule together are refused together. What stands in
a field that holds what none may hold is not judged by itself, but counts here: eleven people at a
door are no fewer where one has written the door with an invisible letter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence

from twin.forms.likeness import jaro_winkler
from twin.rules.agreement import Figures
from twin.rules.subject_matter import Record

RESPELLING = 0.9
"""Two spellings may be of one name from this likeness on, in given and in family name."""
CROWD = 50
"""More records than this under one birth date and name are a crowd, where only numbers tell."""


def grouped(
    records: Iterable[Record], key: Callable[[Record], Hashable | None]
) -> list[list[Record]]:
    """The records that share a key, in order; those without one are in no group."""
    groups: dict[Hashable, list[Record]] = defaultdict(list)
    for record in records:
        found = key(record)
        if found is not None:
            groups[found].append(record)
    return list(groups.values())


def number(record: Record) -> str | None:
    """The taxpayer number, if it can be right."""
    found: str | None = record.standard["tin"]
    return found if record.sound("tin") else None


def birth_name(record: Record) -> tuple[object, str] | None:
    """Birth date and name key: the other key of a subject."""
    born, name = record.standard["birth_date"], record.standard["name_key"]
    return (born, name) if born is not None and name is not None else None


def place(record: Record) -> tuple[str, ...] | None:
    """The delivery point with its ZIP, city and state."""
    point = record.standard["delivery_point"]
    if point is None:
        return None
    return (point, *(record.standard[part] or "" for part in ("zip5", "city", "state")))


def subject(record: Record) -> Hashable:
    """Who a record is about, for counting: the number, or birth date and name, or the name."""
    return number(record) or birth_name(record) or full_name(record)


def id_duplicate(records: Sequence[Record]) -> set[int]:
    """Rows that share a record_id."""
    return _rows(group for group in grouped(records, _id) if len(group) > 1)


def _id(record: Record) -> str | None:
    return record.cell("record_id")


def units_of_buildings(records: Sequence[Record]) -> dict[tuple[str, ...], set[str]]:
    """The different units that the request names in each building."""
    units: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for record in records:
        where = building(record)
        if where is not None and record.standard["unit"] is not None:
            units[where].add(record.standard["unit"])
    return units


def building(record: Record) -> tuple[str, ...] | None:
    """The building with its ZIP."""
    found = record.standard["building"]
    if found is None:
        return None
    zip5 = record.standard["zip5"]
    return (found, zip5) if zip5 is not None else None


def address_shared(records: Sequence[Record], figures: Figures) -> set[int]:
    """Rows at an address of more subjects than a household has."""
    return _rows(
        group
        for group in grouped(records, place)
        if len({subject(record) for record in group}) > figures["most_persons"]
    )


def tin_conflict(records: Sequence[Record]) -> set[int]:
    """Rows that share a number while two of them are about different people."""
    return _rows(group for group in grouped(records, number) if not _one_person(group))


def _one_person(group: Sequence[Record]) -> bool:
    return not any(_differ(one, other) for one in group for other in group)


def _differ(one: Record, other: Record) -> bool:
    """Another birth date, or a name that is no respelling."""
    births = (one.standard["birth_date"], other.standard["birth_date"])
    if None not in births and births[0] != births[1]:
        return True
    return _contradict(_name_key, one, other) and _alike(one, other) is False


def _alike(one: Record, other: Record) -> bool | None:
    """Given and family name are both alike; None where a part is missing and the other is alike."""
    likeness = [
        jaro_winkler(a, b) >= RESPELLING if a is not None and b is not None else None
        for a, b in ((one.standard[part], other.standard[part]) for part in ("given", "family"))
    ]
    if False in likeness:
        return False
    return None if None in likeness else True


def case_number_reused(records: Sequence[Record]) -> set[int]:
    """Rows that share a case number while they are not about one subject."""
    return _rows(group for group in grouped(records, case_key) if not _one_subject(group))


def case_key(record: Record) -> str | None:
    """Letters and digits of the case number."""
    cell = record.cell("case_number")
    if cell is None:
        return None
    return "".join(sign for sign in cell.upper() if sign.isascii() and sign.isalnum()) or None


def _one_subject(group: Sequence[Record]) -> bool:
    for key in (number, birth_name):
        values = {key(record) for record in group}
        if len(values) == 1 and None not in values:
            return True
    given = [{key(record) for record in group} - {None} for key in (number, _born, _name_key)]
    return all(len(values) <= 1 for values in given)


def _born(record: Record) -> Hashable:
    found: Hashable = record.standard["birth_date"]
    return found


def _name_key(record: Record) -> Hashable:
    found: Hashable = record.standard["name_key"]
    return found


def subject_repeated(records: Sequence[Record], figures: Figures) -> set[int]:
    """Rows about a subject whom the request asks about at more than one place."""
    found = _rows(
        group for group in grouped(records, number) if len({place(r) for r in group} - {None}) > 1
    )
    for group in grouped(records, birth_name):
        if len(group) > CROWD:
            places = {place(record) for record in group} - {None}
            found |= {r.row for r in group if number(r) is None and len(places) > 1}
        else:
            found |= _guesses(group, lambda one, other: _alike(one, other) is True)
    for group in grouped(records, full_name):
        if len(group) <= figures["namesakes"]:
            found |= _guesses(group, lambda one, other: not _contradict(_born, one, other))
    return found


def _guesses(group: Sequence[Record], same: Callable[[Record, Record], bool]) -> set[int]:
    """Rows that have a partner at another place who is the same subject, by no other number."""
    return {
        one.row
        for one in group
        for other in group
        if _contradict(place, one, other)
        and not _contradict(number, one, other)
        and same(one, other)
    }


def _contradict(key: Callable[[Record], Hashable], one: Record, other: Record) -> bool:
    """Both say it, and not the same."""
    values = (key(one), key(other))
    return None not in values and values[0] != values[1]


def full_name(record: Record) -> str:
    """All parts of the name that are there."""
    parts = (record.standard[part] for part in ("given", "middle", "family", "suffix"))
    return " ".join(part for part in parts if part is not None)


def _rows(groups: Iterable[Iterable[Record]]) -> set[int]:
    return {record.row for group in groups for record in group}
