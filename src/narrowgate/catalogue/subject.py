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
PREPARED_LAST = {"subject": "coalesce(std_tin, birth_name, full_name)"}
"""`birth_name`: birth date and name key, null where one is missing. `subject`: one key a record,
for counting how many people share something."""

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
        by_tin = (
            "std_tin IN (SELECT std_tin FROM records WHERE std_tin IS NOT NULL "
            "GROUP BY std_tin HAVING count(DISTINCT place) > 1)"
        )
        # Two valid numbers that differ are two people, however alike the rest: no answer about
        # one of them can tell where the other lives.
        distinct = "one.place <> other.place AND (one.std_tin <> other.std_tin) IS NOT TRUE"
        names = alike("one.std_given", "other.std_given", "one.std_family", "other.std_family")
        by_birth = (
            "row IN (SELECT one.row FROM records AS one JOIN records AS other "
            f"ON one.birth_name = other.birth_name AND {distinct} "
            f"WHERE {names})"
        )
        by_name = (
            "row IN (SELECT one.row FROM records AS one JOIN records AS other "
            f"ON one.full_name = other.full_name AND {distinct} "
            "AND (one.std_birth_date <> other.std_birth_date) IS NOT TRUE "
            "WHERE one.full_name IN (SELECT full_name FROM records GROUP BY full_name "
            f"HAVING count(*) <= {sight.value(self.namesakes)}))"
        )
        return f"({by_tin}) OR ({by_birth}) OR ({by_name})"


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
