"""Rules on consent, for agreements that rest on it: there is one, this person's, and it stands.

As with SSA's consent-based verification (42 U.S.C. 1306; Pub. L. 115-174, section 215; facts
section 3), the requester keeps the consent; the record names it, and the days from which and
until which it holds. Days are UTC calendar days (facts B51).
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import PositiveInt

from narrowgate.catalogue.dates import day_sql
from narrowgate.catalogue.record import sound
from narrowgate.catalogue.rule import RecordRule, Sight, record
from narrowgate.catalogue.subject import about_several
from narrowgate.reasons import Code

PREPARED = {
    "consent_key": "nullif(regexp_replace(upper(consent_id), '[^A-Z0-9]', '', 'g'), '')",
    "consent_day": day_sql("consent_date"),
    "consent_end": day_sql("consent_expires"),
}
"""`consent_key`: the consent's identifier without case, space and punctuation. `consent_day`: when
it was given, `consent_end`: its last day; null if not a date."""

_OTHER = {
    "record_id": "R-2",
    "given_name": "Obadiah",
    "family_name": "Thistlewood",
    "date_of_birth": "1990-02-02",
    "tin": "745-11-2034",
    "address_line1": "9 Birch Ave",
    "address_line2": None,
    "case_number": "CHI-2026-00418",
    "consent_id": "C-1",
    "consent_date": "2026-06-01",
}


class ConsentMissing(RecordRule):
    """The record names a consent with the day on which it was given, and nobody else's record
    names it.
    """

    code: ClassVar = Code.CONSENT_MISSING
    cites: ClassVar = ("20 CFR 401.100", "facts B51", "facts section 3 (CBSV, eCBSV)")
    passes: ClassVar = (record(consent_id="C-1", consent_date="2026-06-01"),)
    fails: ClassVar = (
        record(consent_id=None, consent_date="2026-06-01"),
        record(consent_id="C-1", consent_date=None),
        record(consent_id="C-1", consent_date="06/01/2026"),
        record(_OTHER, consent_id="c 1", consent_date="2026-06-01"),
    )
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return (
            "The record names no consent of this person's: its identifier or the day on which it "
            "was given is missing, or another person's record names the same one."
        )

    def mend(self) -> str:
        return (
            "Give the identifier of the consent that this person has signed, and the day on which "
            "it was signed, YYYY-MM-DD."
        )

    def expression(self, sight: Sight) -> str:
        return (
            f"(consent_key IS NULL AND {sound('consent_id')}) "
            f"OR (consent_day IS NULL AND {sound('consent_date')}) "
            f"OR {about_several('consent_key')}"
        )


class ConsentExpired(RecordRule):
    """The consent holds on the day of the reading: that is not after its own last day, where it
    has one, and not more days after it was given than the agreement lets it hold.
    """

    code: ClassVar = Code.CONSENT_EXPIRED
    cites: ClassVar = ("20 CFR 401.100", "facts B51")
    passes: ClassVar = (
        record(consent_id="C-1", consent_date="2026-06-01", consent_expires="2026-07-01"),
    )
    fails: ClassVar = (
        record(consent_id="C-1", consent_date="2026-06-01", consent_expires="2026-06-30"),
        record(consent_id="C-1", consent_date="2020-06-01"),
        record(consent_id="C-1", consent_date="2026-06-01", consent_expires="never"),
    )
    asked_by_law: ClassVar = True

    most_days: PositiveInt

    def fault(self) -> str:
        return (
            "The consent no longer holds: its last day is over or cannot be read, or it was given "
            f"more than {self.most_days} days ago."
        )

    def mend(self) -> str:
        return "Ask the person for a new consent."

    def expression(self, sight: Sight) -> str:
        today = sight.value(sight.today)
        return (
            f"consent_end < {today} "
            f"OR {today}::DATE - consent_day > {sight.value(self.most_days)} "
            "OR (consent_expires IS NOT NULL AND consent_end IS NULL "
            f"AND {sound('consent_expires')})"
        )


class ConsentInFuture(RecordRule):
    """The consent was given before anybody asks."""

    code: ClassVar = Code.CONSENT_IN_FUTURE
    cites: ClassVar = ("facts B51",)
    passes: ClassVar = (record(consent_id="C-1", consent_date="2026-07-01"),)
    fails: ClassVar = (record(consent_id="C-1", consent_date="2026-07-02"),)
    asked_by_law: ClassVar = True

    def fault(self) -> str:
        return "The consent bears a day that has not come."

    def mend(self) -> str:
        return "Ask when the person has consented, and give the day on which that was."

    def expression(self, sight: Sight) -> str:
        return f"consent_day > {sight.value(sight.today)}"


RULES = (ConsentMissing, ConsentExpired, ConsentInFuture)
