"""Clauses 4.3, 4.4 and 4.6: one deliverable address, of a home, known not long ago.

The fault and the kind of the address itself are those of its standard form.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from twin.forms.dates import iso_day
from twin.rules.agreement import Figures
from twin.rules.subject_matter import Record

LINES = ("address_line1", "address_line2")
PLACE = ("city", "state", "postal_code")
COLUMNS = (*LINES, *PLACE, "country")


def fault(record: Record) -> str | None:
    """The one fault of the address, where its cells can be spoken of."""
    if not record.sound(*COLUMNS):
        return None
    if record.cell("address_line1") is None:
        return "missing"
    found: str | None = record.standard["address_fault"]
    return "not_an_address" if found == "missing" else found  # something stands on line 1


def incomplete(record: Record, figures: Figures, units_named: int) -> bool:
    """A part is not there. `units_named`: different units of its building in the request."""
    if not record.sound(*COLUMNS):
        return False
    found = fault(record)
    if found is not None:
        return found == "incomplete"
    if any(record.cell(column) is None for column in PLACE):
        return True
    if record.standard["unit"] is not None or record.standard["address_kind"] != "street":
        return False  # a box has no units
    return units_named >= figures["units"] or _says(record, figures["unit_words"])


def zip_mismatch(record: Record) -> bool:
    """ZIP and state disagree, or one of them does not exist."""
    if not record.sound(*COLUMNS) or fault(record) is not None:
        return False
    if record.cell("postal_code") is None or record.cell("state") is None:
        return False
    if record.standard["zip5"] is None or record.standard["state"] is None:
        return True
    return record.standard["zip_state_agrees"] is False  # near a border: no word against it


def po_box(record: Record) -> bool:
    """A box in a post office, whole as addresses of boxes go."""
    sound = record.sound(*COLUMNS) and fault(record) is None
    return sound and record.standard["address_kind"] == "po_box"


def general_delivery(record: Record) -> bool:
    """A counter, whatever else is wrong with the address."""
    return record.sound(*COLUMNS) and record.standard["address_kind"] == "general_delivery"


def institution(record: Record, figures: Figures, offices: Sequence[dict[str, str | None]]) -> bool:
    """By its words, or one of the requester's offices (`offices`: their standard forms)."""
    if not record.sound(*COLUMNS):
        return False
    return _says(record, figures["words"]) or any(_is_at(record, office) for office in offices)


def _is_at(record: Record, office: dict[str, str | None]) -> bool:
    building = record.standard["building"]
    if building is None or building != office["building"]:
        return False
    if (record.standard["zip5"], record.standard["state"]) != (office["zip5"], office["state"]):
        return False
    return office["unit"] is None or office["unit"] == record.standard["unit"]


def too_old(record: Record, figures: Figures) -> bool:
    """Where the record says when the address was known, that is long ago."""
    cell = record.cell("address_as_of")
    day = iso_day(cell) if cell is not None and record.sound("address_as_of") else None
    return day is not None and record.today - day > timedelta(days=figures["most_days"])


def _says(record: Record, listed: Sequence[str]) -> bool:
    """One of the words stands elsewhere than in the name of a street that has a suffix."""
    text = f" {record.standard['address_text'] or ''} "
    street = ""
    if record.standard["street_suffix"] is not None:
        street = f" {record.standard['street'] or ''} "
    return any(text.count(f" {word} ") > street.count(f" {word} ") for word in listed)
