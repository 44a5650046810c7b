"""Rules on the record as a piece of text: its identifier, and what may stand in any field.

Facts A18, B45, B55, B56. A field that holds what no field may hold is refused for that alone: the
rules on its content are silent about it (`sound`), so that a name in look-alike letters is not
called missing as well. An agreement must therefore have `record.text_invalid` (REQUIRED).
"""

from __future__ import annotations

from typing import ClassVar

from narrowgate.catalogue.rule import RecordRule, Sight, record
from narrowgate.reasons import Code

NAMES = ("given_name", "middle_name", "family_name", "name_suffix")
ADDRESS = ("address_line1", "address_line2", "city", "state", "postal_code", "country")
FREE = ("record_id", "reason", "engaged_officer")
OTHERS = (
    *("date_of_birth", "tin", "tin_kind", "address_as_of", "order_date", "order_number"),
    *("order_ground", "case_number", "offense_statute", "tax_periods"),
    *("consent_id", "consent_date", "consent_expires"),
)
_COLUMNS = (*NAMES, *ADDRESS, *FREE, *OTHERS)
LENGTHS = {"record_id": 64, "reason": 2000}
LENGTH = 200
REQUIRED = (Code.RECORD_ID_MISSING, Code.RECORD_ID_DUPLICATE, Code.RECORD_TEXT_INVALID)

# Control, format (right-to-left marks, zero-width), private and line-separating characters; the
# mark of bytes that could not be read; UTF-8 read as Latin-1.
_ENCODING = (
    r"[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\x{FFFD}]|[ÃÂ][\x{80}-\x{BF}]|â€"
    # Letters that are not Latin (the okina and its like are letters, and allowed), Latin ones from
    # phonetic and full-width blocks that look like others, digits and marks of other scripts,
    # pictures.
    r"|[^\P{L}\p{Latin}\x{2BB}\x{2BC}]"
    r"|[\x{1C0}-\x{1C3}\x{250}-\x{2AF}\x{1D00}-\x{1DBF}\x{2C60}-\x{2C7F}\x{A720}-\x{A7FF}"
    r"\x{AB30}-\x{AB6F}\x{FF00}-\x{FFEF}]"
    r"|[^\P{N}0-9\x{B2}\x{B3}\x{B9}\x{BC}-\x{BE}]|[^\P{M}\x{300}-\x{36F}]|[^\P{So}°№©®]"
)
_MARKUP = r"[<>]|(?i:&(#x?[0-9a-f]+|lt|gt|amp|quot|apos|nbsp);)"
_FORMULA = r"^\s*[=+@]"
_SQL = (
    r"--|/\*|\*/"
    r"|(?i:;\s*(drop|select|insert|update|delete|alter|exec|union|create)\b"
    r"|\bunion\s+(all\s+)?select\b|\bdrop\s+table\b|'\s*or\s+'?\w+'?\s*=)"
)
_WILDCARD = r"[*%?_]"
_ANYWHERE = f"{_ENCODING}|{_MARKUP}|{_FORMULA}"
# One cheap look at a field finds the few that deserve the others: it must see whatever they see.
_SUSPECT = (
    r"[^A-Za-z0-9 .,'#/&():;§-]|--|&#?[A-Za-z0-9]+;"
    r"|(?i:union|drop|select|insert|update|delete|alter|exec|create)\b"
)


def _quoted(pattern: str) -> str:
    return "'" + pattern.replace("'", "''") + "'"


def _prepared(column: str) -> str:
    """SQL: the bit of `column` where it holds what no field may hold, else 0."""
    most = LENGTHS.get(column, LENGTH)
    forbidden = [_ANYWHERE]
    forbidden += [_SQL] if column not in FREE else []
    forbidden += [_WILDCARD] if column in (*NAMES, *ADDRESS) else []
    bad = " OR ".join(f"regexp_matches({column}, {_quoted(pattern)})" for pattern in forbidden)
    # Bytes, which are quickly counted; characters are counted where this finds too many.
    return (
        f"CASE WHEN regexp_matches({column}, {_quoted(_SUSPECT)}) OR strlen({column}) > {most} "
        f"THEN CASE WHEN length({column}) > {most} OR {bad} THEN {_bit(column)} ELSE 0 END "
        "ELSE 0 END::BIGINT"
    )


def _bit(*columns: str) -> int:
    return sum(1 << _COLUMNS.index(column) for column in columns)


# Each column by itself: what says the same again and again is then looked at once.
PREPARED_CELLS = {f"faulty_{column}": _prepared(column) for column in _COLUMNS}
PREPARED_FIRST = {"faulty": " + ".join(PREPARED_CELLS)}
"""`faulty`: BIGINT, one bit a column that holds what no field may hold."""


def sound(*columns: str) -> str:
    """SQL: none of `columns` holds what no field may hold."""
    return f"faulty & {_bit(*columns)} = 0"


class IdMissing(RecordRule):
    """Each record bears the requester's own identifier, by which it is answered."""

    code: ClassVar = Code.RECORD_ID_MISSING
    cites: ClassVar = ("facts R14", "facts B56", "contract section 3")
    passes: ClassVar = (record(record_id="1"),)
    fails: ClassVar = (record(record_id=None),)

    def fault(self) -> str:
        return "The record has no record_id."

    def mend(self) -> str:
        return "Give each record an identifier of your own, 1 to 64 characters."

    def expression(self, sight: Sight) -> str:
        return "record_id IS NULL"


class IdDuplicate(RecordRule):
    """No two records bear the same identifier; all that do are refused."""

    code: ClassVar = Code.RECORD_ID_DUPLICATE
    cites: ClassVar = ("facts R14", "facts B56", "contract section 3")
    passes: ClassVar = (record(record_id="8"),)
    fails: ClassVar = (
        record(
            {
                "record_id": "7",
                "family_name": "Oyelaran",
                "tin": "745-11-2034",
                "date_of_birth": "1990-02-02",
                "case_number": "CHI-2026-00999",
            },
            record_id="7",
        ),
    )

    def fault(self) -> str:
        return "Another record of the request has the same record_id."

    def mend(self) -> str:
        return "Give each record a record_id of its own."

    def expression(self, sight: Sight) -> str:
        return (
            "record_id IN (SELECT record_id FROM repeated_record_id "
            "GROUP BY record_id HAVING count(*) > 1)"
        )


class TextInvalid(RecordRule):
    """No field holds what no field may hold."""

    code: ClassVar = Code.RECORD_TEXT_INVALID
    cites: ClassVar = ("facts A18", "facts B45", "facts B55")
    passes: ClassVar = (record(given_name="María-José", family_name="O'Higgins"),)
    fails: ClassVar = (record(family_name="QUINT*"), record(given_name="Mаrisol"))

    def fault(self) -> str:
        return (
            "A field holds characters no field may hold (control or right-to-left characters, "
            "letters of another script, broken encoding, markup, the start of a formula or of "
            "SQL, a wildcard in a name or address), is too long, or is a date that cannot be."
        )

    def mend(self) -> str:
        return (
            f"Write names and addresses in Latin letters, plain, at most {LENGTH} characters a "
            f"field ({LENGTHS['record_id']} for record_id, {LENGTHS['reason']} for reason), and "
            "address_as_of as a date, YYYY-MM-DD, not in the future."
        )

    def expression(self, sight: Sight) -> str:
        # address_as_of has no code of its own for a date that is none or lies ahead (facts A21).
        today = sight.value(sight.today)
        as_of = f"(address_as_of IS NOT NULL AND coalesce(as_of_day > {today}, true))"
        return f"faulty <> 0 OR {as_of}"


RULES = (IdMissing, IdDuplicate, TextInvalid)
