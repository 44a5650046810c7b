"""Who a record is about, as far as the request itself tells, and the rules against guessing.

SSA's rule for vital records is the best precedent: enter what is known, do not vary input to
obtain a match (facts section 3). Facts B13 to B15. A subject has several keys (number; birth date
and name key), so that a respelling under a new case number is still the same subject; the same
address asked again is no guess, another address is one.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import NonNegativeInt, PositiveInt

from narrowgate.catalogue.rule import RecordRule, Sight, circumstance, record
from narrowgate.reasons import Code

PREPARED = {"birth_name": "std_birth_date::VARCHAR || '|' || std_name_key"}
PREPARED_LAST = {
    "place_hash": "CASE WHEN place IS NOT NULL THEN hash(place) END",
    "subject": "coalesce(std_tin, birth_name, full_name)",
}
"""`birth_name`: birth date and name key, null where one is missing. `subject`: one key a record,
for counting how many people share something. `place_hash`: 64 bits, quick to compare."""

SUBJECT_KEYS = {"tin": "std_tin", "birth_name": "birth_name"}
"""The keys under which attempts are counted across requests, by name."""

# Respellings of one name stay above this on both parts; GARCIA and GARZA do not (0.88).
_ALIKE = 0.9


def alike(given: str, other_given: str, family: str, other_family: str) -> str:
    """SQL: two standard names may be respellings of one (Jaro-Winkler on both parts)."""
    return (
        f"(jaro_winkler_similarity({given}, {other_given}) >= {_ALIKE} "
        f"AND jaro_winkler_similarity({family}, {other_family}) >= {_ALIKE})"
    )


def about_several(key: str) -> str:
    """SQL: records about more than one subject share the row's value of `key`. They are about one
    if all have the same TIN, or the same birth date and name key, or differ in neither of what they
    give.
    """
    same = " OR ".join(
        f"(count({subject}) = count(*) AND min({subject}) = max({subject}))"
        for subject in ("std_tin", "birth_name")
    )
    none_differs = " AND ".join(
        f"(min({part}) = max({part})) IS NOT FALSE"
        for part in ("std_tin", "std_birth_date", "std_name_key")
    )
    return (
        f"{key} IN (SELECT {key} FROM repeated_{key} GROUP BY {key} HAVING count(*) > 1 "
        f"AND (({same}) OR ({none_differs})) IS NOT TRUE)"
    )


# Records of one request under one birth date and name key: so many are not respellings.
_CROWD = 50
_FEW = f"count(*) BETWEEN 2 AND {_CROWD}"
_CROWDED = f"count(*) > {_CROWD}"


def _at_several_places(key: str, having: str) -> str:
    """SQL: values of `key` that as many records share as `having` says, at more than one place."""
    return (
        f"SELECT {key} FROM repeated_{key} GROUP BY {key} "
        f"HAVING {having} AND min(place_hash) <> max(place_hash)"
    )


def _pairs(key: str, having: str, same: str) -> str:
    """SQL: the row is one of two records under one `key`, at different places, that are `same`."""
    # Filtered before they are joined, so that a crowd is never compared each with each.
    some = f"(SELECT * FROM repeated_{key} WHERE {key} IN ({_at_several_places(key, having)}))"
    return (
        f"row IN (SELECT one.row FROM {some} AS one JOIN repeated_{key} AS other "
        f"ON one.{key} = other.{key} WHERE one.place <> other.place AND {same})"
    )


class SubjectRepeated(RecordRule):
    """A request asks about a subject at one address; all records that break this are refused."""

    code: ClassVar = Code.SUBJECT_REPEATED
    cites: ClassVar = ("facts B13", "facts B15", "facts section 3 (EVVE)")
    passes: ClassVar = (record({"record_id": "R-2"}),)
    fails: ClassVar = (record({"record_id": "R-2", "address_line1": "420 Alder St"}),)

    # Several people under one number have several addresses; that is told by the better name.
    yields_to: ClassVar = (Code.TIN_CONFLICT,)

    namesakes: NonNegativeInt
    """Records without a common identifier count as one subject by full name only where at most
    this many records of the request bear that name: more are namesakes."""

    def fault(self) -> str:
        return "The request asks about this subject at more than one address."

    def mend(self) -> str:
        return "Send one record for the subject, with the one address that is known."

    def expression(self, sight: Sight) -> str:
        by_tin = f"std_tin IN ({_at_several_places('std_tin', 'count(*) > 1')})"
        # Two valid numbers that differ are two people, however alike the rest: no answer about
        # one of them can tell where the other lives.
        no_other_tin = "(one.std_tin <> other.std_tin) IS NOT TRUE"
        no_other_birth = "(one.std_birth_date <> other.std_birth_date) IS NOT TRUE"
        names = alike("one.std_given", "other.std_given", "one.std_family", "other.std_family")
        by_birth = _pairs("birth_name", _FEW, f"{no_other_tin} AND {names}")
        by_name = _pairs(
            "full_name",
            f"count(*) BETWEEN 2 AND {sight.value(self.namesakes)}",
            f"{no_other_tin} AND {no_other_birth}",
        )
        # In a crowd under one key (a default date of birth) nothing tells those apart who have no
        # number.
        crowd = f"std_tin IS NULL AND birth_name IN ({_at_several_places('birth_name', _CROWDED)})"
        return f"({by_tin}) OR ({by_birth}) OR ({by_name}) OR ({crowd})"


class SubjectAttemptsExceeded(RecordRule):
    """Across requests, a subject is asked about at few addresses; screening/guesses.py counts."""

    code: ClassVar = Code.SUBJECT_ATTEMPTS_EXCEEDED
    cites: ClassVar = ("facts B13", "facts B15", "facts section 3 (EVVE)")
    passes: ClassVar = (circumstance("the second address for a subject within the window"),)
    fails: ClassVar = (circumstance("the third address for a subject within the window"),)

    most_addresses: PositiveInt
    days: PositiveInt

    def fault(self) -> str:
        return (
            f"This subject was asked about at {self.most_addresses} other addresses within "
            f"{self.days} days."
        )

    def mend(self) -> str:
        return (
            "Do not vary addresses to find one that is confirmed. Ask again when the window has "
            "passed, or about an address asked about before."
        )

    def expression(self, sight: Sight) -> str:
        return "false"


RULES = (SubjectRepeated, SubjectAttemptsExceeded)
