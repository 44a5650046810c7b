"""Rules on the taxpayer identifying number, where one is given (facts 6.1, B40 to B43, B46)."""

from __future__ import annotations

from typing import ClassVar

from narrowgate.catalogue.record import sound
from narrowgate.catalogue.rule import RecordRule, Sight, record
from narrowgate.catalogue.subject import alike
from narrowgate.reasons import Code


class TinInvalid(RecordRule):
    """The number could have been issued."""

    code: ClassVar = Code.TIN_INVALID
    cites: ClassVar = ("facts 6.1", "facts B40", "facts B42", "facts B43")
    passes: ClassVar = (record(tin="746521093"),)
    fails: ClassVar = (record(tin="000-52-1093"), record(tin="1093", tin_kind=None))
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return (
            "The TIN is not nine digits of a form that is issued (an area of 000, 666 or 900 and "
            "over in an SSN, a group of 00, a serial of 0000, an ITIN outside its ranges)."
        )

    def mend(self) -> str:
        return "Give the whole SSN or ITIN, nine digits, or leave it out and give a birth date."

    def expression(self, sight: Sight) -> str:
        return f"std_tin_fault = 'invalid' AND {sound('tin')}"


class TinPlaceholder(RecordRule):
    """The number is not one that was published or stands for none."""

    code: ClassVar = Code.TIN_PLACEHOLDER
    cites: ClassVar = ("facts 6.1", "facts B41")
    passes: ClassVar = (record(tin="746-52-1093"),)
    fails: ClassVar = (record(tin="078-05-1120"), record(tin="123-45-6789"))
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The TIN is a published or dummy number that belongs to nobody."

    def mend(self) -> str:
        return "Give the subject's own number, or leave it out and give a birth date."

    def expression(self, sight: Sight) -> str:
        return f"std_tin_fault = 'placeholder' AND {sound('tin')}"


class TinKindMismatch(RecordRule):
    """The number is of the kind that the record says."""

    code: ClassVar = Code.TIN_KIND_MISMATCH
    cites: ClassVar = ("facts 6.1", "facts B40", "contract section 3")
    passes: ClassVar = (record(tin="746-52-1093", tin_kind="ssn"),)
    fails: ClassVar = (record(tin="912-78-1093", tin_kind="ssn"), record(tin_kind="ein"))
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The TIN is not of the kind that tin_kind says, or tin_kind is not ssn or itin."

    def mend(self) -> str:
        return "Write ssn or itin in tin_kind as the number is, or leave tin_kind out."

    def expression(self, sight: Sight) -> str:
        return f"std_tin_fault = 'kind_mismatch' AND {sound('tin', 'tin_kind')}"


class TinConflict(RecordRule):
    """One number stands for one person in a request; all records that share it are refused.

    Another birth date, or a name that is no respelling, is another person.
    """

    code: ClassVar = Code.TIN_CONFLICT
    cites: ClassVar = ("facts B46", "facts R10")
    passes: ClassVar = (
        record(
            {"record_id": "R-2", "family_name": "Quintanila", "case_number": "CHI-2026-00418"},
            family_name="Quintanilla",
        ),
    )
    fails: ClassVar = (
        record(
            {
                "record_id": "R-2",
                "given_name": "Obadiah",
                "family_name": "Thistlewood",
                "date_of_birth": None,
                "case_number": "CHI-2026-00418",
            },
            family_name="Quintanilla",
        ),
    )

    def fault(self) -> str:
        return "The request gives this TIN for more than one person."

    def mend(self) -> str:
        return "Find out whose number it is, and give it in that subject's record alone."

    def expression(self, sight: Sight) -> str:
        return (
            "std_tin IN (SELECT one.std_tin FROM repeated_std_tin AS one JOIN ("
            "SELECT std_tin, min_by(std_given, row) AS given, min_by(std_family, row) AS family, "
            "min_by(std_name_key, row) AS name_key FROM repeated_std_tin "
            "GROUP BY std_tin HAVING count(*) > 1) AS first USING (std_tin) "
            "GROUP BY one.std_tin "
            "HAVING min(one.std_birth_date) <> max(one.std_birth_date) "
            "OR bool_or(one.std_name_key <> first.name_key AND NOT "
            f"{alike('one.std_given', 'first.given', 'one.std_family', 'first.family')}))"
        )


RULES = (TinInvalid, TinPlaceholder, TinKindMismatch, TinConflict)
