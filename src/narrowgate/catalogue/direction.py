"""What it does to raise a figure of a rule, or to add to one of its lists.

For whoever compares two texts of an agreement: with `most_days` 30 → 60 more is let through. Rules
refuse, so that a longer list of what is refused lets less through, and a longer list of what is
accepted more.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from narrowgate.reasons import Code


class Effect(IntEnum):
    """Of raising a figure, of setting a switch, or of adding to a list."""

    LESS = -1
    NONE = 0
    MORE = 1

    @property
    def words(self) -> str:
        """As a sentence's end; empty where the figure alone does not tell."""
        return {-1: "lets less through", 0: "", 1: "lets more through"}[self.value]


_LESS, _NONE, _MORE = Effect.LESS, Effect.NONE, Effect.MORE

RAISING: Mapping[tuple[Code, str], Effect] = MappingProxyType(
    {
        (Code.REQUEST_SAFEGUARDS_NOT_MET, "reviewed"): _LESS,
        (Code.REQUEST_DOCUMENT_MISSING, "required"): _LESS,
        (Code.REQUEST_COLUMN_UNKNOWN, "not_admitted"): _LESS,
        (Code.REQUEST_COLUMN_MISSING, "columns"): _LESS,
        (Code.REQUEST_COLUMN_MISSING, "one_of"): _LESS,
        (Code.REQUEST_STALE, "most_days"): _MORE,
        (Code.REQUEST_IN_FUTURE, "skew_minutes"): _MORE,
        (Code.REQUEST_VOLUME_EXCEEDED, "per_request"): _MORE,
        (Code.REQUEST_VOLUME_EXCEEDED, "per_day"): _MORE,
        (Code.REQUEST_VOLUME_EXCEEDED, "per_term"): _MORE,
        (Code.REQUEST_QUALITY_TOO_LOW, "most_percent"): _MORE,
        (Code.REQUEST_QUALITY_TOO_LOW, "fewest_records"): _MORE,
        (Code.REQUEST_OFFICER_OVERLOAD, "most_subjects"): _MORE,
        (Code.NAME_PLACEHOLDER, "given_words"): _LESS,
        (Code.NAME_PLACEHOLDER, "family_words"): _LESS,
        (Code.BIRTH_DATE_IMPLAUSIBLE, "most_years"): _MORE,
        (Code.IDENTIFIER_INSUFFICIENT, "accepted"): _MORE,
        (Code.IDENTIFIER_INSUFFICIENT, "at_least"): _LESS,
        (Code.ADDRESS_INCOMPLETE, "unit_words"): _LESS,
        # From so many units on a building needs one: a higher figure asks it of fewer buildings.
        (Code.ADDRESS_INCOMPLETE, "units"): _MORE,
        (Code.ADDRESS_INSTITUTION, "words"): _LESS,
        (Code.ADDRESS_INSTITUTION, "offices"): _LESS,
        (Code.ADDRESS_SHARED, "most_persons"): _MORE,
        (Code.ADDRESS_TOO_OLD, "most_days"): _MORE,
        (Code.ORDER_PERIOD_NOT_RUN, "more_than_days"): _LESS,
        (Code.ORDER_PERIOD_NOT_RUN, "limbs"): _LESS,
        (Code.ORDER_TOO_OLD, "most_years"): _MORE,
        (Code.ORDER_GROUND_NOT_LISTED, "classes"): _MORE,
        # Designating a limb refuses the provision above it, and may let the limb itself through.
        (Code.STATUTE_NOT_SPECIFIC, "designated"): _NONE,
        (Code.STATUTE_CIVIL, "sections"): _LESS,
        (Code.STATUTE_NOT_LISTED, "designated"): _MORE,
        (Code.OFFICER_NOT_A_PERSON, "words"): _LESS,
        (Code.PERIOD_OUT_OF_RANGE, "most_years"): _MORE,
        (Code.REASON_BOILERPLATE, "most_alike"): _MORE,
        (Code.REASON_BOILERPLATE, "fewest_words"): _LESS,
        (Code.REASON_BOILERPLATE, "generic"): _LESS,
        (Code.CONSENT_EXPIRED, "most_days"): _MORE,
        (Code.SUBJECT_REPEATED, "namesakes"): _LESS,
        (Code.SUBJECT_ATTEMPTS_EXCEEDED, "most_addresses"): _MORE,
        (Code.SUBJECT_ATTEMPTS_EXCEEDED, "days"): _LESS,
    }
)
"""By code and parameter; every parameter of the catalogue has one."""


def effect(code: Code, name: str, old: object, new: object) -> Effect:
    """What changing a parameter from `old` to `new` does. None is no bound at all."""
    raising = RAISING[code, name]
    if isinstance(old, tuple) and isinstance(new, tuple):
        added, gone = set(new) - set(old), set(old) - set(new)
        if bool(added) == bool(gone):
            return _NONE
        return raising if added else Effect(-raising)
    if old is None or new is None:
        return Effect(raising if new is None else -raising)
    higher = float(new) > float(old)  # type: ignore[arg-type]
    return raising if higher else Effect(-raising)
