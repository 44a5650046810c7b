"""Rules on the crime under investigation: one designated criminal statute, cited to its limb.

26 U.S.C. 6103(i)(2)(B)(iii) (facts T13, T17, T29, T31). A civil provision cannot support a
request; a title, an Act or a whole section says too little.
"""

from __future__ import annotations

from typing import ClassVar

from narrowgate.catalogue.citation import citation_key, is_citation_sql, key_sql, section_sql
from narrowgate.catalogue.record import sound
from narrowgate.catalogue.rule import RecordRule, Sight, Texts, record
from narrowgate.reasons import Code

_LAW = "26 U.S.C. 6103(i)(2)(B)(iii)"
_GIVEN = f"offense_statute IS NOT NULL AND {sound('offense_statute')}"

PREPARED = {"statute_key": key_sql("offense_statute")}
"""`statute_key`: the citation in one spelling (citation.py)."""


def keys(citations: Texts) -> list[str]:
    """The agreement's citations, as keys."""
    return [citation_key(citation) for citation in citations]


class StatuteMissing(RecordRule):
    """The record names the crime under investigation."""

    code: ClassVar = Code.STATUTE_MISSING
    cites: ClassVar = (_LAW, "facts T13", "facts R6")
    passes: ClassVar = (record(offense_statute="8 U.S.C. 1253(a)(1)(A)"),)
    fails: ClassVar = (record(offense_statute=None),)
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The record names no criminal statute under investigation."

    def mend(self) -> str:
        return "Cite the statute, in the record itself, down to its limb."

    def expression(self, sight: Sight) -> str:
        return "offense_statute IS NULL"


class StatuteNotSpecific(RecordRule):
    """One provision is cited, down to the limb that the agreement designates."""

    code: ClassVar = Code.STATUTE_NOT_SPECIFIC
    cites: ClassVar = (_LAW, "facts T29", "facts B26", "facts B30")
    passes: ClassVar = (record(offense_statute="8 USC § 1253(a)(1)(B)"),)
    fails: ClassVar = (
        record(offense_statute="Title 8"),
        record(offense_statute="8 U.S.C. 1253(a)(1)"),
    )
    asked_by_law: ClassVar = True

    designated: Texts

    def fault(self) -> str:
        return "The statute is not cited as one provision down to the limb that is designated."

    def mend(self) -> str:
        return f"Cite exactly one of: {'; '.join(self.designated)}."

    def expression(self, sight: Sight) -> str:
        listed = sight.value(keys(self.designated))
        short = f"len(list_filter({listed}, lambda k: starts_with(k, statute_key || '('))) > 0"
        return f"{_GIVEN} AND (NOT {is_citation_sql('statute_key')} OR {short})"


class StatuteCivil(RecordRule):
    """The statute is a criminal one."""

    code: ClassVar = Code.STATUTE_CIVIL
    cites: ClassVar = (_LAW, "facts T17", "facts T31", "facts B25")
    passes: ClassVar = (record(offense_statute="8 U.S.C. 1253(a)(1)(C)"),)
    fails: ClassVar = (
        record(offense_statute="8 U.S.C. 1324d"),
        record(offense_statute="8 U.S.C. 1227(a)(1)(B)"),
    )
    asked_by_law: ClassVar = True

    sections: Texts

    def fault(self) -> str:
        return "The statute cited is civil; civil removal and its penalties are no crime."

    def mend(self) -> str:
        return "Cite the designated criminal statute, if one is under investigation; else withdraw."

    def expression(self, sight: Sight) -> str:
        listed = sight.value(keys(self.sections))
        return f"{_GIVEN} AND list_contains({listed}, {section_sql('statute_key')})"


class StatuteNotListed(RecordRule):
    """The statute is one that the agreement designates."""

    code: ClassVar = Code.STATUTE_NOT_LISTED
    cites: ClassVar = (_LAW, "facts T13", "facts B27")
    passes: ClassVar = (record(offense_statute="8 U.S.C. 1253(a)(1)(D)"),)
    fails: ClassVar = (record(offense_statute="26 U.S.C. 7201"),)
    asked_by_law: ClassVar = True
    yields_to: ClassVar = (Code.STATUTE_NOT_SPECIFIC, Code.STATUTE_CIVIL)

    designated: Texts

    def fault(self) -> str:
        return "The statute cited is not one that the agreement designates."

    def mend(self) -> str:
        return f"Only these are designated: {'; '.join(self.designated)}."

    def expression(self, sight: Sight) -> str:
        listed = sight.value(keys(self.designated))
        return f"{_GIVEN} AND NOT list_contains({listed}, statute_key)"


RULES = (StatuteMissing, StatuteNotSpecific, StatuteCivil, StatuteNotListed)
