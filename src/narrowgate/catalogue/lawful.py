"""The record that asks for nothing amiss, and the hour at which examples are read.

Examples in the catalogue, worked cases in agreements and the tests' data tables are this record
with named changes. The number is of an area that was never issued before 2011; the person is
made up.
"""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType

from narrowgate.catalogue.rule import Changes

AT = datetime(2026, 7, 1, 15, 0, tzinfo=UTC)

LAWFUL: Changes = MappingProxyType(
    {
        "record_id": "R-1",
        "given_name": "Marisol",
        "middle_name": None,
        "family_name": "Quintanilla",
        "name_suffix": None,
        "date_of_birth": "1984-03-09",
        "tin": "746-52-1093",
        "tin_kind": "ssn",
        "address_line1": "418 Alder St",
        "address_line2": "Apt 4",
        "city": "Springfield",
        "state": "IL",
        "postal_code": "62704",
        "country": None,
        "address_as_of": "2026-02-01",
        "order_date": "2025-06-01",
        "order_number": None,
        "order_ground": "8 U.S.C. 1227(a)(1)(B)",
        "case_number": "CHI-2026-00417",
        "offense_statute": "8 U.S.C. 1253(a)(1)(A)",
        "reason": "Subject of case CHI-2026-00417; the address decides where service is attempted",
        "engaged_officer": "officer-0412",
        "tax_periods": "2024",
        "consent_id": None,
        "consent_date": None,
        "consent_expires": None,
    }
)
