"""The columns of a request, of a register, and of the standard form, in one place.

Names and order are the contract's (sections 3 and 4). A raw table holds text only, null where the
cell was blank; a standard table has exactly `STANDARD_COLUMNS`, in that order.
"""

from __future__ import annotations

import pyarrow as pa

REQUEST_COLUMNS: tuple[str, ...] = (
    "record_id",
    "given_name",
    "middle_name",
    "family_name",
    "name_suffix",
    "date_of_birth",
    "tin",
    "tin_kind",
    "address_line1",
    "address_line2",
    "city",
    "state",
    "postal_code",
    "country",
    "address_as_of",
    "order_date",
    "order_number",
    "order_ground",
    "case_number",
    "offense_statute",
    "reason",
    "engaged_officer",
    "tax_periods",
    "consent_id",
    "consent_date",
    "consent_expires",
)

REGISTER_COLUMNS: tuple[str, ...] = (
    "person_id",
    "tin",
    "given_name",
    "middle_name",
    "family_name",
    "name_suffix",
    "date_of_birth",
    "address_line1",
    "address_line2",
    "city",
    "state",
    "postal_code",
    "country",
    "address_from",
    "address_to",
    "sealed",
    "name_kind",
)

RAW_COLUMNS: tuple[str, ...] = (
    "given_name",
    "middle_name",
    "family_name",
    "name_suffix",
    "date_of_birth",
    "tin",
    "tin_kind",
    "address_line1",
    "address_line2",
    "city",
    "state",
    "postal_code",
    "country",
)
"""What `standardise` reads. `tin_kind` may be absent (a register has none)."""

STANDARD_COLUMNS: dict[str, pa.DataType] = {
    "given": pa.string(),
    "middle": pa.string(),
    "family": pa.string(),
    "suffix": pa.string(),
    "name_key": pa.string(),
    "birth_date": pa.date32(),
    "birth_date_fault": pa.string(),
    "tin": pa.string(),
    "tin_kind": pa.string(),
    "tin_fault": pa.string(),
    "address_kind": pa.string(),
    "address_fault": pa.string(),
    "address_text": pa.string(),
    "number": pa.string(),
    "predir": pa.string(),
    "street": pa.string(),
    "street_suffix": pa.string(),
    "postdir": pa.string(),
    "unit": pa.string(),
    "box": pa.string(),
    "city": pa.string(),
    "state": pa.string(),
    "zip5": pa.string(),
    "zip4": pa.string(),
    "zip_state_agrees": pa.bool_(),
    "building": pa.string(),
    "delivery_point": pa.string(),
    "zip_city_agrees": pa.bool_(),
}

ADDRESS_KINDS: tuple[str, ...] = (
    "street",
    "po_box",
    "rural",
    "highway_contract",
    "military",
    "general_delivery",
)
ADDRESS_FAULTS: tuple[str, ...] = (
    "missing",
    "placeholder",
    "foreign",
    "multiple",
    "not_an_address",
    "incomplete",
)
TIN_FAULTS: tuple[str, ...] = ("invalid", "placeholder", "kind_mismatch")
