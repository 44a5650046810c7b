"""The catalogue itself: every rule there is, by its code, and what families prepare.

One code, one class, for every code of the closed list.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from narrowgate.catalogue import (
    address,
    birth_date,
    case,
    consent,
    identifier,
    name,
    officer,
    order,
    period,
    reason,
    record,
    request,
    statute,
    subject,
    tin,
)
from narrowgate.catalogue.rule import RecordRule, RequestRule, Rule
from narrowgate.errors import Internal
from narrowgate.reasons import Code

_RECORD_FAMILIES = (
    *(record, name, birth_date, identifier, tin, address),
    *(order, case, statute, officer, period, reason, consent, subject),
)


def _gathered() -> Mapping[Code, type[Rule]]:
    found: dict[Code, type[Rule]] = {}
    rules: tuple[type[Rule], ...] = (
        *request.RULES,
        *(rule for family in _RECORD_FAMILIES for rule in family.RULES),
    )
    for rule in rules:
        if rule.code in found:
            raise Internal(f"two rules of the catalogue give {rule.code}")
        found[rule.code] = rule
    return MappingProxyType(found)


RULES: Mapping[Code, type[Rule]] = _gathered()

ALWAYS: tuple[type[RequestRule], ...] = tuple(rule for rule in request.RULES if rule.always)
"""Rules on the request that hold under every agreement."""

REQUIRED: tuple[Code, ...] = record.REQUIRED
"""Record rules that every agreement must name: others lean on them."""

STEPS: tuple[Mapping[str, str], ...] = tuple(
    MappingProxyType(
        {
            column: sql
            for family in _RECORD_FAMILIES
            for column, sql in getattr(family, prepared, {}).items()
        }
    )
    for prepared in ("PREPARED_CELLS", "PREPARED_FIRST", "PREPARED", "PREPARED_LAST")
)
"""Columns that rules share, by name, as SQL over the raw and standard columns and over those of the
steps before; each is computed once."""


def record_rules() -> tuple[type[RecordRule], ...]:
    """The classes of rules on single records."""
    return tuple(rule for rule in RULES.values() if issubclass(rule, RecordRule))
