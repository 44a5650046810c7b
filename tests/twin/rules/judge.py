"""All record rules of the agreement on all records of a request, and which excludes which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from twin.rules import across, address, identifiers, names, officer, order, period, reason, statute
from twin.rules.agreement import Figures
from twin.rules.subject_matter import Record

YIELDS = {
    "name.incomplete": ("name.placeholder",),
    "address.incomplete": ("address.institution",),
    "address.multiple": ("address.institution",),
    "address.not_an_address": ("address.institution",),
    "address.zip_mismatch": ("address.incomplete",),
    "address.institution": ("address.placeholder", "address.general_delivery"),
    "order.before_birth": ("birth_date.implausible",),
    "order.too_old": ("order.before_birth",),
    "order.period_not_run": ("order.date_in_future",),
    "statute.not_listed": ("statute.not_specific", "statute.civil"),
    "subject.repeated": ("tin.conflict",),
}
"""A rule is silent where one of these says it better (each rule's own page)."""

NOT_BY_LAW = {
    "record.id_missing",
    "record.id_duplicate",
    "record.text_invalid",
    "address.shared",
    "tin.conflict",
    "case.number_reused",
    "reason.boilerplate",
    "subject.repeated",
    "subject.attempts_exceeded",
}
"""What the law does not ask of each record by itself; all other codes count for quality."""


def read(
    raw: Sequence[Mapping[str, str | None]], standard: Sequence[Mapping[str, Any]], today: date
) -> list[Record]:
    """The records of a request, in order."""
    pairs = zip(raw, standard, strict=True)
    return [Record(row, cells, form, today) for row, (cells, form) in enumerate(pairs)]


def record_codes(
    records: Sequence[Record],
    agreement: Mapping[str, Figures],
    offices: Sequence[dict[str, str | None]],
) -> list[set[str]]:
    """The codes that each record is refused with; none where it passes."""
    found = [_alone(record, agreement, offices, records_units) for record, records_units in
             zip(records, _units(records), strict=True)]  # fmt: skip
    together = {
        "record.id_duplicate": across.id_duplicate(records),
        "address.shared": across.address_shared(records, agreement["address.shared"]),
        "tin.conflict": across.tin_conflict(records),
        "case.number_reused": across.case_number_reused(records),
        "reason.boilerplate": reason.boilerplate(records, agreement["reason.boilerplate"]),
        "subject.repeated": across.subject_repeated(records, agreement["subject.repeated"]),
    }
    for code, rows in together.items():
        for row in rows:
            found[row].add(code)
    return [_said_best(codes) for codes in found]


def _units(records: Sequence[Record]) -> list[int]:
    units = across.units_of_buildings(records)
    return [len(units.get(across.building(record) or (), ())) for record in records]


def _said_best(codes: set[str]) -> set[str]:
    return {code for code in codes if not codes.intersection(YIELDS.get(code, ()))}


def _alone(
    record: Record,
    agreement: Mapping[str, Figures],
    offices: Sequence[dict[str, str | None]],
    units_named: int,
) -> set[str]:
    """What one record says against itself."""
    of = agreement
    fault = address.fault(record)
    verdicts = {
        "record.id_missing": record.cell("record_id") is None,
        "record.text_invalid": bool(record.faulty),
        "name.missing": names.missing(record),
        "name.placeholder": names.placeholder(record, of["name.placeholder"]),
        "name.incomplete": names.incomplete(record),
        "address.missing": fault == "missing",
        "address.placeholder": fault == "placeholder",
        "address.multiple": fault == "multiple",
        "address.not_an_address": fault == "not_an_address",
        "address.foreign": fault == "foreign",
        "address.incomplete": address.incomplete(record, of["address.incomplete"], units_named),
        "address.zip_mismatch": address.zip_mismatch(record),
        "address.po_box": address.po_box(record),
        "address.general_delivery": address.general_delivery(record),
        "address.institution": address.institution(record, of["address.institution"], offices),
        "address.too_old": address.too_old(record, of["address.too_old"]),
        "identifier.insufficient": identifiers.insufficient(record, of["identifier.insufficient"]),
        "tin.invalid": identifiers.tin_invalid(record),
        "tin.placeholder": identifiers.tin_placeholder(record),
        "tin.kind_mismatch": identifiers.tin_kind_mismatch(record),
        "birth_date.invalid": identifiers.birth_date_invalid(record),
        "birth_date.implausible": identifiers.birth_date_implausible(
            record, of["birth_date.implausible"]
        ),
        "order.date_missing": order.date_missing(record),
        "order.date_invalid": order.date_invalid(record),
        "order.date_in_future": order.date_in_future(record),
        "order.before_birth": order.before_birth(record),
        "order.too_old": order.too_old(record, of["order.too_old"]),
        "order.period_not_run": order.period_not_run(record, of["order.period_not_run"]),
        "order.ground_missing": order.ground_missing(record),
        "order.ground_not_listed": order.ground_not_listed(record, of["order.ground_not_listed"]),
        "statute.missing": statute.missing(record),
        "statute.not_specific": statute.not_specific(record, of["statute.not_specific"]),
        "statute.civil": statute.civil(record, of["statute.civil"]),
        "statute.not_listed": statute.not_listed(record, of["statute.not_listed"]),
        "case.number_missing": record.sound("case_number") and across.case_key(record) is None,
        "period.missing": period.missing(record),
        "period.invalid": period.invalid(record),
        "period.out_of_range": period.out_of_range(record, of["period.out_of_range"]),
        "reason.missing": reason.missing(record),
        "officer.missing": officer.missing(record),
        "officer.not_a_person": officer.not_a_person(record, of["officer.not_a_person"]),
    }
    return {code for code, broken in verdicts.items() if broken}
