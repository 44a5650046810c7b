"""A small town at random: households, buildings, twins, namesakes, movers, borrowed numbers."""

from __future__ import annotations

from twin.forms.addresses import Chance

Row = dict[str, str]
GIVEN = ("MARIA", "MARIAH", "MARISOL", "DANIEL", "DANIELLE", "ROBERT", "BOB", "ANA", "ANNA", "JUAN",
         "SUGIWALD", "SUTIWALD", "JOSE", "KATHERINE", "CATHERINE", "M", "SAMANTHA")  # fmt: skip
FAMILY = ("LOPEZ", "LOPES", "QUINTANILLA", "QUINTANILLA REYES", "GARCIA LOPEZ", "GARCIA PEREZ",
          "NG", "SMITH", "SMYTH", "BRANDT", "REYES", "MARTINEZ")  # fmt: skip
RARE = ("BELISARIO", "BELIZARIO", "THADDEUS", "THADEUS", "XIOMARA", "SIOMARA", "WENCESLAO")
MIDDLE = ("", "", "", "ELENA", "E", "ROSA", "ELEANOR")
SUFFIX = ("", "", "", "", "", "JR", "SR", "III")
STREETS = ("ALDER ST", "BIRCH CT", "CEDAR RD")
UNITS = ("", "", "APT 4", "APT 5")
PLACES = (("SPRINGFIELD", "62704"), ("SPRINGFIELD", "62703"), ("PEORIA", "61602"))
BEGINS = ("", "2015-01-01", "2020-01-01", "2020-01-01", "2027-01-01")
ENDS = ("", "", "", "2020-01-01", "2026-07-01", "2030-01-01")


def town(chance: Chance, families: int, houses: int = 40) -> list[Row]:
    """A register: one row a person, name and address. Few `houses` a street: many share a door."""
    rows: list[Row] = []
    for family in range(families):
        door, name, born = a_door(chance, houses), chance.one(FAMILY), a_day(chance)
        for member in range(int(chance.number(1, 4))):
            person: Row = {
                "person_id": f"P{family}-{member}",
                "given_name": chance.one(RARE if chance.happens(0.2) else GIVEN),
                "middle_name": chance.one(MIDDLE),
                "family_name": name if chance.happens(0.9) else chance.one(FAMILY),
                "name_suffix": chance.one(SUFFIX),
                "date_of_birth": born if chance.happens(0.4) else a_day(chance),
                "tin": a_number(chance) if chance.happens(0.9) else "",
                "sealed": "true" if chance.happens(0.03) else "false",
                "name_kind": "legal",
                "address_from": chance.one(BEGINS) if chance.happens(0.5) else "2018-01-01",
                "address_to": "",
                **door,
            }
            if chance.happens(0.1):
                person["date_of_birth"] = ""
            rows += [person, *_further(person, chance, houses)]
    return _borrowed(rows, chance)


def _further(person: Row, chance: Chance, houses: int) -> list[Row]:
    """Other names and other homes of the same person."""
    rows = []
    if chance.happens(0.2):
        changed = {"family_name": chance.one(FAMILY), "name_kind": chance.one(("former", "alias"))}
        rows.append({**person, **changed})
    if chance.happens(0.3):
        begins, ends = chance.one(BEGINS), chance.one(ENDS)
        span = {"address_from": begins, "address_to": ends if ends > begins else ""}
        door = a_door(chance, houses)
        if any(door[line] != person[line] for line in ("address_line1", "address_line2")):
            rows.append({**person, **door, **span})
    return rows


def _borrowed(rows: list[Row], chance: Chance) -> list[Row]:
    """Some people have a number that is somebody else's, or one digit off it."""
    numbers = {row["person_id"]: row["tin"] for row in rows}
    for person_id in list(numbers):
        if numbers[person_id] and chance.happens(0.08):
            whose = numbers[chance.one(tuple(numbers))]
            numbers[person_id] = whose if chance.happens(0.4) else slip(whose, chance)
    return [{**row, "tin": numbers[row["person_id"]]} for row in rows]


def slip(text: str, chance: Chance) -> str:
    """One digit or letter of the text changed, or two neighbours exchanged; dates stay dates."""
    at = int(chance.number(0, max(len(text) - 2, 0)))
    if not text or not text[at].isalnum():
        return text
    if text.count("-") == 2 and len(text) == 10:  # the decade of a year
        return text[:2] + chance.number(5, 9) + text[3:]
    if chance.happens(0.4) and text[at + 1 : at + 2].isalnum():
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    changed = chance.number(1, 9) if text[at].isdigit() else chance.one(("A", "E", "S", "T"))
    return text[:at] + changed + text[at + 1 :]


def a_door(chance: Chance, houses: int) -> Row:
    """One of few doors; here and there without a ZIP."""
    city, zip5 = PLACES[int(chance.number(0, len(PLACES) - 1))]
    return {
        "address_line1": f"{chance.number(1, houses)} {chance.one(STREETS)}",
        "address_line2": chance.one(UNITS),
        "city": city,
        "state": "IL",
        "postal_code": "" if chance.happens(0.05) else zip5,
    }


def a_day(chance: Chance) -> str:
    """A day of birth, out of few."""
    return f"{chance.number(1950, 1999)}-0{chance.number(1, 9)}-{chance.number(10, 28)}"


def a_number(chance: Chance) -> str:
    """A number that can be right."""
    return f"{chance.number(734, 749)}-{chance.number(10, 99)}-{chance.number(1000, 9999)}"
