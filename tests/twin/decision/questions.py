"""Records about the people of a town: true, nearly true, or put together of two people."""

from __future__ import annotations

from twin.decision.town import SUFFIX, Row, slip
from twin.forms.addresses import Chance

ASKED = (
    "given_name", "middle_name", "family_name", "name_suffix", "date_of_birth", "tin",
    "address_line1", "address_line2", "city", "state", "postal_code",
)  # fmt: skip
CHANGED = (
    "given_name", "given_name", "middle_name", "family_name", "name_suffix", "date_of_birth",
    "date_of_birth", "tin", "tin", "address_line1", "address_line2", "postal_code", "city",
)  # fmt: skip
NEXT_TO = {
    "MARIA": "MARIAH", "MARIAH": "MARIA", "DANIEL": "DANIELLE", "DANIELLE": "DANIEL",
    "ROBERT": "BOB", "BOB": "ROBERT", "ANA": "ANNA", "ANNA": "ANA", "SUGIWALD": "SUTIWALD",
    "SUTIWALD": "SUGIWALD", "KATHERINE": "CATHERINE", "CATHERINE": "KATHERINE",
    "MARISOL": "MARYSOL", "SAMANTHA": "SAMANTHAA", "JOSE": "JOSEF", "BELISARIO": "BELIZARIO",
    "BELIZARIO": "BELISARIO", "THADDEUS": "THADEUS", "THADEUS": "THADDEUS",
    "XIOMARA": "SIOMARA", "SIOMARA": "XIOMARA", "WENCESLAO": "WENSESLAO",
    "LOPEZ": "LOPES", "LOPES": "LOPEZ", "SMITH": "SMYTH", "SMYTH": "SMITH",
    "QUINTANILLA": "QUINTANILA", "MARTINEZ": "MARTINES", "BRANDT": "BRAND",
    "GARCIA LOPEZ": "GARCIA", "GARCIA PEREZ": "PEREZ GARCIA", "QUINTANILLA REYES": "QUINTANILLA",
}  # fmt: skip
"""A name one slip, one nickname or one surname away, which here somebody bears, here nobody."""


def request(rows: list[Row], chance: Chance, size: int) -> list[Row]:
    """`size` records, each about a row of the register, told in one of STORIES."""
    records = []
    for _ in range(size):
        row = rows[int(chance.number(0, len(rows) - 1))]
        other = rows[int(chance.number(0, len(rows) - 1))]
        housemates = [one for one in rows if one["address_line1"] == row["address_line1"]]
        mate = housemates[int(chance.number(0, len(housemates) - 1))]
        record = {name: row[name] for name in ASKED}
        for step in chance.one(STORIES).split():
            _tell(step, record, mate, other, chance)
        records.append(record)
    return records


STORIES = (
    "", "any", "any any", "any any any", "no-number", "no-number near", "no-number near",
    "no-number any", "no-number suffix", "no-number near any", "no-birth near", "no-birth any",
    "no-birth near near", "mates-number", "mates-number no-birth", "mates-number near no-birth",
    "mates-number no-birth suffix", "exchange", "exchange any", "no-number exchange", "suffix any",
    "no-number mates-birth", "near", "mates-name", "mates-name no-birth", "mates-name no-number",
)  # fmt: skip
"""Steps of a change, one after the other; `mate`: somebody at the same house number."""


def _tell(step: str, record: Row, mate: Row, other: Row, chance: Chance) -> None:
    match step:
        case "no-number":
            record["tin"] = ""
        case "no-birth":
            record["date_of_birth"] = ""
        case "mates-number":
            record["tin"] = mate["tin"]
        case "mates-birth":
            record["date_of_birth"] = mate["date_of_birth"]
        case "mates-name":
            record["given_name"] = mate["given_name"]
        case "suffix":
            record["name_suffix"] = "" if record["name_suffix"] else chance.one(SUFFIX)
        case "near":
            part = chance.one(("given_name", "given_name", "family_name"))
            record[part] = NEXT_TO.get(record[part], record[part])
        case "exchange":
            given, family = record["given_name"], record["family_name"]
            record["given_name"], record["family_name"] = family, given
        case "any":
            column = chance.one(CHANGED)
            record[column] = _changed(record, other, column, chance)


def _changed(record: Row, other: Row, column: str, chance: Chance) -> str:
    if column == "city":
        return chance.one(("CHICAGO", "PEORIA", "SPRINGFEILD", ""))
    how = chance.one(("slip", "slip", "blank", "other's"))
    if how == "other's":
        return other[column]
    if how == "blank" and column not in {"given_name", "family_name", "address_line1"}:
        return ""
    if column == "date_of_birth" and chance.happens(0.4):
        year, month, day = (record[column] or "2000-01-01").split("-")
        return f"{year}-{day}-{month}" if int(day) <= 12 else f"{year}-{month}-{day}"
    return slip(record[column], chance)
