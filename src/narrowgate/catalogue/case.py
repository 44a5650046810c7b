"""Rules on the number of the investigation: each record has one, and one is about one subject.

Each person is a separate request (facts R1, R6); a case number for everybody is a batch line.
"""

from __future__ import annotations

from typing import ClassVar

from narrowgate.catalogue.record import sound
from narrowgate.catalogue.rule import RecordRule, Sight, record
from narrowgate.catalogue.subject import about_several
from narrowgate.reasons import Code

PREPARED = {
    "case_key": "nullif(regexp_replace(upper(case_number), '[^A-Z0-9]', '', 'g'), '')",
}
"""`case_key`: the case number without case, space and punctuation."""


class CaseNumberMissing(RecordRule):
    """The record names its investigation."""

    code: ClassVar = Code.CASE_NUMBER_MISSING
    cites: ClassVar = ("facts R6", "facts B34")
    passes: ClassVar = (record(case_number="A1"),)
    fails: ClassVar = (record(case_number=None), record(case_number="-"))
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The number of the investigation is missing."

    def mend(self) -> str:
        return "Give, in each record, the number of the criminal investigation of this subject."

    def expression(self, sight: Sight) -> str:
        return f"case_key IS NULL AND {sound('case_number')}"


class CaseNumberReused(RecordRule):
    """One investigation is about one subject; all records that share a number are refused."""

    code: ClassVar = Code.CASE_NUMBER_REUSED
    cites: ClassVar = ("facts R1", "facts R6", "facts B34")
    passes: ClassVar = (record({"record_id": "R-2", "tin": None, "tin_kind": None}),)
    fails: ClassVar = (
        record(
            {
                "record_id": "R-2",
                "given_name": "Obadiah",
                "family_name": "Thistlewood",
                "date_of_birth": "1990-02-02",
                "tin": "745-11-2034",
                "address_line1": "9 Birch Ave",
                "address_line2": None,
            }
        ),
    )

    def fault(self) -> str:
        return "The request uses this case number for more than one subject."

    def mend(self) -> str:
        return "Give each subject the number of the investigation of that subject."

    def expression(self, sight: Sight) -> str:
        return about_several("case_key")


RULES = (CaseNumberMissing, CaseNumberReused)
