"""Rules on the address: there is one, it is deliverable, it is a home, and it is recent.

26 U.S.C. 6103(i)(2)(B)(i) asks for the address; a number is no substitute (facts T11, and the
fault of 2025: facts 2.2). Facts A1 to A21, B4 to B12, B14. `standard/` finds the fault of the
address itself; each has one code here, so that one address has one such reason.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, PositiveInt

from narrowgate.catalogue.dates import day_sql
from narrowgate.catalogue.record import ADDRESS, sound
from narrowgate.catalogue.rule import RecordRule, Sight, Texts, circumstance, record
from narrowgate.errors import BadInput
from narrowgate.reasons import Code

_LAW = "26 U.S.C. 6103(i)(2)(B)(i)"
_SOUND = sound(*ADDRESS)
_NOTHING = {
    "address_line1": None,
    "address_line2": None,
    "city": None,
    "state": None,
    "postal_code": None,
}

PREPARED = {
    # Without its first line there is no address, whatever else is there (facts A1, B4, B8).
    "address_fault": (
        "CASE WHEN NOT " + _SOUND + " THEN NULL "
        "WHEN address_line1 IS NULL THEN 'missing' "
        "WHEN std_address_fault = 'missing' THEN 'not_an_address' "
        "ELSE std_address_fault END"
    ),
    "place": (
        "CASE WHEN std_building IS NOT NULL THEN concat_ws('|', std_delivery_point, "
        "coalesce(std_zip5, concat_ws('|', coalesce(std_city, ''), coalesce(std_state, '')))) END"
    ),
    "house": "std_building || '|' || std_zip5",
    "as_of_day": day_sql("address_as_of"),
}
"""`address_fault`: the one fault of the address itself. `place`: the whole delivery point, equal
if and only if the same door is meant. `house`: the building without its units. `as_of_day`: date
on which the address was known, null if not a date."""


class AddressMissing(RecordRule):
    """An address stands in the record."""

    code: ClassVar = Code.ADDRESS_MISSING
    cites: ClassVar = (_LAW, "facts T11", "facts R2", "facts A1", "facts B4", "facts B8")
    passes: ClassVar = (record(address_line2=None),)
    fails: ClassVar = (record(**_NOTHING), record(address_line1=None))
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The record gives no address."

    def mend(self) -> str:
        return "Give the address to be confirmed; none is filled in from a number or a name."

    def expression(self, sight: Sight) -> str:
        return "address_fault = 'missing'"


class AddressPlaceholder(RecordRule):
    """The address is not a phrase that stands for none."""

    code: ClassVar = Code.ADDRESS_PLACEHOLDER
    cites: ClassVar = (_LAW, "facts A2", "facts B5", "facts 2.2")
    passes: ClassVar = (record(address_line1="12 Test Rd", address_line2=None),)
    fails: ClassVar = (record(address_line1="Failed to Provide", address_line2=None),)
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "Words that stand for no address are written where the address should be."

    def mend(self) -> str:
        return "Give the address itself, or leave the subject out until one is known."

    def expression(self, sight: Sight) -> str:
        return "address_fault = 'placeholder'"


class AddressIncomplete(RecordRule):
    """Number, street, unit, city, state and ZIP are there, as far as the place has them.

    A building needs a unit where the address says so by one of `unit_words`, or where other
    records of the request name `units` different units in it.
    """

    code: ClassVar = Code.ADDRESS_INCOMPLETE
    cites: ClassVar = (_LAW, "facts A3", "facts A4", "facts A8", "facts B9")
    passes: ClassVar = (record(address_line2=None),)
    fails: ClassVar = (
        record(address_line1="Alder St", address_line2=None),
        record(address_line2="Apt"),
        record(postal_code=None),
    )
    asked_by_law: ClassVar = True
    yields_to: ClassVar = (Code.ADDRESS_INSTITUTION,)

    unit_words: Texts
    units: PositiveInt

    def fault(self) -> str:
        return (
            "The address lacks its number, street, city, state or ZIP, or the unit in a building "
            f"that has several ({self.units} or more in this request)."
        )

    def mend(self) -> str:
        return "Complete the address: number, street, unit where there are several, city and ZIP."

    def expression(self, sight: Sight) -> str:
        blank = "city IS NULL OR state IS NULL OR postal_code IS NULL"
        words = sight.value(_word_pattern(self.unit_words))
        crowded = (
            "house IN (SELECT house FROM repeated_house WHERE std_unit IS NOT NULL "
            f"GROUP BY house HAVING count(DISTINCT std_unit) >= {sight.value(self.units)})"
        )
        bare = (
            f"std_unit IS NULL AND std_address_kind = 'street' AND ({crowded} OR "
            f"{_outside_street(words)})"
        )
        return (
            f"address_fault = 'incomplete' OR ({_SOUND} AND address_fault IS NULL "
            f"AND ({blank} OR ({bare})))"
        )


class AddressMultiple(RecordRule):
    """One address, not a range or a list."""

    code: ClassVar = Code.ADDRESS_MULTIPLE
    cites: ClassVar = (_LAW, "facts A13", "facts B10")
    passes: ClassVar = (record(address_line1="34-12 Alder St"),)
    fails: ClassVar = (record(address_line1="100-298 Oak St", address_line2=None),)
    asked_by_law: ClassVar = True
    yields_to: ClassVar = (Code.ADDRESS_INSTITUTION,)

    def fault(self) -> str:
        return "The address is a range of numbers, or more than one address."

    def mend(self) -> str:
        return "Give the one address that is to be confirmed."

    def expression(self, sight: Sight) -> str:
        return "address_fault = 'multiple'"


class AddressNotAnAddress(RecordRule):
    """What stands there can be delivered to."""

    code: ClassVar = Code.ADDRESS_NOT_AN_ADDRESS
    cites: ClassVar = (_LAW, "facts R3", "facts A3", "facts A14", "facts B6", "facts B7")
    passes: ClassVar = (record(address_line1="418 Alder St"),)
    fails: ClassVar = (
        record(address_line1="00000", address_line2=None),
        record(address_line1="behind the school", address_line2=None),
    )
    asked_by_law: ClassVar = True
    yields_to: ClassVar = (Code.ADDRESS_INSTITUTION,)

    def fault(self) -> str:
        return "What stands where the address should be is not an address mail can be sent to."

    def mend(self) -> str:
        return "Give number and street (or rural route and box), city, state and ZIP."

    def expression(self, sight: Sight) -> str:
        return "address_fault = 'not_an_address'"


class AddressZipMismatch(RecordRule):
    """ZIP and state exist and agree."""

    code: ClassVar = Code.ADDRESS_ZIP_MISMATCH
    cites: ClassVar = (_LAW, "facts A4", "facts A5")
    passes: ClassVar = (
        record(state="Illinois", postal_code="62704-1234"),
        record(city="St. Louis", postal_code="63101"),  # just over the river from Illinois
    )
    fails: ClassVar = (
        record(state="TX"),
        record(postal_code="00000"),
        record(postal_code="00100"),  # no ZIP begins so
    )
    asked_by_law: ClassVar = True
    yields_to: ClassVar = (Code.ADDRESS_INCOMPLETE,)

    def fault(self) -> str:
        return "The ZIP is not one of the state's, or one of the two does not exist."

    def mend(self) -> str:
        return "Check the ZIP against the state."

    def expression(self, sight: Sight) -> str:
        return (
            f"{_SOUND} AND address_fault IS NULL AND state IS NOT NULL "
            "AND postal_code IS NOT NULL AND (std_zip5 IS NULL OR std_state IS NULL "
            "OR std_zip_state_agrees IS FALSE)"
        )


class AddressGeneralDelivery(RecordRule):
    """A counter where many people fetch mail is no place where one person lives."""

    code: ClassVar = Code.ADDRESS_GENERAL_DELIVERY
    cites: ClassVar = ("facts A9",)
    passes: ClassVar = (record(address_line1="418 Alder St"),)
    fails: ClassVar = (record(address_line1="General Delivery", address_line2=None),)
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "General delivery is shared by many people; a residence is asked for."

    def mend(self) -> str:
        return "Give the address at which the subject lives."

    def expression(self, sight: Sight) -> str:
        return f"std_address_kind = 'general_delivery' AND {_SOUND}"


class AddressPoBox(RecordRule):
    """A box in a post office is a mailing address and no residence."""

    code: ClassVar = Code.ADDRESS_PO_BOX
    cites: ClassVar = ("facts A6",)
    passes: ClassVar = (record(address_line1="RR 2 Box 15", address_line2=None),)
    fails: ClassVar = (record(address_line1="PO Box 118", address_line2=None),)
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The address is a post office box; a residence is asked for."

    def mend(self) -> str:
        return "Give the address at which the subject lives."

    def expression(self, sight: Sight) -> str:
        return f"std_address_kind = 'po_box' AND address_fault IS NULL AND {_SOUND}"


class Office(BaseModel):
    """An office of the requester: `address_line1` to `postal_code` as in a record."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    name: str
    address_line1: str
    address_line2: str | None = None
    city: str
    state: str
    postal_code: str


Offices = Annotated[
    tuple[Office, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)
]


class AddressInstitution(RecordRule):
    """The address is not an institution's, by its words or by the agreement's list of offices.

    A word that names the street (12 Hospital Rd) does not name an institution.
    """

    code: ClassVar = Code.ADDRESS_INSTITUTION
    cites: ClassVar = ("facts A15", "facts A16", "facts B11", "facts B12")
    passes: ClassVar = (record(address_line1="12 Hospital Rd", address_line2=None),)
    fails: ClassVar = (
        record(address_line1="Sangamon County Jail", address_line2=None),
        record(address_line2="St. Agnes Shelter"),
    )
    asked_by_law: ClassVar = True
    yields_to: ClassVar = (Code.ADDRESS_PLACEHOLDER, Code.ADDRESS_GENERAL_DELIVERY)

    words: Texts
    offices: Offices = ()

    def fault(self) -> str:
        return (
            "The address is that of an institution (a jail, detention site, shelter, court, "
            "embassy, hospital) or of one of the requester's offices that the agreement lists."
        )

    def mend(self) -> str:
        return "Give the address at which the subject lives."

    def expression(self, sight: Sight) -> str:
        by_words = _outside_street(sight.value(_word_pattern(self.words)))
        return f"{_SOUND} AND (({by_words}) OR ({self._by_office(sight)}))"

    def _by_office(self, sight: Sight) -> str:
        if not self.offices:
            return "false"
        given = [{**office.model_dump(), "country": None} for office in self.offices]
        doors: list[str] = []
        houses: list[str] = []
        for form in sight.standardise(given).to_pylist():
            if form["building"] is None or form["zip5"] is None:
                raise BadInput("the agreement lists an office whose address does not parse")
            if form["unit"] is None:
                houses.append(f"{form['building']}|{form['zip5']}")
            else:
                doors.append(f"{form['delivery_point']}|{form['zip5']}")
        return (
            f"list_contains({sight.value(houses)}::VARCHAR[], house) OR "
            f"list_contains({sight.value(doors)}::VARCHAR[], "
            "std_delivery_point || '|' || std_zip5)"
        )


class AddressShared(RecordRule):
    """An address is one household's; where more subjects share it, all are refused."""

    code: ClassVar = Code.ADDRESS_SHARED
    cites: ClassVar = ("facts A16", "facts A17", "facts B12", "facts B14", "facts 5.2")
    passes: ClassVar = (circumstance("ten subjects at one door"),)
    fails: ClassVar = (circumstance("eleven subjects at one door"),)

    most_persons: PositiveInt

    def fault(self) -> str:
        return f"More than {self.most_persons} subjects of the request share this address."

    def mend(self) -> str:
        return "Check the address: a shared mailing address tells nothing about one person."

    def expression(self, sight: Sight) -> str:
        most = sight.value(self.most_persons)
        return (
            # So many rows first, which are quickly counted; so many subjects among those.
            f"place IN (SELECT place FROM repeated_place WHERE place IN (SELECT place "
            f"FROM repeated_place GROUP BY place HAVING count(*) > {most}) "
            f"GROUP BY place HAVING count(DISTINCT subject) > {most})"
        )


class AddressForeign(RecordRule):
    """The address is in the United States."""

    code: ClassVar = Code.ADDRESS_FOREIGN
    cites: ClassVar = ("facts A12",)
    passes: ClassVar = (record(country="USA"),)
    fails: ClassVar = (record(country="Honduras"),)
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The address is outside the United States; the agreement has no form for it."

    def mend(self) -> str:
        return "Give an address in the United States, its territories or the military post."

    def expression(self, sight: Sight) -> str:
        return "address_fault = 'foreign'"


class AddressTooOld(RecordRule):
    """Where the record says when the address was known, that is not long ago."""

    code: ClassVar = Code.ADDRESS_TOO_OLD
    cites: ClassVar = ("facts A21",)
    passes: ClassVar = (record(address_as_of="2023-07-02"), record(address_as_of=None))
    fails: ClassVar = (record(address_as_of="2023-07-01"),)
    asked_by_law: ClassVar = True

    most_days: PositiveInt

    def fault(self) -> str:
        return f"The address was known more than {self.most_days:,} days ago."

    def mend(self) -> str:
        return "Give an address known more recently, with its date."

    def expression(self, sight: Sight) -> str:
        return f"{sight.value(sight.today)}::DATE - as_of_day > {sight.value(self.most_days)}"


def _word_pattern(words: Texts) -> str:
    """A pattern that finds any of `words` (capitals, single spaces) as whole words."""
    return r"\b(" + "|".join(words) + r")\b"


def _outside_street(pattern: str) -> str:
    """SQL: the address says one of the words elsewhere than in the name of its street.

    Without a suffix (Rd, Sq) what the parser took for a street may be the institution's name.
    """
    found = f"len(regexp_extract_all(std_address_text, {pattern}))"
    street = f"len(regexp_extract_all(coalesce(std_street, ''), {pattern}))"
    return (
        f"CASE WHEN regexp_matches(std_address_text, {pattern}) THEN "
        f"std_street_suffix IS NULL OR {found} > {street} ELSE false END"
    )


RULES = (
    *(AddressMissing, AddressPlaceholder, AddressIncomplete, AddressMultiple),
    *(AddressNotAnAddress, AddressZipMismatch, AddressGeneralDelivery, AddressPoBox),
    *(AddressInstitution, AddressShared, AddressForeign, AddressTooOld),
)
