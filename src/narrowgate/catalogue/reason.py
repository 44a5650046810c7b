"""Rules on the reason why disclosure is or may be relevant: there is one, and it is this person's.

26 U.S.C. 6103(i)(2)(B)(iv) (facts T14, R6).
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import PositiveInt

from narrowgate.catalogue.record import sound
from narrowgate.catalogue.rule import RecordRule, Sight, Texts, circumstance, record
from narrowgate.reasons import Code

_LAW = "26 U.S.C. 6103(i)(2)(B)(iv)"

# Space and punctuation, which say nothing; letters and digits are kept.
_SILENT = "\t !\"#%&'()*,-./:;?@[]_{}~\u00a0¡§«·»¿‐‑‒–—‘’“”•…"
_QUOTED = _SILENT.replace("'", "''")

# Most reasons have no sign but these, which are quicker taken out one by one.
_COMMON = " .,;-"
_FEW_SIGNS = "upper(reason)"
for _sign in _COMMON:
    _FEW_SIGNS = f"replace({_FEW_SIGNS}, '{_sign}', '')"

PREPARED = {
    "reason_key": (
        f"nullif(CASE WHEN regexp_full_match(reason, '[A-Za-z0-9{_COMMON}]*') THEN {_FEW_SIGNS} "
        f"ELSE translate(upper(reason), '{_QUOTED}', '') END, '')"
    ),
}
"""`reason_key`: the reason without case, space and punctuation; digits are kept."""


def reason_key(text: str) -> str:
    """The same of a text of the agreement."""
    return text.upper().translate(dict.fromkeys(map(ord, _SILENT)))


class ReasonMissing(RecordRule):
    """The record gives a reason."""

    code: ClassVar = Code.REASON_MISSING
    cites: ClassVar = (_LAW, "facts T14")
    passes: ClassVar = (record(reason="Service failed twice at an older address"),)
    fails: ClassVar = (record(reason=None), record(reason="..."))
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The record does not say why disclosure is or may be relevant."

    def mend(self) -> str:
        return "Say, for this person, why the address matters to the investigation."

    def expression(self, sight: Sight) -> str:
        return (
            "reason IS NULL OR "
            f"(NOT regexp_matches(reason, '[\\p{{L}}\\p{{N}}]') AND {sound('reason')})"
        )


class ReasonBoilerplate(RecordRule):
    """The reason is this person's: not one text for everybody, not a word or two."""

    code: ClassVar = Code.REASON_BOILERPLATE
    cites: ClassVar = (_LAW, "facts T14", "facts B37")
    passes: ClassVar = (circumstance("ten records with one text of three words or more"),)
    fails: ClassVar = (
        circumstance("eleven records with one text"),
        record(reason="enforcement"),
        record(reason="Immigration enforcement."),
    )

    most_alike: PositiveInt
    fewest_words: PositiveInt
    generic: Texts

    def fault(self) -> str:
        return (
            f"The reason stands word for word in more than {self.most_alike} records, has fewer "
            f"than {self.fewest_words} words, or says nothing about this person."
        )

    def mend(self) -> str:
        return "Say, for this person, why the address matters to the investigation."

    def expression(self, sight: Sight) -> str:
        # As many runs of text, each with a letter or digit in it, as words are asked for.
        word = r"[^\s]*[\p{L}\p{N}][^\s]*"
        words = sight.value(rf"{word}(\s+{word}){{{self.fewest_words - 1}}}")
        generic = sight.value([reason_key(text) for text in self.generic])
        alike = (
            "reason_key IN (SELECT reason_key FROM records WHERE reason_key IS NOT NULL "
            f"GROUP BY reason_key HAVING count(*) > {sight.value(self.most_alike)})"
        )
        return (
            f"reason_key IS NOT NULL AND {sound('reason')} "
            f"AND (NOT regexp_matches(reason, {words}) "
            f"OR list_contains({generic}, reason_key) OR {alike})"
        )


RULES = (ReasonMissing, ReasonBoilerplate)
