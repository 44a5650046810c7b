"""Clauses 4.8 to 4.10: the removal order, its date and its ground (8 U.S.C. 1253(a)(1))."""

from __future__ import annotations

from datetime import date, timedelta

from twin.forms.citations import citation, covers
from twin.forms.dates import iso_day, years_before
from twin.rules.agreement import Figures
from twin.rules.subject_matter import Record


def day(record: Record) -> date | None:
    """The day on which the order became final, if it can be read."""
    cell = record.cell("order_date")
    return iso_day(cell) if cell is not None and record.sound("order_date") else None


def date_missing(record: Record) -> bool:
    """There is none."""
    return record.cell("order_date") is None


def date_invalid(record: Record) -> bool:
    """What stands there is no calendar date."""
    given = record.cell("order_date") is not None and record.sound("order_date")
    return given and day(record) is None


def date_in_future(record: Record) -> bool:
    """The order is not final yet."""
    final = day(record)
    return final is not None and final > record.today


def before_birth(record: Record) -> bool:
    """Nobody is ordered to leave before they are born."""
    final, born = day(record), record.standard["birth_date"]
    if final is None or born is None or not record.sound("date_of_birth"):
        return False
    return bool(final < born)


def too_old(record: Record, figures: Figures) -> bool:
    """So old that the date is more probably a slip."""
    final = day(record)
    return final is not None and final < years_before(record.today, figures["most_years"])


def period_not_run(record: Record, figures: Figures) -> bool:
    """Under a limb that asks for it, the ninety-first day has not come."""
    final, cell = day(record), record.cell("offense_statute")
    if final is None or cell is None or not record.sound("offense_statute"):
        return False
    limb = citation(cell)
    if limb is None or limb not in {citation(text) for text in figures["limbs"]}:
        return False
    return record.today - final <= timedelta(days=figures["more_than_days"])


def ground_missing(record: Record) -> bool:
    """No ground is named."""
    return record.cell("order_ground") is None


def ground_not_listed(record: Record, figures: Figures) -> bool:
    """The ground is not one of the classes listed, nor a part of one."""
    cell = record.cell("order_ground")
    if cell is None or not record.sound("order_ground"):
        return False
    ground = citation(cell)
    classes = [citation(text) for text in figures["classes"]]
    return ground is None or not any(listed and covers(listed, ground) for listed in classes)
