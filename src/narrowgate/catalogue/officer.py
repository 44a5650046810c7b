"""Rules on the officer who will receive the answer: named, and one person.

26 U.S.C. 6103(i)(2)(A): officers and employees personally and directly engaged (facts T9, T16).
How many subjects one may bear is a rule on the request (request.officer_overload).
"""

from __future__ import annotations

from typing import ClassVar

from narrowgate.catalogue.record import sound
from narrowgate.catalogue.rule import RecordRule, Sight, Texts, record
from narrowgate.reasons import Code

_LAW = "26 U.S.C. 6103(i)(2)(A)"

PREPARED = {"officer_key": "nullif(regexp_replace(upper(engaged_officer), '\\s+', '', 'g'), '')"}
"""`officer_key`: the officer's identifier without case and space."""


class OfficerMissing(RecordRule):
    """The record names the officer personally and directly engaged."""

    code: ClassVar = Code.OFFICER_MISSING
    cites: ClassVar = (_LAW, "facts T9", "facts T16", "facts B36")
    passes: ClassVar = (record(engaged_officer="officer-7"),)
    fails: ClassVar = (record(engaged_officer=None),)
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The officer personally and directly engaged is not named."

    def mend(self) -> str:
        return "Name, in each record, the officer who will receive and use the answer."

    def expression(self, sight: Sight) -> str:
        return "engaged_officer IS NULL"


class OfficerNotAPerson(RecordRule):
    """The officer is one person, not a mailbox, a team or a stand-in."""

    code: ClassVar = Code.OFFICER_NOT_A_PERSON
    cites: ClassVar = (_LAW, "facts T16", "facts B36")
    passes: ClassVar = (record(engaged_officer="r.halloran@agency.example"),)
    fails: ClassVar = (
        record(engaged_officer="info@agency.example"),
        record(engaged_officer="Chicago Field Office"),
        record(engaged_officer="N/A"),
    )
    asked_by_law: ClassVar = True

    words: Texts
    """Capitals; each stands as a word of the identifier, or as all letters together of what stands
    before a mailbox's @ (N/A, T.B.D., no_reply@)."""

    def fault(self) -> str:
        return "The officer named is a mailbox, a team, an office or a stand-in, and no person."

    def mend(self) -> str:
        return "Name one person, by the identifier your agency has for that person."

    def expression(self, sight: Sight) -> str:
        words = sight.value(self.words)
        said = sight.value(f"(^|[^A-Z0-9])({'|'.join(self.words)})([^A-Z0-9]|$)")
        local = "split_part(upper(engaged_officer), '@', 1)"
        letters = f"regexp_replace({local}, '[^A-Z0-9]', '', 'g')"
        return (
            f"engaged_officer IS NOT NULL AND {sound('engaged_officer')} AND ("
            f"regexp_matches(upper(engaged_officer), {said}) "
            f"OR {letters} = '' OR list_contains({words}, {letters}))"
        )


RULES = (OfficerMissing, OfficerNotAPerson)
