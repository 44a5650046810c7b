"""Rules on the taxable periods: explicit years, and recent ones.

26 U.S.C. 6103(i)(2)(B)(ii) (facts T12): explicit years; "all", "latest" and open ranges are none.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import PositiveInt

from narrowgate.catalogue.record import sound
from narrowgate.catalogue.rule import RecordRule, Sight, record
from narrowgate.reasons import Code

_LAW = "26 U.S.C. 6103(i)(2)(B)(ii)"
_PART = r"\s*\d{4}\s*(-\s*\d{4}\s*)?"
_SHAPE = rf"{_PART}(;{_PART})*"

# Null where the text is no list of years, or a range runs backwards.
_BACKWARDS = (
    "len(list_filter(string_split(replace(tax_periods, ' ', ''), ';'), "
    "lambda p: length(p) = 9 AND p[1:4] > p[6:9])) > 0"
)
PREPARED = {
    "years": (
        f"CASE WHEN regexp_full_match(tax_periods, '{_SHAPE}') AND NOT {_BACKWARDS} "
        "THEN regexp_extract_all(tax_periods, '\\d{4}')::INTEGER[] END"
    )
}
"""`years`: the years that stand in tax_periods (of a range its ends), null if not explicit."""


class PeriodMissing(RecordRule):
    """The record names the taxable period."""

    code: ClassVar = Code.PERIOD_MISSING
    cites: ClassVar = (_LAW, "facts T12", "facts B38")
    passes: ClassVar = (record(tax_periods="2023"),)
    fails: ClassVar = (record(tax_periods=None),)
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The record names no taxable period."

    def mend(self) -> str:
        return "Name the years: 2023, 2021-2023 or 2021;2023."

    def expression(self, sight: Sight) -> str:
        return "tax_periods IS NULL"


class PeriodInvalid(RecordRule):
    """The period is given as explicit years."""

    code: ClassVar = Code.PERIOD_INVALID
    cites: ClassVar = (_LAW, "facts T12", "facts B38", "contract section 3")
    passes: ClassVar = (record(tax_periods="2021-2023"), record(tax_periods="2021;2023"))
    fails: ClassVar = (record(tax_periods="all years"), record(tax_periods="2023-2021"))
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The taxable period is not given as explicit years."

    def mend(self) -> str:
        return "Write the years as 2023, 2021-2023 or 2021;2023."

    def expression(self, sight: Sight) -> str:
        return f"tax_periods IS NOT NULL AND years IS NULL AND {sound('tax_periods')}"


class PeriodOutOfRange(RecordRule):
    """The years are within the agreement's reach and have begun."""

    code: ClassVar = Code.PERIOD_OUT_OF_RANGE
    cites: ClassVar = (_LAW, "facts B39")
    passes: ClassVar = (record(tax_periods="2016"), record(tax_periods="2026"))
    fails: ClassVar = (record(tax_periods="2015-2017"), record(tax_periods="2027"))
    asked_by_law: ClassVar = True

    most_years: PositiveInt

    def fault(self) -> str:
        return f"A year lies in the future or more than {self.most_years} years back."

    def mend(self) -> str:
        return f"Name years of the last {self.most_years}, up to the current one."

    def expression(self, sight: Sight) -> str:
        this_year = sight.value(sight.today.year)
        first = sight.value(sight.today.year - self.most_years)
        return f"list_min(years) < {first} OR list_max(years) > {this_year}"


RULES = (PeriodMissing, PeriodInvalid, PeriodOutOfRange)
