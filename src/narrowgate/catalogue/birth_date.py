"""Rules on the date of birth, where one is given (facts B33, B44)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import PositiveInt

from narrowgate.catalogue.record import sound
from narrowgate.catalogue.rule import RecordRule, Sight, record
from narrowgate.reasons import Code


class BirthDateMissing(RecordRule):
    """For agreements that ask for it in every record."""

    code: ClassVar = Code.BIRTH_DATE_MISSING
    cites: ClassVar = ("facts B44",)
    passes: ClassVar = (record(date_of_birth="1984-03-09"),)
    fails: ClassVar = (record(date_of_birth=None),)
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The date of birth is missing."

    def mend(self) -> str:
        return "Give the subject's date of birth, YYYY-MM-DD."

    def expression(self, sight: Sight) -> str:
        return "date_of_birth IS NULL"


class BirthDateInvalid(RecordRule):
    """The date of birth is a calendar date."""

    code: ClassVar = Code.BIRTH_DATE_INVALID
    cites: ClassVar = ("facts B33", "contract section 3")
    passes: ClassVar = (record(date_of_birth="1984-02-29"),)
    fails: ClassVar = (record(date_of_birth="1985-02-29"), record(date_of_birth="unknown"))
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The date of birth is not a calendar date."

    def mend(self) -> str:
        return "Write the date of birth as YYYY-MM-DD, or leave it out if a TIN is given."

    def expression(self, sight: Sight) -> str:
        return f"std_birth_date_fault IS NOT NULL AND {sound('date_of_birth')}"


class BirthDateImplausible(RecordRule):
    """The subject is born, and not older than people get."""

    code: ClassVar = Code.BIRTH_DATE_IMPLAUSIBLE
    cites: ClassVar = ("facts B33",)
    passes: ClassVar = (record(date_of_birth="1906-07-01"),)
    fails: ClassVar = (record(date_of_birth="1905-07-01"), record(date_of_birth="2026-07-02"))
    asked_by_law: ClassVar = True

    most_years: PositiveInt

    def fault(self) -> str:
        return f"The date of birth is in the future or more than {self.most_years} years ago."

    def mend(self) -> str:
        return "Check the century, and the order of day and month."

    def expression(self, sight: Sight) -> str:
        today = sight.value(sight.today)
        years = sight.value(self.most_years)
        return (
            f"std_birth_date > {today} "
            f"OR std_birth_date < ({today}::DATE - to_years({years}::INTEGER))::DATE"
        )


RULES = (BirthDateMissing, BirthDateInvalid, BirthDateImplausible)
