"""Rules on the subject's name: there is one, it is a name, and it is more than initials.

26 U.S.C. 6103(i)(2)(B)(i) asks for the name (facts T11). Facts 6.3, B45.
"""

from __future__ import annotations

from typing import ClassVar

from narrowgate.catalogue.record import sound
from narrowgate.catalogue.rule import RecordRule, Sight, Texts, record
from narrowgate.reasons import Code

PREPARED = {"full_name": "concat_ws(' ', std_given, std_middle, std_family, std_suffix)"}


class NameMissing(RecordRule):
    """A given name and a family name stand in the record."""

    code: ClassVar = Code.NAME_MISSING
    cites: ClassVar = ("26 U.S.C. 6103(i)(2)(B)(i)", "facts T11")
    passes: ClassVar = (record(given_name="Marisol"),)
    fails: ClassVar = (record(given_name=None), record(family_name=None))
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The given name or the family name is missing."

    def mend(self) -> str:
        return "Give the subject's given name and family name."

    def expression(self, sight: Sight) -> str:
        return "given_name IS NULL OR family_name IS NULL"


class NamePlaceholder(RecordRule):
    """The name is not one of the words that stand for a name nobody knows."""

    code: ClassVar = Code.NAME_PLACEHOLDER
    cites: ClassVar = ("26 U.S.C. 6103(i)(2)(B)(i)", "facts 6.3", "facts B45")
    passes: ClassVar = (record(given_name="Fuensanta"),)
    fails: ClassVar = (record(given_name="FNU"), record(given_name="John", family_name="Doe"))
    asked_by_law: ClassVar = True

    given_words: Texts
    family_words: Texts

    def fault(self) -> str:
        return "The name is a placeholder, such as FNU, LNU, DOE or BABY, and not a name."

    def mend(self) -> str:
        return "Give the subject's own name, or leave the subject out until it is known."

    def expression(self, sight: Sight) -> str:
        given = self._says("given", self.given_words, sight)
        return f"({given}) OR ({self._says('family', self.family_words, sight)})"

    @staticmethod
    def _says(part: str, words: Texts, sight: Sight) -> str:
        # As one of its words, or, for such as N/A, as the whole field.
        said = sight.value(rf"\b({'|'.join(words)})\b")
        field = f"{part}_name"
        return (
            f"{sound(field)} AND (regexp_matches(std_{part}, {said}) "
            f"OR list_contains({sight.value(words)}, upper(trim({field}))))"
        )


class NameIncomplete(RecordRule):
    """The name is more than initials."""

    code: ClassVar = Code.NAME_INCOMPLETE
    cites: ClassVar = ("26 U.S.C. 6103(i)(2)(B)(i)", "facts B45")
    passes: ClassVar = (record(given_name="Jo"), record(given_name="J", middle_name="Edgar"))
    fails: ClassVar = (
        record(given_name="M."),
        record(given_name="J. R."),
        record(family_name="Q"),
        record(given_name="-"),
    )
    asked_by_law: ClassVar = True
    yields_to: ClassVar = (Code.NAME_PLACEHOLDER,)

    def fault(self) -> str:
        return "The given name or the family name is an initial only, or holds no letters."

    def mend(self) -> str:
        return "Write the given name and the family name in full."

    def expression(self, sight: Sight) -> str:
        # A middle name in full makes up for an initial (J Edgar).
        given = f"{_in_full('std_given')} OR (std_given IS NOT NULL AND {_in_full('std_middle')})"
        return (
            f"(given_name IS NOT NULL AND {sound('given_name')} AND NOT ({given})) "
            f"OR (family_name IS NOT NULL AND {sound('family_name')} "
            f"AND NOT {_in_full('std_family')})"
        )


def _in_full(column: str) -> str:
    """SQL: a word of the name is more than an initial."""
    return f"coalesce(regexp_matches({column}, '[A-Z][A-Z]'), false)"


RULES = (NameMissing, NamePlaceholder, NameIncomplete)
