"""Rules on the removal order: final, on a ground of 8 U.S.C. 1227(a), and old enough for the crime.

8 U.S.C. 1253(a)(1) (facts T29): an alien under a final order by reason of a class in 1227(a), who
wilfully fails to depart within 90 days of it, limb (A). Days are calendar days between the UTC
date of the reading and the date in the record; counsel is to settle the counting (facts B31).
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import PositiveInt

from narrowgate.catalogue.citation import is_citation_sql, key_sql
from narrowgate.catalogue.dates import day_sql
from narrowgate.catalogue.record import sound
from narrowgate.catalogue.rule import RecordRule, Sight, Texts, record
from narrowgate.catalogue.statute import keys
from narrowgate.reasons import Code

_LAW = "8 U.S.C. 1253(a)(1)"

PREPARED = {"order_day": day_sql("order_date"), "ground_key": key_sql("order_ground")}
"""`order_day`: date of finality, null if not a date. `ground_key`: the ground in one spelling."""


class OrderDateMissing(RecordRule):
    """The record says when the order became final."""

    code: ClassVar = Code.ORDER_DATE_MISSING
    cites: ClassVar = (_LAW, "facts T29", "facts R6", "facts B28")
    passes: ClassVar = (record(order_date="2025-06-01"),)
    fails: ClassVar = (record(order_date=None),)
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The date on which the removal order became final is missing."

    def mend(self) -> str:
        return "Give the date of finality, YYYY-MM-DD."

    def expression(self, sight: Sight) -> str:
        return "order_date IS NULL"


class OrderDateInvalid(RecordRule):
    """The date of the order is a calendar date."""

    code: ClassVar = Code.ORDER_DATE_INVALID
    cites: ClassVar = (_LAW, "facts B33")
    passes: ClassVar = (record(order_date="2024-02-29"),)
    fails: ClassVar = (record(order_date="2025-02-30"), record(order_date="06/01/2025"))
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The date of the order is not a calendar date."

    def mend(self) -> str:
        return "Write the date of finality as YYYY-MM-DD."

    def expression(self, sight: Sight) -> str:
        return f"order_date IS NOT NULL AND order_day IS NULL AND {sound('order_date')}"


class OrderDateInFuture(RecordRule):
    """The order has become final."""

    code: ClassVar = Code.ORDER_DATE_IN_FUTURE
    cites: ClassVar = (_LAW, "facts B29", "facts B33")
    passes: ClassVar = (record(order_date="2026-07-01", offense_statute="8 USC 1253(a)(1)(B)"),)
    fails: ClassVar = (record(order_date="2026-07-02"),)
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The date of the order lies in the future."

    def mend(self) -> str:
        return "Ask when the order has become final."

    def expression(self, sight: Sight) -> str:
        return f"order_day > {sight.value(sight.today)}"


class OrderBeforeBirth(RecordRule):
    """The order is younger than its subject."""

    code: ClassVar = Code.ORDER_BEFORE_BIRTH
    cites: ClassVar = ("facts B33",)
    passes: ClassVar = (record(order_date="2020-05-04", date_of_birth="2020-05-04"),)
    fails: ClassVar = (record(order_date="2020-05-03", date_of_birth="2020-05-04"),)
    asked_by_law: ClassVar = True
    yields_to: ClassVar = (Code.BIRTH_DATE_IMPLAUSIBLE,)

    def fault(self) -> str:
        return "The date of the order lies before the subject's birth."

    def mend(self) -> str:
        return "Check both dates."

    def expression(self, sight: Sight) -> str:
        return "order_day < std_birth_date"


class OrderPeriodNotRun(RecordRule):
    """For the limbs that need it, more days than the crime requires have passed since finality."""

    code: ClassVar = Code.ORDER_PERIOD_NOT_RUN
    # More than 90 days after the final order; day 90 itself is not enough.
    cites: ClassVar = ("8 U.S.C. 1253(a)(1)(A)", "facts T29", "facts B30", "facts B31")
    passes: ClassVar = (
        record(order_date="2026-04-01"),
        record(order_date="2026-06-30", offense_statute="8 U.S.C. 1253(a)(1)(B)"),
    )
    fails: ClassVar = (record(order_date="2026-04-02"),)
    asked_by_law: ClassVar = True
    yields_to: ClassVar = (Code.ORDER_DATE_IN_FUTURE,)

    more_than_days: PositiveInt
    limbs: Texts

    def fault(self) -> str:
        return (
            f"{self.more_than_days} days or fewer have passed since the order became final; "
            f"{' and '.join(self.limbs)} requires more."
        )

    def mend(self) -> str:
        return f"Ask on the {self.more_than_days + 1}st day after finality or later."

    def expression(self, sight: Sight) -> str:
        return (
            f"list_contains({sight.value(keys(self.limbs))}, statute_key) "
            f"AND {sight.value(sight.today)}::DATE - order_day "
            f"<= {sight.value(self.more_than_days)}"
        )


class OrderTooOld(RecordRule):
    """The order is not so old that its date is more probably a slip."""

    code: ClassVar = Code.ORDER_TOO_OLD
    cites: ClassVar = ("facts B33",)
    passes: ClassVar = (record(order_date="2006-07-01"),)
    fails: ClassVar = (record(order_date="2006-06-30"),)
    asked_by_law: ClassVar = True
    yields_to: ClassVar = (Code.ORDER_BEFORE_BIRTH,)

    most_years: PositiveInt

    def fault(self) -> str:
        return f"The order became final more than {self.most_years} years ago."

    def mend(self) -> str:
        return "Check the date; older orders are outside the agreement."

    def expression(self, sight: Sight) -> str:
        years = sight.value(self.most_years)
        today = sight.value(sight.today)
        return f"order_day < ({today}::DATE - to_years({years}::INTEGER))::DATE"


class OrderNumberMissing(RecordRule):
    """For agreements that ask for the order's number."""

    code: ClassVar = Code.ORDER_NUMBER_MISSING
    cites: ClassVar = ("facts R6",)
    passes: ClassVar = (record(order_number="A-1"),)
    fails: ClassVar = (record(order_number=None),)
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The number of the order is missing."

    def mend(self) -> str:
        return "Give the number under which the order was made."

    def expression(self, sight: Sight) -> str:
        return "order_number IS NULL"


class OrderGroundMissing(RecordRule):
    """The record says on which ground the order rests."""

    code: ClassVar = Code.ORDER_GROUND_MISSING
    cites: ClassVar = (_LAW, "facts T29", "facts R6")
    passes: ClassVar = (record(order_ground="8 U.S.C. 1227(a)(2)(A)(iii)"),)
    fails: ClassVar = (record(order_ground=None),)
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The ground of the order is missing."

    def mend(self) -> str:
        return "Cite the ground of the order, such as 8 U.S.C. 1227(a)(1)(B)."

    def expression(self, sight: Sight) -> str:
        return "order_ground IS NULL"


class OrderGroundNotListed(RecordRule):
    """The ground is a class of deportable aliens that the crime names."""

    code: ClassVar = Code.ORDER_GROUND_NOT_LISTED
    cites: ClassVar = (_LAW, "8 U.S.C. 1227(a)", "facts T29", "facts B32")
    passes: ClassVar = (record(order_ground="8 USC § 1227(a)(6)"),)
    fails: ClassVar = (
        record(order_ground="8 U.S.C. 1182(a)(6)(A)(i)"),
        record(order_ground="8 U.S.C. 1227(a)"),
    )
    asked_by_law: ClassVar = True

    classes: Texts

    def fault(self) -> str:
        return "The ground of the order is not, or not cited as, one of the classes listed."

    def mend(self) -> str:
        return f"Only these grounds, or parts of them, are listed: {'; '.join(self.classes)}."

    def expression(self, sight: Sight) -> str:
        listed = sight.value(keys(self.classes))
        within = (
            f"len(list_filter({listed}, lambda k: ground_key = k "
            "OR starts_with(ground_key, k || '('))) > 0"
        )
        return (
            f"order_ground IS NOT NULL AND {sound('order_ground')} "
            f"AND NOT ({is_citation_sql('ground_key')} AND {within})"
        )


RULES = (
    OrderDateMissing,
    OrderDateInvalid,
    OrderDateInFuture,
    OrderBeforeBirth,
    OrderPeriodNotRun,
    OrderTooOld,
    OrderNumberMissing,
    OrderGroundMissing,
    OrderGroundNotListed,
)
